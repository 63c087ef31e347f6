// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { boundedSlowdown } from './metrics.ts';
import type { Schedule } from './run-policy.ts';

/** One job in a schedule, in seconds. */
export interface JobFate {
  /** Index of the schedule: the window, or 0. */
  readonly schedule: number;
  readonly row: number;
  readonly id: number;
  readonly user: number;
  readonly submit: number;
  readonly wait: number;
  readonly run: number;
  readonly processors: number;
  readonly boundedSlowdown: number;
}

/** The `count` jobs that wait longest, the longest first; of equal ones the earlier. */
export function worstJobs(schedules: readonly Schedule[], count: number): readonly JobFate[] {
  const worst: JobFate[] = [];
  let bar = Number.NEGATIVE_INFINITY;
  schedules.forEach((one, schedule) => {
    for (let row = 0; row < one.jobs.count; row++) {
      if (worst.length === count && one.starts[row]! - one.jobs.submit[row]! <= bar) continue;
      worst.push(fateOf(one, schedule, row));
      worst.sort((a, b) => b.wait - a.wait);
      worst.splice(count);
      bar = worst.at(-1)?.wait ?? bar;
    }
  });
  return worst;
}

function fateOf({ jobs, starts }: Schedule, schedule: number, row: number): JobFate {
  const wait = starts[row]! - jobs.submit[row]!;
  const run = jobs.run[row]!;
  return {
    schedule,
    row,
    id: jobs.id[row]!,
    user: jobs.user[row]!,
    submit: jobs.submit[row]!,
    wait,
    run,
    processors: jobs.processors[row]!,
    boundedSlowdown: boundedSlowdown(wait, run),
  };
}
