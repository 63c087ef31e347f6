import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { PoolEntry, SchedulingCore } from './contracts.ts';

/** What runs in a pool since before this core was made. */
export interface Occupant {
  readonly entry: Readonly<TaskEntry>;
  /** The one that runs. */
  readonly attempt: number;
  readonly startedAt: EpochMs;
}

const anywhere = { region: null, regions: null, resourceType: null, constraints: null, deadline: null, maxCost: null };

/**
 * Takes the slots of what already runs, in a core that knows nothing yet but a strategy. The core has one way to take slots: it decides. So it is
 * shown one pool at a time, with exactly those tasks and room for them.
 * @returns the first that could not be taken up
 */
export function occupy(core: SchedulingCore, pool: PoolEntry, oldestFirst: readonly Occupant[], now: EpochMs): Seq | undefined {
  const capacity = oldestFirst.reduce((sum, { entry }) => sum + entry.slots, 0);
  const open: PoolEntry = { ...pool, capacity, accepts: undefined, typeLimits: {}, state: 'active' };
  core.setPool(open);
  for (const { entry, attempt, startedAt } of oldestFirst) {
    core.submit({ ...entry, ...anywhere, attempt: attempt - 1 });
    const [decision] = core.decide(Math.min(now, startedAt));
    if (decision?.seq !== entry.seq) return entry.seq;
  }
  core.setPool({ ...open, state: 'paused' });
  return undefined;
}

/**
 * The same for a task of several parts, after those of one part: its pools are shown together, each with room for its parts of it and no more.
 * @param pools of each part
 */
export function occupyParts(
  core: SchedulingCore,
  pools: readonly PoolEntry[],
  { entry, attempt, startedAt }: Occupant,
  now: EpochMs,
): Seq | undefined {
  const open = [...new Map(pools.map((pool) => [pool.id, pool])).values()].map((pool): PoolEntry => {
    const parts = pools.filter(({ id }) => id === pool.id).length;
    return { ...pool, capacity: core.loadOf(pool.id) + parts * entry.slots, accepts: undefined, typeLimits: {}, state: 'active' };
  });
  for (const pool of open) core.setPool(pool);
  core.submit({ ...entry, ...anywhere, attempt: attempt - 1 });
  const [decision] = core.decide(Math.min(now, startedAt));
  for (const pool of open) core.setPool({ ...pool, state: 'paused' });
  return decision?.seq === entry.seq ? undefined : entry.seq;
}
