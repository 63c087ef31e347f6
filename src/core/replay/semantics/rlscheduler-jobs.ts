// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';
import { createSieve, type LoadedJobs, repeatedIds } from '../loaded-jobs.ts';
import type { Trace } from '../trace.ts';

const causes = { run_zero: 'its run time is 0' } as const;
/** What RLScheduler puts in the place of a negative run time, in seconds. */
const unknownRunS = 10;

/**
 * The jobs as RLScheduler loads them: processors are the larger of allocated and requested; an estimate of -1 becomes the run time, which
 * may itself be -1 and then stays the estimate, while the run becomes 10 s; jobs of run 0 are dropped. Nothing else is, and no run is cut to
 * its estimate.
 */
export function rlschedulerJobs(trace: Trace): LoadedJobs {
  const { count, allocated, requested, line } = trace;
  const run = trace.run.map((seconds) => (seconds < 0 ? unknownRunS : seconds));
  const all: Jobs = {
    count,
    id: trace.id,
    submit: trace.submit,
    run,
    processors: allocated.map((value, row) => Math.max(value, requested[row]!)),
    estimate: trace.estimate.map((seconds, row) => (seconds === -1 ? trace.run[row]! : seconds)),
    user: trace.user,
    line,
  };
  const sieve = createSieve(causes);
  for (let row = 0; row < count; row++) {
    if (run[row] === 0) sieve.drop('run_zero', line[row]!);
    else sieve.keep(row);
  }
  const jobs = sieve.sorted(all);
  return {
    jobs,
    read: count,
    dropped: sieve.dropped(),
    estimates: trace.estimate.some((seconds) => seconds !== -1) ? 'user' : 'run',
    ...(trace.names === undefined ? {} : { names: trace.names }),
    homeOf: (id) => trace.tasks?.[id - 1]?.region,
    notes: [...sieve.notes(), ...repeatedIds(jobs)],
  };
}
