import type { AttemptOutcome } from '../core/domain/attempt.ts';
import type { TaskEventType } from '../core/domain/events.ts';
import type { Json } from '../core/domain/json.ts';
import type { TaskError } from '../core/domain/task.ts';
import { nextStatus, type TaskStatus, type TaskVerb } from '../core/domain/task-status.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { Verdict } from '../core/domain/verdict.ts';

/** What a verdict does to the task, its attempt and the log: the same in every store. */
export interface SettleEffect {
  readonly status: TaskStatus;
  readonly outcome: AttemptOutcome;
  readonly event: TaskEventType;
  readonly result: Json;
  readonly error: TaskError | null;
  readonly dueAt: EpochMs | null;
}

/** A committed cancel is never overtaken: once it was requested, every verdict but `expire` means `stopped`. */
export function settleEffect(verdict: Verdict, cancelRequested: boolean): SettleEffect {
  if (cancelRequested && verdict.verb !== 'expire') return stopped;
  switch (verdict.verb) {
    case 'succeed':
      return { ...ended('succeed', 'succeeded', 'completed', null), result: verdict.result };
    case 'fail':
      return ended('fail', verdict.outcome, 'failed', verdict.error);
    case 'lose':
      return ended('lose', 'lost', 'failed', verdict.error);
    case 'expire':
      return ended('expire', 'timed_out', 'failed', verdict.error);
    case 'retry':
      return { ...ended('retry', verdict.outcome, verdict.outcome === 'lost' ? 'lost' : 'retried', verdict.error), dueAt: verdict.dueAt };
    case 'release':
      return released;
    case 'stopped':
      return stopped;
  }
}

const released = ended('release', 'released', 'released', null);
const stopped = ended('stopped', 'cancelled', 'cancelled', null);

function ended(verb: TaskVerb, outcome: AttemptOutcome, event: TaskEventType, error: TaskError | null): SettleEffect {
  const status = nextStatus('processing', verb);
  if (status === undefined) throw new Error(`no arrow ${verb} out of processing`);
  return { status, outcome, event, result: null, error, dueAt: null };
}
