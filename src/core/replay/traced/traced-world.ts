import type { PoolEdit, Runnable } from '../../domain/replay.ts';
import type { History } from '../../ports/history.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import { addedPools, edited } from '../history/pool-edits.ts';
import { windowWorld } from '../history/window-world.ts';
import type { TracedWorld } from './replay-trace.ts';

const endOfTime = Number.MAX_SAFE_INTEGER;

/** Pools and limits of the server as they are now. */
export function presentWorld(history: History, runnable: Runnable, edits: readonly PoolEdit[]): TracedWorld {
  const { start } = windowWorld(history, endOfTime, endOfTime, runnable);
  const known = start.flatMap((change) => (change.kind === 'pool' ? [change.pool] : []));
  const pools = [...known.map((pool) => edited(pool, edits)), ...addedPools(edits, known)];
  return { start, known, pools: pools.filter(({ state }) => state === 'active') };
}

/** One machine without a price or a place: a processor-hour costs 1. */
export function machineWorld(processors: number): TracedWorld {
  const pool: PoolEntry = {
    ...{ id: 1, name: 'machine', region: 'here', resourceType: 'cpu', costPerUnit: 1, capacity: processors, speed: 1, state: 'active' },
    ...{ accepts: undefined, typeLimits: {}, labels: {}, carbonGramsPerKwh: 0 },
  };
  return { start: [{ kind: 'pool', pool }], known: [pool], pools: [pool] };
}
