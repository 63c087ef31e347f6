import { compareTo, type Difference } from '../../core/replay/comparison.ts';
import type { PolicyResult } from '../../core/replay/run-policy.ts';
import { type UserWaits, userWaits } from '../../core/replay/user-waits.ts';
import type { Names } from './names.ts';
import { durationText } from './texts.ts';

/** A user with fewer jobs has no tail to speak of. */
const leastJobs = 20;

/** The comparison in sentences, one per policy: what it gains on the mean, and who pays for it. */
export function readingAid(base: PolicyResult, results: readonly PolicyResult[], seed: number, names: Names): readonly string[] {
  const before = userWaits(base.schedules);
  return results
    .filter((result) => result !== base)
    .map((result) => {
      const { meanBoundedSlowdown, maxWaitS } = compareTo(base, result, seed);
      const parts = [
        `mean bounded slowdown ${changeText(meanBoundedSlowdown)} under ${base.policy}`,
        `longest wait ${changeText(maxWaitS)} there`,
        ...loserText(before, userWaits(result.schedules), names),
      ];
      return `${result.policy}: ${parts.join(', ')}.`;
    });
}

function changeText({ absolute, relative }: Difference): string {
  if (absolute === null || absolute === 0) return 'the same as';
  const percent = relative === null ? '' : `${Math.round(Math.abs(relative) * 100)} % `;
  return `${percent}${absolute < 0 ? 'lower' : 'higher'} than`;
}

/** The user whose p95 grows most. */
function loserText(before: readonly UserWaits[], after: readonly UserWaits[], names: Names): string[] {
  const old = new Map(before.map((waits) => [waits.user, waits]));
  const [worst] = after
    .filter(({ jobs }) => jobs >= leastJobs)
    .map((waits) => ({ user: waits.user, from: old.get(waits.user)?.p95WaitS ?? 0, to: waits.p95WaitS }))
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  if (worst === undefined || worst.to <= worst.from) return [];
  return [`the p95 wait of user ${names.user(worst.user)} goes from ${durationText(worst.from)} to ${durationText(worst.to)}`];
}
