import type { Pool } from '../domain/pool.ts';
import type { TaskType } from '../domain/task-type.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { SchedulingCore, WaitingGroup } from '../scheduling/core.ts';
import type { Spending } from '../scheduling/spend.ts';
import type { Backlog, Owner } from './backlog.ts';
import type { SubmitGates } from './submit-gates.ts';

export const quotaScopes = ['tenant', 'type', 'tenant_type', 'pool', 'pool_type'] as const;

/** One limit and what is used of it. */
export interface Quota {
  readonly scope: (typeof quotaScopes)[number];
  readonly tenant: string | null;
  readonly type: string | null;
  readonly pool: string | null;
  /** The field that sets it. */
  readonly limit: string;
  readonly unit: 'attempts' | 'tasks' | 'slots' | 'money' | 'submits';
  readonly used: number;
  readonly most: number;
  /** Attempts that go before those of all others; only of what a tenant may run. */
  readonly guaranteed: number | null;
  /** Of `used`, what is above the guarantee. */
  readonly borrowed: number | null;
  /** Tasks that wait because of it; for a pool, that wait for room in it or another. `null`: what is over it is refused. */
  readonly waiting: number | null;
  /** When it is free again by itself. */
  readonly until: EpochMs | null;
}

/** A tenant with limits, and what it uses of them. */
interface LimitedTenant {
  readonly tenant: Tenant;
  readonly running: number;
  readonly spending: Spending | undefined;
}

interface QuotasDeps {
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly gates: SubmitGates;
  readonly backlog: Backlog;
  readonly runningTasks: () => Iterable<Owner>;
  readonly tenants: () => readonly LimitedTenant[];
  readonly types: () => readonly TaskType[];
  readonly pools: () => readonly Pool[];
  readonly capacityOf: (pool: Pool) => number;
}

type Blank = Pick<Quota, 'tenant' | 'type' | 'pool' | 'guaranteed' | 'borrowed' | 'waiting' | 'until'>;
const nothing: Blank = { tenant: null, type: null, pool: null, guaranteed: null, borrowed: null, waiting: null, until: null };

/** Every limit there is with its use: those that tasks wait behind first, then the fullest. O(what waits and runs + pools). */
export function createQuotas(deps: QuotasDeps): () => readonly Quota[] {
  const { clock, core, gates, backlog, runningTasks, tenants, types, pools, capacityOf } = deps;

  return () => {
    const now = clock.now();
    const groups = core.waitingGroups(now);
    const found = [
      ...tenants().flatMap((live) => ofTenant(live, groups)),
      ...types().flatMap((type) => [...ofType(type, groups), ...ofTenantsIn(type, groups)]),
      ...pools().flatMap(ofPool),
    ];
    return found.sort((a, b) => (b.waiting ?? 0) - (a.waiting ?? 0) || shareOf(b) - shareOf(a));
  };

  function ofTenant({ tenant, running, spending }: LimitedTenant, groups: readonly WaitingGroup[]): Quota[] {
    const { name, maxRunning, guaranteed, borrow, spend } = tenant;
    const own = { ...nothing, scope: 'tenant', tenant: name } as const;
    const behind = (code: string) => tasksIn(groups, (group) => group.hold.code === code && group.tenant === name);
    const most = Math.min(maxRunning ?? Number.POSITIVE_INFINITY, borrow === null ? Number.POSITIVE_INFINITY : guaranteed + borrow);
    const ofRunning: Quota = {
      ...{ ...own, limit: maxRunning === most ? 'max_running' : 'borrow', unit: 'attempts', used: running, most },
      ...{ guaranteed, borrowed: Math.max(0, running - guaranteed), waiting: behind('tenant_limit') },
    };
    const ofSpend = (): Quota[] => {
      if (spend === null || spending === undefined) return [];
      const used = spending.spent + spending.reserved;
      return [{ ...own, limit: 'spend', unit: 'money', used, most: spend.limit, waiting: behind('spend_limit'), until: spending.until }];
    };
    return [...(most === Number.POSITIVE_INFINITY ? [] : [ofRunning]), ...ofSpend(), ...atTheDoor(own, { tenant: name, type: '' })];
  }

  function ofType({ name, limitTotal }: TaskType, groups: readonly WaitingGroup[]): Quota[] {
    const own = { ...nothing, scope: 'type', type: name } as const;
    const waiting = tasksIn(groups, ({ hold, needs }) => hold.code === 'type_limit' && needs.type === name);
    const ofRunning: Quota[] =
      limitTotal === null
        ? []
        : [{ ...own, limit: 'limit_total', unit: 'attempts', used: core.runningOf(name), most: limitTotal, waiting }];
    return [...ofRunning, ...atTheDoor(own, { tenant: '', type: name })];
  }

  /** Of tenants that run the type or wait for it, and those with a limit of their own. */
  function ofTenantsIn({ name: type, limitPerTenant }: TaskType, groups: readonly WaitingGroup[]): Quota[] {
    const limits = new Map(tenants().map(({ tenant }) => [tenant.name, tenant.typeLimits] as const));
    const stopped = groups.filter(({ hold, needs }) => hold.code === 'tenant_type_limit' && needs.type === type);
    const names = new Set<string>();
    for (const [name, typeLimits] of limits) if (Object.hasOwn(typeLimits, type)) names.add(name);
    if (limitPerTenant !== null) for (const task of runningTasks()) if (task.type === type) names.add(task.tenant);
    for (const { tenant } of stopped) if (tenant !== null) names.add(tenant);
    return [...names].flatMap((tenant): Quota[] => {
      const ownLimit = limits.get(tenant)?.[type];
      const most = ownLimit ?? limitPerTenant;
      if (most === null) return [];
      const waiting = tasksIn(stopped, (group) => group.tenant === tenant);
      const limit = ownLimit === undefined ? 'limit_per_tenant' : 'type_limits';
      return [
        { ...nothing, scope: 'tenant_type', tenant, type, limit, unit: 'attempts', used: core.runningOf(type, tenant), most, waiting },
      ];
    });
  }

  function ofPool(pool: Pool): Quota[] {
    const own = { ...nothing, scope: 'pool', pool: pool.name, waiting: core.waitingFor(pool.id) } as const;
    const inPool = Object.entries(pool.typeLimits).map(([type, most]): Quota => {
      const used = core.runningOn(pool.id, type);
      return {
        ...own,
        scope: 'pool_type',
        type,
        limit: 'type_limits',
        unit: 'attempts',
        used,
        most,
        waiting: core.waitingFor(pool.id, type),
      };
    });
    return [{ ...own, limit: 'capacity', unit: 'slots', used: core.loadOf(pool.id), most: capacityOf(pool) }, ...inPool];
  }

  /** Depth and rate: what is over them never waits. */
  function atTheDoor(own: Blank & Pick<Quota, 'scope'>, owner: Owner): Quota[] {
    return gates.statesOf(owner).map(({ name, quota, left, resetS }): Quota => {
      const isRate = resetS !== undefined;
      const field = own.scope === 'tenant' ? 'max_waiting' : 'limit_waiting';
      const used = isRate ? quota - left : own.scope === 'tenant' ? backlog.ofTenant(owner.tenant) : backlog.ofType(owner.type);
      const until = isRate && resetS > 0 ? clock.now() + Math.ceil(resetS * 1_000) : null;
      return { ...own, limit: isRate ? 'rate' : field, unit: name.endsWith('-waiting') ? 'tasks' : 'submits', used, most: quota, until };
    });
  }
}

function tasksIn(groups: readonly WaitingGroup[], counts: (group: WaitingGroup) => boolean): number {
  return groups.reduce((sum, group) => sum + (counts(group) ? group.tasks : 0), 0);
}

/** How full it is; a limit of 0 is full. */
function shareOf({ used, most }: Quota): number {
  return most === 0 ? 1 : used / most;
}
