import type { EpochMs, Ms } from '../../domain/units.ts';
import type { RecordedAttempt, RecordedTask } from '../../ports/history.ts';
import { inMap } from '../in-map.ts';
import type { SimRun, SimTask } from '../trx/sim-task.ts';
import { createPoolRatios } from './pool-ratios.ts';
import type { Reaction } from './reaction.ts';

/** A task of a window, as it will be replayed, and what is known of how it went. */
export interface HistoryTask extends SimTask {
  readonly recorded: RecordedTask;
  /** It began before the window or had not ended at its end: simulated, and left out of all averages. */
  readonly isCutOff: boolean;
}

export interface RunModel {
  /** A task of the window, or one that was there before it. */
  task(recorded: RecordedTask): HistoryTask;
  /** What was there before the window runs only for what is left of it. */
  carried(recorded: RecordedTask): HistoryTask;
}

const never = Number.POSITIVE_INFINITY;
/** Of a task of a type nobody has seen run and that says nothing itself. */
const anyRunMs = 1_000;

/**
 * Run times on any pool from the observed ones: work is run time by the speed of the pool that ran it, and by how far that pool is from its speed
 * as far as runs have shown. Failures and delays are those of the task's
 * own attempts, in order; the same for every strategy. What was never seen to run takes as long as others of its type did, or as it says.
 * @param speedAt of a pool at a time · @param reaction of the server, the same under every strategy
 */
export function createRunModel(from: EpochMs, to: EpochMs, speedAt: (pool: string, at: EpochMs) => number, reaction: Reaction): RunModel {
  const means = new Map<string, { count: number; work: Ms }>();
  const ratios = createPoolRatios();

  function expected({ entry: { type, estimateMs } }: RecordedTask): Ms {
    const mean = means.get(type);
    return mean === undefined ? (estimateMs ?? anyRunMs) : mean.work / mean.count;
  }

  function learn(type: string, work: Ms): void {
    const mean = inMap(means, type, () => ({ count: 0, work: 0 }));
    mean.count++;
    mean.work += work;
  }

  /** @param number of the attempt */
  function runOf(recorded: RecordedTask, attempt: RecordedAttempt, number: number, since: EpochMs): SimRun {
    const { entry } = recorded;
    const { pool, parts, startedAt, endedAt, outcome, backoffMs } = attempt;
    const isGang = entry.parts > 1;
    const speed = parts === null ? speedAt(pool, startedAt) : Math.min(...parts.map((name) => speedAt(name, startedAt)));
    const end = endedAt ?? to;
    const workMs = Math.max(0, end - Math.max(startedAt, since)) * speed;
    const reactionMs = reaction.afterEnd(entry.seq, number, endedAt);
    // Its deadline cut it short, or nobody has seen its end: what it would have become nobody knows.
    if (endedAt === null || outcome === null || (entry.deadline !== null && endedAt >= entry.deadline && outcome !== 'succeeded')) {
      return { workMs: Math.max(workMs, expected(recorded)), outcome: 'succeeded', backoffMs: 0, pool: undefined, reactionMs };
    }
    if (outcome === 'succeeded') {
      learn(entry.type, workMs);
      if (startedAt >= since && !isGang) ratios.learn(entry, pool, workMs);
    }
    // How long it would have taken nobody knows: it runs until it is cancelled again.
    return { workMs: outcome === 'cancelled' ? never : workMs, outcome, backoffMs, pool: isGang ? undefined : pool, reactionMs };
  }

  function simTask(recorded: RecordedTask, attempts: readonly RecordedAttempt[], since: EpochMs, isCutOff: boolean): HistoryTask {
    const known = ratios.of(recorded.entry);
    const skipped = recorded.attempts.length - attempts.length;
    const runs = attempts.map((attempt, i) => runOf(recorded, attempt, skipped + i + 1, since));
    const reactionMs = reaction.afterArrival(recorded.entry.seq, recorded.entry.readyAt);
    const last = runs.at(-1);
    // A task that was given back, or that never ran, has a run before it that nobody has seen.
    const isOpen = last === undefined || last.outcome === 'released' || (last.outcome !== 'succeeded' && !isDone(recorded));
    if (isOpen) runs.push({ workMs: expected(recorded), outcome: 'succeeded', backoffMs: 0 });
    const { entry, maxAttempts, status, cancelRequestedAt, completedAt } = recorded;
    const cancelAt = cancelRequestedAt ?? (status === 'cancelled' ? completedAt : null) ?? never;
    return { entry, maxAttempts, runs, reactionMs, ratios: known, cancelAt, expireAt: entry.deadline ?? never, recorded, isCutOff };
  }

  return {
    task: (recorded) =>
      simTask(recorded, recorded.attempts, Number.NEGATIVE_INFINITY, recorded.completedAt === null || recorded.completedAt >= to),
    carried(recorded) {
      const left = recorded.attempts.filter(({ endedAt }) => endedAt === null || endedAt >= from);
      return simTask(recorded, left, from, true);
    },
  };
}

function isDone({ status }: RecordedTask): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
