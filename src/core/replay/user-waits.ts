// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { quantile } from './percentiles.ts';
import type { Schedule } from './run-policy.ts';

export interface UserWaits {
  readonly user: number;
  readonly jobs: number;
  readonly meanWaitS: number;
  readonly p95WaitS: number;
  readonly maxWaitS: number;
}

/** How each user's jobs waited, most jobs first. */
export function userWaits(schedules: readonly Schedule[]): readonly UserWaits[] {
  const waits = new Map<number, number[]>();
  for (const { jobs, starts } of schedules) {
    for (let row = 0; row < jobs.count; row++) {
      const user = jobs.user[row]!;
      const list = waits.get(user) ?? [];
      waits.set(user, list);
      list.push(starts[row]! - jobs.submit[row]!);
    }
  }
  return [...waits].map(([user, list]) => summaryOf(user, list)).sort((a, b) => b.jobs - a.jobs || a.user - b.user);
}

function summaryOf(user: number, waits: readonly number[]): UserWaits {
  const sorted = Float64Array.from(waits).sort();
  return {
    user,
    jobs: sorted.length,
    meanWaitS: sorted.reduce((sum, wait) => sum + wait, 0) / sorted.length,
    p95WaitS: quantile(sorted, 0.95) ?? 0,
    maxWaitS: sorted.at(-1) ?? 0,
  };
}
