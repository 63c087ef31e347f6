// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { type Biller, billAtOne } from './billing.ts';
import { makespanBound } from './bounds.ts';
import type { Jobs } from './jobs.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';
import type { Placement } from './semantics/semantics.ts';

/**
 * What a schedule is worth. Over all jobs given, nothing trimmed. Times in seconds, shares from 0 to 1, `null` where a denominator is 0.
 * Other simulators define some of these otherwise under the same name (one drops the first hundredth of the jobs): compare only like
 * with like.
 */
export interface Metrics {
  readonly jobs: number;
  readonly meanWaitS: number | null;
  readonly maxWaitS: number | null;
  readonly meanBoundedSlowdown: number | null;
  readonly maxBoundedSlowdown: number | null;
  readonly rmsBoundedSlowdown: number | null;
  readonly p50: Percentiles;
  readonly p95: Percentiles;
  readonly p99: Percentiles;
  readonly makespanS: number | null;
  /** (makespan - its lower bound) / bound: what any schedule could still gain. */
  readonly makespanGap: number | null;
  /** Work by capacity from the first submit to the last end. */
  readonly utilisationLastEnd: number | null;
  /** To the last start, as RLScheduler has it: may exceed 1. */
  readonly utilisationLastStart: number | null;
  /** To the last submit: the load offered, may exceed 1. */
  readonly utilisationSubmits: number | null;
  /** As billed; without prices 1 per processor-hour. */
  readonly cost: number;
  /** g CO2; only where it is known. */
  readonly carbonG: number | undefined;
  readonly meanTurnaroundS: number | null;
  /** Jain's index over the users' mean bounded slowdowns: 1 when all fare alike, 1/m when one of m bears it all. */
  readonly fairnessJain: number | null;
  readonly deadlineMisses: readonly DeadlineMisses[];
}

/** How a schedule would meet deadlines of submit + `factor` × estimate, over the jobs that have an estimate. */
export interface DeadlineMisses {
  readonly factor: number;
  readonly share: number | null;
  readonly meanLatenessS: number | null;
}

/** A job shorter than this counts as if it took that long: else the slowdown of a job of one second says nothing but that it waited. */
const boundS = 10;
const deadlineFactors = [2, 5, 10] as const;

/** max(1, (wait + run) / max(run, 10 s)). */
export function boundedSlowdown(wait: number, run: number): number {
  return Math.max(1, (wait + run) / Math.max(run, boundS));
}

/** @param placement rows as in `jobs` */
export function metricsOf(jobs: Jobs, placement: Placement, machine: number, bill: Biller = billAtOne): Metrics {
  const { starts } = placement;
  const { count, submit, run, processors } = jobs;
  const waits = starts.map((start, row) => start - submit[row]!);
  const slowdowns = waits.map((wait, row) => boundedSlowdown(wait, run[row]!));
  const ends = starts.map((start, row) => start + run[row]!);
  const work = sumOf(run.map((seconds, row) => seconds * processors[row]!));
  const first = least(submit);
  const utilisation = (until: number) => ratio(work, machine * (until - first));
  const { cost, carbonG } = bill(jobs, placement);
  const { p50, p95, p99 } = percentilesOf(waits, slowdowns);
  return {
    jobs: count,
    meanWaitS: ratio(sumOf(waits), count),
    maxWaitS: count === 0 ? null : most(waits),
    meanBoundedSlowdown: ratio(sumOf(slowdowns), count),
    maxBoundedSlowdown: count === 0 ? null : most(slowdowns),
    rmsBoundedSlowdown: rootMeanSquare(slowdowns),
    p50,
    p95,
    p99,
    makespanS: count === 0 ? null : most(ends) - first,
    makespanGap: gap(most(ends) - first, makespanBound(jobs, machine)),
    utilisationLastEnd: utilisation(most(ends)),
    utilisationLastStart: utilisation(most(starts)),
    utilisationSubmits: utilisation(most(submit)),
    cost,
    carbonG,
    meanTurnaroundS: ratio(sumOf(waits) + sumOf(run), count),
    fairnessJain: jainIndex(meansByUser(jobs, slowdowns)),
    deadlineMisses: deadlineFactors.map((factor) => missesOf(jobs, ends, factor)),
  };
}

function missesOf({ submit, estimate, count }: Jobs, ends: Float64Array, factor: number): DeadlineMisses {
  let judged = 0;
  let missed = 0;
  let lateness = 0;
  for (let row = 0; row < count; row++) {
    if (!(estimate[row]! > 0)) continue;
    const late = ends[row]! - (submit[row]! + factor * estimate[row]!);
    judged++;
    if (late > 0) {
      missed++;
      lateness += late;
    }
  }
  return { factor, share: ratio(missed, judged), meanLatenessS: ratio(lateness, judged) };
}

function meansByUser({ user }: Jobs, values: Float64Array): readonly number[] {
  const byUser = new Map<number, { sum: number; count: number }>();
  values.forEach((value, row) => {
    const entry = byUser.get(user[row]!) ?? { sum: 0, count: 0 };
    byUser.set(user[row]!, entry);
    entry.sum += value;
    entry.count++;
  });
  return [...byUser.values()].map(({ sum, count }) => sum / count);
}

/**
 * (Σ x)² / (m Σ x²).
 * @see Jain, Chiu, Hawe, A quantitative measure of fairness, DEC-TR-301, 1984
 */
function jainIndex(values: readonly number[]): number | null {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return ratio(sum * sum, values.length * squares);
}

function rootMeanSquare(values: Float64Array): number | null {
  const mean = ratio(sumOf(values.map((value) => value * value)), values.length);
  return mean === null ? null : Math.sqrt(mean);
}

/** How far a figure is above its bound, by the bound. */
function gap(value: number, bound: number | null): number | null {
  return bound === null ? null : ratio(value - bound, bound);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 || !Number.isFinite(whole) ? null : part / whole;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function most(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
}

function least(values: Float64Array): number {
  return values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
}
