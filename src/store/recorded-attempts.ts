import type { Attempt } from '../core/domain/attempt.ts';
import type { EventType } from '../core/domain/events.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { RecordedAttempt } from '../core/ports/history.ts';

/** A row of a task's log, as far as it tells when the task came back. */
export interface ReturnRow {
  readonly at: EpochMs;
  readonly type: EventType;
}

export type AttemptOfTask = Pick<Attempt, 'pool' | 'startedAt' | 'endedAt' | 'outcome'> & Pick<RecordedAttempt, 'parts'>;

const none: readonly RecordedAttempt[] = [];

/**
 * Attempts with what lay between them.
 * @param log of the task, oldest first; what retention has removed of it is made up for by the begin of the next attempt
 */
export function recordedAttempts(attempts: readonly AttemptOfTask[], log: readonly ReturnRow[]): readonly RecordedAttempt[] {
  const [only] = attempts;
  if (only === undefined) return none;
  if (attempts.length === 1) return [lastOf(only)]; // nearly always
  const returns = log.filter(({ type }) => type === 'queued' || type === 'released');
  let next = 0;
  return attempts.map((attempt, i) => {
    const { endedAt } = attempt;
    const following = attempts[i + 1];
    if (endedAt === null || following === undefined) return lastOf(attempt);
    while ((returns[next]?.at ?? Number.POSITIVE_INFINITY) < endedAt) next++;
    const backAt = Math.min(returns[next]?.at ?? following.startedAt, following.startedAt);
    return { ...lastOf(attempt), backoffMs: Math.max(0, backAt - endedAt) };
  });
}

function lastOf({ pool, parts, startedAt, endedAt, outcome }: AttemptOfTask): RecordedAttempt {
  return { pool, parts, startedAt, endedAt, outcome, backoffMs: 0 };
}
