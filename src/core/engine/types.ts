import { TaskRouterError } from '../domain/errors.ts';
import type { ExecutorName } from '../domain/pool.ts';
import { type TaskType, type TaskTypeSpec, unlimitedType } from '../domain/task-type.ts';
import type { CatalogueStore } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Backlog } from './backlog.ts';
import type { ChangeOptions } from './engine.ts';
import { lower, refuseBelowUse, versionMismatch } from './limits.ts';
import type { SubmitGates } from './submit-gates.ts';

export interface Types {
  /** Reads what is stored. Every handler of an executor is a type. */
  load(): Promise<void>;
  all(): readonly TaskType[];
  get(name: string): TaskType | undefined;
  /** Names of those whose tasks are bundles. */
  ofBundles(): readonly string[];
  put(spec: TaskTypeSpec, by: string, options?: ChangeOptions): Promise<TaskType>;
  remove(name: string, by: string, ifVersion?: number): Promise<void>;
}

interface TypesDeps {
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly gates: SubmitGates;
  readonly backlog: Backlog;
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
  /** Something changed that may let a task start. */
  readonly changed: () => void;
}

const handlerDefaults = {
  ...unlimitedType,
  requires: [],
  timeoutMs: 60_000,
  maxAttempts: 3,
  resourceType: null,
} as const;
/** `wait` takes up to an hour. */
const waitTimeoutMs = 3_660_000;

/** Task types: read from memory, written through the store, told to the gates and to scheduling. Changes must come one after the other. */
export function createTypes({ store, clock, core, gates, backlog, executors, changed }: TypesDeps): Types {
  const types = new Map<string, TaskType>();

  async function load(): Promise<void> {
    for (const type of await store.types()) types.set(type.name, type);
    await loadHandlers();
    for (const type of types.values()) limit(type);
  }

  /** A handler file is a task type for as long as it is there. */
  async function loadHandlers(): Promise<void> {
    const handlers = new Set([...executors.values()].flatMap((executor) => executor.types ?? []));
    for (const name of handlers) {
      if (types.has(name)) continue;
      const timeoutMs = name === 'wait' ? waitTimeoutMs : handlerDefaults.timeoutMs;
      const spec: TaskTypeSpec = { ...handlerDefaults, name, description: `handler ${name}`, timeoutMs, origin: 'handler' };
      const type = await store.putType(spec, clock.now(), 'catalogue', 0);
      if (type !== undefined) types.set(name, type);
    }
    for (const type of [...types.values()]) {
      if (type.origin !== 'handler' || handlers.has(type.name)) continue;
      await store.removeType(type.name, clock.now(), 'catalogue');
      types.delete(type.name);
    }
  }

  function limit(type: TaskTypeSpec): void {
    const takesTurns = type.betweenTenants === 'round_robin';
    core.setTypeLimits({ type: type.name, total: type.limitTotal, perTenant: type.limitPerTenant, takesTurns });
    gates.limit('type', type.name, { maxWaiting: type.limitWaiting, rate: type.rate });
  }

  async function put(spec: TaskTypeSpec, by: string, { ifVersion, force = false }: ChangeOptions = {}): Promise<TaskType> {
    const before = types.get(spec.name);
    if (!force) checkUse(spec, before);
    // Where an entry comes from is a fact about it, not the client's to change.
    const asked = { ...spec, origin: before?.origin ?? spec.origin };
    const type = await whileTightened(before, asked, () => store.putType(asked, clock.now(), by, ifVersion));
    if (type === undefined) throw versionMismatch(`type ${spec.name}`, before?.version);
    return type;
  }

  function checkUse(spec: TaskTypeSpec, before: TaskType | undefined): void {
    const { name } = spec;
    const now = before ?? unlimitedType;
    const busiest = core.mostRunningOf(name);
    refuseBelowUse(`type ${name}`, [
      { field: 'limit_total', before: now.limitTotal, after: spec.limitTotal, use: core.runningOf(name), what: 'attempts run' },
      {
        field: 'limit_per_tenant',
        before: now.limitPerTenant,
        after: spec.limitPerTenant,
        use: busiest,
        what: 'attempts of one tenant run',
      },
      { field: 'limit_waiting', before: now.limitWaiting, after: spec.limitWaiting, use: backlog.ofType(name), what: 'tasks wait' },
    ]);
  }

  /** Until the change is committed both the old and the new limits hold, and from then on the new. Rates begin with the commit. */
  async function whileTightened(
    before: TaskType | undefined,
    asked: TaskTypeSpec,
    write: () => Promise<TaskType | undefined>,
  ): Promise<TaskType | undefined> {
    const now = before ?? { ...asked, ...unlimitedType };
    limit({
      ...now,
      limitTotal: lower(now.limitTotal, asked.limitTotal),
      limitPerTenant: lower(now.limitPerTenant, asked.limitPerTenant),
      limitWaiting: lower(now.limitWaiting, asked.limitWaiting),
    });
    let type: TaskType | undefined;
    try {
      type = await write();
      return type;
    } finally {
      limit(type ?? now);
      if (type !== undefined) types.set(type.name, type);
      changed();
    }
  }

  async function remove(name: string, by: string, ifVersion?: number): Promise<void> {
    const type = types.get(name);
    if (type === undefined) throw new TaskRouterError('not_found', `There is no task type ${name}.`);
    if (type.origin === 'handler')
      throw new TaskRouterError('wrong_status', `Type ${name} belongs to a handler; remove the handler instead.`);
    if (!(await store.removeType(name, clock.now(), by, ifVersion))) throw versionMismatch(`type ${name}`, type.version);
    types.delete(name);
    limit({ ...type, ...unlimitedType });
    changed(); // what waited for its limits
  }

  return {
    ...{ load, put, remove },
    all: () => [...types.values()],
    get: (name) => types.get(name),
    ofBundles: () => [...types.values()].filter((type) => type.bundle !== null).map((type) => type.name),
  };
}
