import { TaskRouterError } from '../domain/errors.ts';
import type { ExecutorName, Pool, PoolSpec } from '../domain/pool.ts';
import type { TaskType, TaskTypeSpec } from '../domain/task-type.ts';
import type { CatalogueStore } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor, PoolRoom } from '../ports/executor.ts';
import type { PoolEntry, SchedulingCore } from '../scheduling/core.ts';
import type { Cooling } from './cooling.ts';
import type { ChangeOptions } from './engine.ts';
import { createTurns } from './in-turn.ts';
import { versionMismatch } from './limits.ts';
import { closed, cooled, poolEntryOf, withRoom } from './pool-entry.ts';
import type { Types } from './types.ts';

/** What the server starts with on an empty database. */
export interface InitialCatalogue {
  readonly pools: readonly PoolSpec[];
  readonly types: readonly TaskTypeSpec[];
}

export interface Catalogue {
  /** Reads the stored pools and types; an empty store gets `initial`. Every handler of an executor is a type. */
  load(initial: InitialCatalogue): Promise<void>;
  pools(): readonly Pool[];
  pool(name: string): Pool | undefined;
  poolById(id: number): Pool;
  /** Slots there are now: its own, or those of its live nodes. */
  capacityOf(pool: Pool): number;
  /** Types a pool really takes: `*` resolved against its executor; `undefined` is any. */
  accepts(pool: PoolSpec): readonly string[] | undefined;
  /** Why nothing of a pool can run on this machine. */
  unfit(pool: PoolSpec): string | undefined;
  /** Tells scheduling of a pool again: what is not in its row has changed. */
  renew(name: string): void;
  regions(): readonly string[];
  addPool(spec: PoolSpec, by: string): Promise<Pool>;
  changePool(name: string, change: Partial<PoolSpec>, by: string, ifVersion?: number): Promise<Pool>;
  removePool(name: string, by: string, ifVersion?: number): Promise<void>;
  types(): readonly TaskType[];
  type(name: string): TaskType | undefined;
  putType(spec: TaskTypeSpec, by: string, options?: ChangeOptions): Promise<TaskType>;
  removeType(name: string, by: string, ifVersion?: number): Promise<void>;
}

interface CatalogueDeps {
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly types: Types;
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
  readonly cooling: Pick<Cooling, 'until' | 'restart' | 'forget'>;
  /** Something changed that may let a task start. */
  readonly changed: () => void;
}

/** Pools and types: read from memory, written through the store, told to scheduling after the COMMIT. */
export function createCatalogue({ store, clock, core, types, executors, cooling, changed }: CatalogueDeps): Catalogue {
  const inTurn = createTurns();
  const pools = new Map<string, Pool>();
  const byId = new Map<number, Pool>();
  /** Being changed: nothing may open them meanwhile. */
  const changing = new Set<string>();
  let regionNames: readonly string[] | undefined;

  async function load(initial: InitialCatalogue): Promise<void> {
    const isNew = (await store.strategyEpochs(1)).length === 0;
    if (isNew) {
      for (const spec of initial.types) await store.putType(spec, clock.now(), 'catalogue', 0);
      for (const spec of initial.pools) await store.addPool(spec, clock.now(), 'catalogue');
    }
    await types.load();
    for (const pool of await store.pools()) keepPool(pool);
    for (const { remote } of executors.values()) remote?.onRoom(renew);
  }

  function renew(name: string): void {
    const pool = pools.get(name);
    if (pool === undefined || changing.has(name)) return;
    core.setPool(entryOf(pool));
    changed();
  }

  /** Asked with every submit that names a region, and there may be ten thousand pools: worked out again when the pools change. */
  function regions(): readonly string[] {
    regionNames ??= [...new Set([...pools.values()].map((pool) => pool.region))];
    return regionNames;
  }

  function keepPool(pool: Pool): void {
    regionNames = undefined;
    pools.set(pool.name, pool);
    byId.set(pool.id, pool);
    core.setPool(entryOf(pool));
  }

  /** A pool whose executor cannot work here starts nothing. */
  function entryOf(pool: Pool): PoolEntry {
    const room = roomOf(pool);
    const known = poolEntryOf(pool, accepts(pool));
    const entry = unfit(pool) === undefined ? known : closed(known, 'executor');
    const whole = room === undefined ? entry : withRoom(entry, room, entry.accepts ?? types.all().map(({ name }) => name));
    return cooled(whole, cooling.until(pool.name));
  }

  function unfit(pool: PoolSpec): string | undefined {
    return executors.get(pool.executor)?.unfit;
  }

  function roomOf(pool: Pool): PoolRoom | undefined {
    return executors.get(pool.executor)?.remote?.room(pool.name);
  }

  function accepts(pool: PoolSpec): readonly string[] | undefined {
    const runnable = pool.executor === 'bundle' ? types.ofBundles() : executors.get(pool.executor)?.types;
    if (pool.types.includes('*')) return runnable;
    return runnable === undefined ? pool.types : pool.types.filter((type) => runnable.includes(type));
  }

  async function addPool(spec: PoolSpec, by: string): Promise<Pool> {
    checkPool(spec);
    const pool = await store.addPool(spec, clock.now(), by);
    if (pool === undefined) throw new TaskRouterError('already_exists', `A pool named ${spec.name} exists already. Change it with PATCH.`);
    keepPool(pool);
    changed();
    return pool;
  }

  async function changePool(name: string, change: Partial<PoolSpec>, by: string, ifVersion?: number): Promise<Pool> {
    const before = poolNamed(name);
    const spec = { ...before, ...change, name };
    checkPool(spec, change);
    const pool = await whileClosed(before, () => store.changePool(name, spec, clock.now(), by, ifVersion));
    if (pool === undefined) throw versionMismatch(`pool ${name}`, before.version);
    if (change.state !== undefined || change.cooling !== undefined) cooling.restart(name); // who says that it is active means it
    keepPool(pool);
    return pool;
  }

  async function removePool(name: string, by: string, ifVersion?: number): Promise<void> {
    const pool = poolNamed(name);
    if (ifVersion !== undefined && ifVersion !== pool.version) throw versionMismatch(`pool ${name}`, pool.version);
    const load = core.loadOf(pool.id);
    if (load > 0)
      throw new TaskRouterError(
        'pool_in_use',
        `${load} slots of pool ${name} are in use. Set its state to draining and wait until it is empty.`,
      );
    const removed = await whileClosed(pool, () => store.removePool(name, clock.now(), by, ifVersion));
    if (!removed) throw versionMismatch(`pool ${name}`, pool.version);
    cooling.forget(name);
    pools.delete(name);
    regionNames = undefined;
    byId.delete(pool.id);
    core.removePool(pool.id);
  }

  /** Nothing starts on the pool until the change is committed: what the log says holds for every start after it. */
  async function whileClosed<T>(pool: Pool, write: () => Promise<T>): Promise<T> {
    changing.add(pool.name);
    core.setPool(closed(entryOf(pool), 'change'));
    try {
      return await write();
    } finally {
      changing.delete(pool.name);
      core.setPool(entryOf(pool));
      changed();
    }
  }

  /** Looks at what `change` states only: a type that was removed since must not keep the pool from being paused. */
  function checkPool(spec: PoolSpec, change: Partial<PoolSpec> = spec): void {
    const problems: { path: string; message: string }[] = [];
    const executor = executors.get(spec.executor);
    if (executor === undefined) problems.push({ path: '/body/executor', message: `must be one of ${[...executors.keys()].join(', ')}` });
    const runnable = spec.executor === 'bundle' ? types.ofBundles() : executor?.types;
    const stated = change.executor === undefined ? (change.types ?? []) : spec.types;
    const known = types.all().map((type) => type.name);
    const unknown = stated.filter((type) => type !== '*' && !(runnable ?? known).includes(type));
    for (const type of unknown)
      problems.push({
        path: '/body/types',
        message: `${type} is not a type the ${spec.executor} executor can run; known: ${(runnable ?? known).join(', ')}`,
      });
    if (executor?.remote !== undefined && spec.capacity !== 0)
      problems.push({ path: '/body/capacity', message: 'must be left out, or 0: a pool of nodes has the slots of its live nodes' });
    if (spec.executor === 'simulated' && spec.simulated === null)
      problems.push({ path: '/body/simulated', message: 'is required for the simulated executor' });
    if (problems.length > 0)
      throw new TaskRouterError('validation_failed', `pool ${spec.name}: ${problems[0]?.message}`, { errors: problems });
  }

  /** What they accept depends on which types there are. */
  function renewBundlePools(): void {
    for (const pool of pools.values()) if (pool.executor === 'bundle') core.setPool(entryOf(pool));
  }

  function poolNamed(name: string): Pool {
    const pool = pools.get(name);
    if (pool === undefined) throw new TaskRouterError('not_found', `There is no pool ${name}. Pools: ${[...pools.keys()].join(', ')}.`);
    return pool;
  }

  return {
    load,
    pools: () => [...pools.values()],
    pool: (name) => pools.get(name),
    poolById: (id) => byId.get(id) as Pool, // ids come from decisions, and a pool with load is never removed
    capacityOf: (pool) => roomOf(pool)?.slots ?? pool.capacity,
    accepts,
    unfit,
    renew,
    regions,
    addPool: (...call) => inTurn(() => addPool(...call)),
    changePool: (...call) => inTurn(() => changePool(...call)),
    removePool: (...call) => inTurn(() => removePool(...call)),
    types: types.all,
    type: types.get,
    putType: (...call) => inTurn(() => types.put(...call).finally(renewBundlePools)),
    removeType: (...call) => inTurn(() => types.remove(...call).finally(renewBundlePools)),
  };
}
