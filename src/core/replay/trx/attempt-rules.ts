import { priceOfRun } from '../../domain/cost.ts';
import type { TaskEntry } from '../../domain/task.ts';
import type { Ms } from '../../domain/units.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import type { SimEnd, SimOutcome, SimTask } from './sim-task.ts';

/** What was given back undone costs nothing. */
export function attemptCost({ cost }: Pick<TaskEntry, 'cost'>, pools: readonly PoolEntry[], outcome: SimOutcome): number {
  return outcome === 'released' ? 0 : priceOfRun(cost, pools);
}

/** All parts of a task end with the last of them. */
export function slowestOf(pools: readonly PoolEntry[]): PoolEntry {
  return pools.reduce((slowest, pool) => (pool.speed < slowest.speed ? pool : slowest));
}

/** An attempt under way. */
interface Attempted {
  readonly task: SimTask;
  readonly attempt: number;
  outcome: SimOutcome;
}

/** How long an attempt takes on a pool; its outcome is noted with it. */
export function foresee(active: Attempted, pool: PoolEntry): Ms {
  const { runs, entry, ratios } = active.task;
  const recorded = runs[active.attempt - 1];
  const { workMs, pool: seenOn } = recorded ?? runs.at(-1) ?? { workMs: 0 };
  const runMs = Math.round((workMs / pool.speed) * ratioOf(ratios, pool.name, seenOn));
  active.outcome = recorded?.outcome ?? 'succeeded';
  if (active.outcome === 'timed_out') return entry.timeoutMs;
  // What ran longer than its limit and was not stopped (it waited for a thread, say) is not stopped here either.
  if (runMs <= entry.timeoutMs || (runMs <= workMs && workMs !== Number.POSITIVE_INFINITY)) return runMs;
  active.outcome = 'timed_out';
  return entry.timeoutMs;
}

/** What the work takes there by what it took where it was seen. */
function ratioOf(ratios: SimTask['ratios'], pool: string, seenOn: string | undefined): number {
  if (ratios === undefined || seenOn === undefined || seenOn === pool) return 1;
  return (ratios.get(pool) ?? 1) / (ratios.get(seenOn) ?? 1);
}

/** As recorded; an attempt that ended otherwise than in the record is tried again while the task has attempts left. */
export function afterwards({ runs, maxAttempts }: SimTask, attempt: number, outcome: SimOutcome): SimEnd {
  if (outcome === 'succeeded') return 'completed';
  if (outcome === 'cancelled') return 'cancelled';
  if (outcome === 'expired') return 'failed';
  if (outcome === 'released') return undefined;
  if (runs[attempt - 1]?.outcome === outcome) return attempt < runs.length ? undefined : 'failed';
  const released = runs.slice(0, attempt).filter((run) => run.outcome === 'released').length;
  return attempt - released < maxAttempts ? undefined : 'failed';
}
