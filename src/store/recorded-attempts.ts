import type { Attempt } from '../core/domain/attempt.ts';
import type { EventType } from '../core/domain/events.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { RecordedAttempt } from '../core/ports/history.ts';

/** A row of a task's log, as far as it tells when the task came back. */
export interface ReturnRow {
  readonly at: EpochMs;
  readonly type: EventType;
}

/**
 * Attempts with what lay between them.
 * @param log of the task, oldest first; what retention has removed of it is made up for by the begin of the next attempt
 */
export function recordedAttempts(
  attempts: readonly (Pick<Attempt, 'pool' | 'startedAt' | 'endedAt' | 'outcome'> & Pick<RecordedAttempt, 'parts'>)[],
  log: readonly ReturnRow[],
): RecordedAttempt[] {
  const returns = log.filter(({ type }) => type === 'queued' || type === 'released');
  let next = 0;
  return attempts.map(({ pool, parts, startedAt, endedAt, outcome }, i) => {
    const following = attempts[i + 1];
    let backoffMs = 0;
    if (endedAt !== null && following !== undefined) {
      while ((returns[next]?.at ?? Number.POSITIVE_INFINITY) < endedAt) next++;
      backoffMs = Math.max(0, Math.min(returns[next]?.at ?? following.startedAt, following.startedAt) - endedAt);
    }
    return { pool, parts, startedAt, endedAt, outcome, backoffMs };
  });
}
