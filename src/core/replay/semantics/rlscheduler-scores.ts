// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Jobs } from '../jobs.ts';

/**
 * What RLScheduler orders its queue by, smallest first. The waiting time of its WFP3 and UNICEP is `scheduled_time - submit_time`, and the
 * scheduled time of a waiting job is -1: so the published columns of that name are not those policies. Both are here, the slip under the
 * published name and what was meant as `-real`.
 * @see Zhang, Dai, He, Bao, Xie, RLScheduler, SC'20
 * @see Carastan-Santos, de Camargo, Obtaining dynamic scheduling policies with simulation and machine learning, SC'17 (F1 to F4)
 */
export const rlschedulerPolicies = ['fcfs', 'sjf', 'wfp3', 'unicep', 'f1', 'f2', 'f3', 'f4', 'wfp3-real', 'unicep-real'] as const;
export type RlschedulerPolicy = (typeof rlschedulerPolicies)[number];

export interface Score {
  /** @param now time of the sort, in the trace's seconds; matters only where `changesWithTime` */
  readonly of: (jobs: Jobs, row: number, now: number) => number;
  readonly changesWithTime?: true;
  /** Equal scores: the job submitted first. Else whoever was in front in the queue. */
  readonly thenBySubmit?: true;
}

/** Keeps the logarithm away from 0 for jobs of one processor, as published. */
const tiny = 1e-15;
/** What F1 takes for an estimate or a submit time without a logarithm. */
const leastLogged = 0.1;

const notScheduled: Score['of'] = ({ submit }, row) => -1 - submit[row]!;
const waited: Score['of'] = ({ submit }, row, now) => now - submit[row]!;

export const rlschedulerScores: Readonly<Record<RlschedulerPolicy, Score>> = {
  fcfs: { of: ({ submit }, row) => submit[row]! },
  sjf: { of: ({ estimate }, row) => estimate[row]!, thenBySubmit: true },
  wfp3: { of: wfp3(notScheduled) },
  unicep: { of: unicep(notScheduled) },
  f1: {
    of: ({ estimate, processors, submit }, row) =>
      Math.log10(positive(estimate[row]!)) * processors[row]! + 870 * Math.log10(positive(submit[row]!)),
  },
  f2: { of: ({ estimate, processors, submit }, row) => Math.sqrt(estimate[row]!) * processors[row]! + 25_600 * Math.log10(submit[row]!) },
  f3: { of: ({ estimate, processors, submit }, row) => estimate[row]! * processors[row]! + 6_860_000 * Math.log10(submit[row]!) },
  f4: { of: ({ estimate, processors, submit }, row) => estimate[row]! * Math.sqrt(processors[row]!) + 530_000 * Math.log10(submit[row]!) },
  'wfp3-real': { of: wfp3(waited), changesWithTime: true },
  'unicep-real': { of: unicep(waited), changesWithTime: true },
};

function wfp3(wait: Score['of']): Score['of'] {
  return (jobs, row, now) => -((wait(jobs, row, now) / jobs.estimate[row]!) ** 3) * jobs.processors[row]!;
}

function unicep(wait: Score['of']): Score['of'] {
  return (jobs, row, now) => -(wait(jobs, row, now) + tiny) / (Math.log2(jobs.processors[row]! + tiny) * jobs.estimate[row]!);
}

function positive(value: number): number {
  return value > 0 ? value : leastLogged;
}
