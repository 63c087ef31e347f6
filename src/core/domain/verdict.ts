import type { Outcome } from './attempt.ts';
import type { Json } from './json.ts';
import { backoffMs, type RetryPolicy } from './retry.ts';
import type { Task, TaskError } from './task.ts';
import type { EpochMs, Ms } from './units.ts';

/** Why the engine asked a running attempt to stop. */
export type StopReason = 'timeout' | 'deadline' | 'cancel' | 'drain';

/** What becomes of a task when an attempt ended; the verbs are the arrows out of `processing`. */
export type Verdict =
  | { readonly verb: 'succeed'; readonly result: Json }
  | { readonly verb: 'fail'; readonly error: TaskError; readonly outcome: 'failed' | 'timed_out' }
  | { readonly verb: 'lose'; readonly error: TaskError }
  | { readonly verb: 'expire'; readonly error: TaskError }
  | { readonly verb: 'retry'; readonly error: TaskError; readonly dueAt: EpochMs; readonly outcome: 'failed' | 'timed_out' | 'lost' }
  /** Back to the queue without counting against `maxAttempts`: the work was never done, or was stopped by a drain. */
  | { readonly verb: 'release' }
  /** A requested cancel was obeyed. */
  | { readonly verb: 'stopped' };

/**
 * Judges one ended attempt. A success that arrives before a stop was obeyed stands, a requested cancel excepted: real work is not
 * thrown away, and a committed cancel is never overtaken.
 * @param random uniform in [0, 1), for the back-off
 */
export function verdictOf(
  task: Task,
  outcome: Outcome,
  stop: StopReason | undefined,
  at: EpochMs,
  random: number,
  policy: RetryPolicy,
): Verdict {
  if (stop === 'cancel') return { verb: 'stopped' };
  if (outcome.kind === 'succeeded') return { verb: 'succeed', result: outcome.result };
  if (stop === 'deadline') return { verb: 'expire', error: deadlineExceeded };
  if (stop === 'drain') return { verb: 'release' };

  if (outcome.kind === 'released' && stop === undefined) return { verb: 'release' };

  const attemptsLeft = task.attemptsUsed < task.maxAttempts;
  const dueAt = at + backoffMs(Math.max(1, task.attemptsUsed), random, policy);
  if (stop === 'timeout') {
    const error = { code: 'timed_out', message: `attempt ${task.attempt} ran longer than ${task.timeoutMs} ms` };
    return attemptsLeft ? { verb: 'retry', error, dueAt, outcome: 'timed_out' } : { verb: 'fail', error, outcome: 'timed_out' };
  }
  if (outcome.kind === 'failed') {
    const error = { code: outcome.code, message: outcome.message };
    return attemptsLeft && outcome.retryable
      ? { verb: 'retry', error, dueAt, outcome: 'failed' }
      : { verb: 'fail', error, outcome: 'failed' };
  }
  const message = outcome.kind === 'lost' ? outcome.message : 'the executor stopped without being asked';
  const error = { code: 'lost', message };
  return attemptsLeft ? { verb: 'retry', error, dueAt: at + afterLossMs(task, random, policy), outcome: 'lost' } : { verb: 'lose', error };
}

/** What was lost is most likely not to blame and has waited a lease already: it runs again at once. Lost again, it may be, and backs off. */
function afterLossMs({ attemptsUsed }: Task, random: number, policy: RetryPolicy): Ms {
  return attemptsUsed <= 1 ? 0 : backoffMs(attemptsUsed - 1, random, policy);
}

export const deadlineExceeded: TaskError = { code: 'deadline_exceeded', message: 'the deadline passed before the task ended' };
