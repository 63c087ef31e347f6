// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from './jobs.ts';
import { createLineTally } from './line-tally.ts';
import { createSieve, type LoadedJobs, repeatedIds } from './loaded-jobs.ts';
import type { Trace } from './trace.ts';

/** Why a job cannot be simulated, in words. */
export const standardCauses = {
  larger_than_machine: 'more processors than the machine has',
  processors_unknown: 'neither allocated nor requested processors are positive',
  processors_not_whole: 'a fraction of a processor',
  run_not_positive: 'its run time is not positive',
  estimate_not_positive: 'its estimate is not positive, though other jobs have one',
  submit_negative: 'it was submitted before the log begins',
} as const;

/**
 * The filter of `pyss` and `trx`: jobs that could not have run are dropped, a run is cut to its estimate as the limit would have killed it,
 * and one of allocated and requested processors stands for the other where that is missing. A trace in which no job has an estimate gets the
 * run times instead.
 * @param machine processors
 */
export function standardJobs(trace: Trace, machine: number): LoadedJobs {
  const { count, allocated, requested, run, submit, line } = trace;
  const hasEstimates = trace.estimate.some((estimate) => estimate > 0);
  const processors = requested.map((value, row) => (value > 0 ? value : allocated[row]!));
  const estimate = hasEstimates ? trace.estimate : run;
  const all: Jobs = { count, id: trace.id, submit, run, processors, estimate, user: trace.user, line };
  const sieve = createSieve(standardCauses);
  for (let row = 0; row < count; row++) {
    const job = { submit: submit[row]!, run: run[row]!, allocated: allocated[row]!, requested: requested[row]!, machine };
    const cause = unfitCause(job, estimate[row]!);
    if (cause === undefined) sieve.keep(row);
    else sieve.drop(cause, line[row]!);
  }
  const kept = sieve.sorted(all);
  const { jobs, notes } = cutRuns(kept);
  return {
    jobs,
    read: count,
    dropped: sieve.dropped(),
    estimates: hasEstimates ? 'user' : 'run',
    ...(trace.names === undefined ? {} : { names: trace.names }),
    homeOf: (id) => trace.tasks?.[id - 1]?.region,
    notes: [
      ...sieve.notes(),
      ...notes,
      ...(hasEstimates ? [] : ['no job has an estimate: the run times are taken for them']),
      ...repeatedIds(jobs),
    ],
  };
}

interface StandardJob {
  readonly submit: number;
  readonly run: number;
  readonly allocated: number;
  readonly requested: number;
  readonly machine: number;
}

/** Why the job cannot be simulated, the first cause that fits; `undefined`: it can. @param estimate where one is needed */
export function unfitCause(
  { submit, run, allocated, requested, machine }: StandardJob,
  estimate?: number,
): keyof typeof standardCauses | undefined {
  const processors = requested > 0 ? requested : allocated;
  if (allocated > machine || requested > machine) return 'larger_than_machine';
  if (!(processors > 0)) return 'processors_unknown';
  if (!Number.isInteger(processors)) return 'processors_not_whole';
  if (!(run > 0)) return 'run_not_positive';
  if (estimate !== undefined && !(estimate > 0)) return 'estimate_not_positive';
  return submit < 0 ? 'submit_negative' : undefined;
}

function cutRuns(jobs: Jobs): { jobs: Jobs; notes: readonly string[] } {
  const cut = createLineTally();
  const run = jobs.run.map((seconds, row) => {
    const limit = jobs.estimate[row]!;
    if (seconds > limit) cut.add(jobs.line[row]!);
    return Math.min(seconds, limit);
  });
  return { jobs: { ...jobs, run }, notes: cut.count === 0 ? [] : [`${cut.text()}: the run time was cut to the estimate`] };
}
