import { duration } from '../../core/domain/duration.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { PassedUntil } from '../../core/scheduling/core.ts';
import type { ExplanationBody } from '../schemas/explanation.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

/** How long newer work may go before a waiting task. */
export function passedView(passed: PassedUntil, now: EpochMs): NonNullable<ExplanationBody['max_wait']> {
  const newerUntil = shown(passed.newerUntil);
  const pastFrom = shown(passed.pastFrom);
  return {
    newer_until: isoTimeOrNull(newerUntil),
    past_from: isoTimeOrNull(pastFrom),
    is_past: pastFrom !== null && pastFrom <= now,
    summary: summaryOf(newerUntil, pastFrom, now),
  };
}

function summaryOf(newerUntil: EpochMs | null, pastFrom: EpochMs | null, now: EpochMs): string {
  if (newerUntil === null) return 'Newer work may come before it in the order for as long as it waits.';
  if (newerUntil > now)
    return `Newer work may come before it in the order for at most ${duration(newerUntil - now)} more, until ${isoTime(newerUntil)}.`;
  const first = 'Nothing that gets ready from now on comes before it in the order; what needs other or less room may still start first.';
  if (pastFrom === null || pastFrom > now) return first;
  return `It has waited longer than its strategy promises, since ${isoTime(pastFrom)}. ${first}`;
}

/** A bound may lie between two milliseconds, and further ahead than a date can say: then there is as good as none. */
function shown(at: EpochMs): EpochMs | null {
  return at <= latestTime ? Math.ceil(at) : null;
}

/** @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const latestTime: EpochMs = 8.64e15;
