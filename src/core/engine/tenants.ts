import { roundMoney } from '../domain/cost.ts';
import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import type { SpendLimit } from '../domain/quota.ts';
import type { TaskType } from '../domain/task-type.ts';
import { type Tenant, type TenantSpec, unlimitedTenant } from '../domain/tenant.ts';
import type { Clock } from '../ports/clock.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
import type { SchedulingCore, TenantLimits } from '../scheduling/core.ts';
import type { Backlog, Owner } from './backlog.ts';
import type { ChangeOptions, LiveTenant, TenantUse } from './engine.ts';
import { createTurns } from './in-turn.ts';
import { type LimitChange, lower, refuseBelowUse, versionMismatch } from './limits.ts';
import type { SubmitGates } from './submit-gates.ts';

/** Who has limits: read from memory, written through the store, told to the gates and to scheduling. */
export interface Tenants {
  load(): Promise<void>;
  /** In order of their names. */
  all(): readonly LiveTenant[];
  get(name: string): LiveTenant | undefined;
  /** As it was committed. O(1) */
  spendLimitOf(name: string): SpendLimit | null;
  /** Tenants without limits that have tasks, those with the most first. O(running tasks + tenants). */
  others(limit: number): readonly TenantUse[];
  /** Adds or replaces. @throws TaskRouterError `validation_failed`, `version_mismatch`, `quota_in_use`. */
  put(spec: TenantSpec, by: string, options?: ChangeOptions): Promise<LiveTenant>;
  /** @throws TaskRouterError as `put`, `not_found`. */
  change(name: string, change: Partial<TenantSpec>, by: string, options?: ChangeOptions): Promise<LiveTenant>;
  /** It has no limits any more. @throws TaskRouterError `not_found`, `version_mismatch`. */
  remove(name: string, by: string, ifVersion?: number): Promise<void>;
}

interface TenantsDeps {
  readonly store: TenantStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly gates: SubmitGates;
  readonly backlog: Backlog;
  readonly runningTasks: () => Iterable<Owner>;
  readonly typeOf: (name: string) => TaskType | undefined;
  /** Something changed that may let a task start. */
  readonly changed: () => void;
}

export function createTenants({ store, clock, core, gates, backlog, runningTasks, typeOf, changed }: TenantsDeps): Tenants {
  const inTurn = createTurns();
  const tenants = new Map<string, Tenant>();

  async function load(): Promise<void> {
    for (const tenant of await store.tenants()) keep(tenant);
  }

  function keep(tenant: Tenant): void {
    tenants.set(tenant.name, tenant);
    apply(tenant);
  }

  function apply(spec: TenantSpec): void {
    gates.limit('tenant', spec.name, spec);
    core.setTenantLimits(limitsOf(spec));
  }

  async function put(spec: TenantSpec, by: string, { ifVersion, force = false }: ChangeOptions = {}): Promise<LiveTenant> {
    const before = tenants.get(spec.name);
    check(spec, before);
    if (!force) checkUse(spec, before);
    const tenant = await whileTightened(spec, before, () => store.putTenant(spec, clock.now(), by, ifVersion));
    if (tenant === undefined) throw versionMismatch(`tenant ${spec.name}`, before?.version);
    return live(tenant);
  }

  async function change(name: string, changed: Partial<TenantSpec>, by: string, options: ChangeOptions = {}): Promise<LiveTenant> {
    const { version: _version, ...before } = named(name);
    return put({ ...before, ...changed, name }, by, options);
  }

  async function remove(name: string, by: string, ifVersion?: number): Promise<void> {
    const tenant = named(name);
    if (!(await store.removeTenant(name, clock.now(), by, ifVersion))) throw versionMismatch(`tenant ${name}`, tenant.version);
    tenants.delete(name);
    apply({ ...unlimitedTenant, name });
    changed(); // what waited for its limits
  }

  /** Until the change is committed both the old and the new limits hold, and from then on the new. Rates begin with the commit. */
  async function whileTightened(
    spec: TenantSpec,
    before: Tenant | undefined,
    write: () => Promise<Tenant | undefined>,
  ): Promise<Tenant | undefined> {
    const now = before ?? { ...unlimitedTenant, name: spec.name };
    const [most, maxWaiting] = [lower(mostOf(now), mostOf(spec)), lower(now.maxWaiting, spec.maxWaiting)];
    const typeLimits: Record<string, number> = {};
    for (const type of typesOf(now, spec)) {
      const limit = lower(mostOfType(now, type), mostOfType(spec, type));
      if (limit !== null) typeLimits[type] = limit;
    }
    apply({ ...now, maxRunning: most, borrow: null, maxWaiting, spend: stricter(now.spend, spec.spend), typeLimits });
    let tenant: Tenant | undefined;
    try {
      tenant = await write();
      return tenant;
    } finally {
      if (tenant === undefined) apply(now);
      else keep(tenant);
      changed();
    }
  }

  /** Attempts of a type that may run for a tenant with these limits. */
  function mostOfType({ typeLimits }: Pick<TenantSpec, 'typeLimits'>, type: string): number | null {
    return Object.hasOwn(typeLimits, type) ? (typeLimits[type] ?? null) : (typeOf(type)?.limitPerTenant ?? null);
  }

  /** What no schema can say, all of it at once. @throws TaskRouterError `validation_failed` */
  function check(spec: TenantSpec, before: TenantSpec | undefined): void {
    const errors = [...tooLargeGuarantee(spec), ...unknownTypes(spec, before)];
    const [first] = errors;
    if (first === undefined) return;
    const field = first.path.slice('/body/'.length).replaceAll('/', '.');
    throw new TaskRouterError('validation_failed', `${field} ${first.message}.`, { errors });
  }

  /** A limit of a type that is not there would limit nothing; one that was set before may stay. */
  function unknownTypes({ typeLimits }: TenantSpec, before: TenantSpec | undefined): FieldError[] {
    return Object.keys(typeLimits)
      .filter((type) => typeOf(type) === undefined && !Object.hasOwn(before?.typeLimits ?? {}, type))
      .map((type) => ({ path: `/body/type_limits/${type}`, message: 'must be a task type; see /types' }));
  }

  function checkUse(spec: TenantSpec, before: TenantSpec | undefined): void {
    const { name } = spec;
    const now = before ?? unlimitedTenant;
    const most = mostOf(spec);
    const field = spec.maxRunning === most ? 'max_running' : 'borrow';
    refuseBelowUse(`tenant ${name}`, [
      { field, before: mostOf(now), after: most, use: core.runningBy(name), what: 'attempts run' },
      { field: 'max_waiting', before: now.maxWaiting, after: spec.maxWaiting, use: backlog.ofTenant(name), what: 'tasks wait' },
      ...typesOf(now, spec).map((type) => ({
        field: `type_limits.${type}`,
        before: mostOfType(now, type),
        after: mostOfType(spec, type),
        use: core.runningOf(type, name),
        what: `attempts of type ${type} run`,
      })),
      ...(spec.spend === null ? [] : [spendChange(name, now.spend, spec.spend)]),
    ]);
  }

  function spendChange(name: string, before: SpendLimit | null, { limit, window }: SpendLimit): LimitChange {
    const { spent, reserved } = core.spendingOf(name, window, clock.now());
    return {
      field: 'spend.limit',
      before: before?.window === window ? before.limit : null,
      after: limit,
      use: roundMoney(spent + reserved),
      what: `are spent or set aside in this ${window}`,
      wait: `until the ${window} ends`,
    };
  }

  function live(tenant: Tenant): LiveTenant {
    const { name } = tenant;
    return {
      tenant,
      running: core.runningBy(name),
      waiting: backlog.ofTenant(name),
      limits: gates.statesOf({ tenant: name, type: '' }),
      spending: tenant.spend === null ? undefined : core.spendingOf(name, tenant.spend.window, clock.now()),
    };
  }

  function others(limit: number): readonly TenantUse[] {
    const uses = new Map<string, { running: number; waiting: number }>();
    for (const [name, waiting] of backlog.tenants) uses.set(name, { running: 0, waiting });
    for (const { tenant } of runningTasks()) {
      const use = uses.get(tenant) ?? { running: 0, waiting: 0 };
      uses.set(tenant, { ...use, running: use.running + 1 });
    }
    const found = Array.from(uses, ([name, use]) => ({ name, ...use })).filter(({ name }) => !tenants.has(name));
    return found.sort((a, b) => b.running + b.waiting - a.running - a.waiting || (a.name < b.name ? -1 : 1)).slice(0, limit);
  }

  function named(name: string): Tenant {
    const tenant = tenants.get(name);
    if (tenant === undefined) throw new TaskRouterError('not_found', `Tenant ${name} has no limits. Set some with PUT.`);
    return tenant;
  }

  return {
    load,
    all: () => [...tenants.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(live),
    get: (name) => {
      const tenant = tenants.get(name);
      return tenant && live(tenant);
    },
    spendLimitOf: (name) => tenants.get(name)?.spend ?? null,
    others,
    put: (...call) => inTurn(() => put(...call)),
    change: (...call) => inTurn(() => change(...call)),
    remove: (...call) => inTurn(() => remove(...call)),
  };
}

function tooLargeGuarantee({ maxRunning, guaranteed }: TenantSpec): FieldError[] {
  if (maxRunning === null || guaranteed <= maxRunning) return [];
  return [{ path: '/body/guaranteed', message: `must be at most max_running, which is ${maxRunning}` }];
}

function limitsOf(spec: TenantSpec): TenantLimits {
  const { name, guaranteed, weight, typeLimits, spend } = spec;
  return { tenant: name, maxRunning: mostOf(spec), guaranteed, weight, typeLimits, spend };
}

/** Types that either names. */
function typesOf(one: Pick<TenantSpec, 'typeLimits'>, other: Pick<TenantSpec, 'typeLimits'>): string[] {
  return [...new Set([...Object.keys(one.typeLimits), ...Object.keys(other.typeLimits)])];
}

/** Both limits hold; where their windows differ nothing may be spent. */
function stricter(one: SpendLimit | null, other: SpendLimit | null): SpendLimit | null {
  if (one === null || other === null) return one ?? other;
  return { window: one.window, limit: one.window === other.window ? Math.min(one.limit, other.limit) : 0 };
}

/** Attempts that may run at once: whatever is less of its limit and of what it may have above its guarantee. */
function mostOf({ maxRunning, guaranteed, borrow }: Pick<TenantSpec, 'maxRunning' | 'guaranteed' | 'borrow'>): number | null {
  return lower(maxRunning, borrow === null ? null : guaranteed + borrow);
}
