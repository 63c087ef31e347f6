import { type Comparison, compareTo, type Difference } from './comparison.ts';
import type { LoadedJobs } from './loaded-jobs.ts';
import type { Metrics } from './metrics.ts';
import type { Percentiles } from './percentiles.ts';
import type { PolicyResult } from './run-policy.ts';

export interface ReportInput {
  /** Name of the trace, without its folder. */
  readonly trace: string;
  readonly machine: number;
  readonly semantics: string;
  readonly loaded: LoadedJobs;
  readonly parseMs: number;
  readonly notes: readonly string[];
  readonly results: readonly PolicyResult[];
  /** One of them: what the others are compared with. */
  readonly base: PolicyResult;
  /** Of the draws behind intervals. */
  readonly seed: number;
}

/** The stable shape of `trx replay --json`: words of the wire, numbers in full. */
export function reportOf({ trace, machine, semantics, loaded, parseMs, notes, results, base, seed }: ReportInput) {
  return {
    trace,
    procs: machine,
    semantics,
    jobs_read: loaded.read,
    jobs_kept: loaded.jobs.count,
    dropped: loaded.dropped,
    estimates: loaded.estimates,
    parse_ms: parseMs,
    policies: results.map(({ policy, backfill, metrics, elapsedMs, windows }) => ({
      policy,
      backfill,
      ...figuresOf(metrics, elapsedMs),
      windows: windows.map((window) => ({
        start: window.start,
        count: window.count,
        ...figuresOf(window.metrics, window.elapsedMs),
      })),
    })),
    comparison: {
      base: base.policy,
      policies: results
        .filter((result) => result !== base)
        .map((result) => ({ policy: result.policy, backfill: result.backfill, ...differencesOf(compareTo(base, result, seed)) })),
    },
    notes,
  };
}

export type Report = ReturnType<typeof reportOf>;

function figuresOf(metrics: Metrics, elapsedMs: number) {
  return {
    jobs: metrics.jobs,
    mean_wait_s: metrics.meanWaitS,
    max_wait_s: metrics.maxWaitS,
    mean_bounded_slowdown: metrics.meanBoundedSlowdown,
    max_bounded_slowdown: metrics.maxBoundedSlowdown,
    rms_bounded_slowdown: metrics.rmsBoundedSlowdown,
    p50: percentiles(metrics.p50),
    p95: percentiles(metrics.p95),
    p99: percentiles(metrics.p99),
    makespan_s: metrics.makespanS,
    makespan_gap: metrics.makespanGap,
    utilisation_last_end: metrics.utilisationLastEnd,
    utilisation_last_start: metrics.utilisationLastStart,
    utilisation_submits: metrics.utilisationSubmits,
    cost: metrics.cost,
    ...(metrics.carbonG === undefined ? {} : { carbon_g: metrics.carbonG }),
    mean_turnaround_s: metrics.meanTurnaroundS,
    fairness_jain: metrics.fairnessJain,
    deadline_misses: metrics.deadlineMisses.map(({ factor, share, meanLatenessS }) => ({ factor, share, mean_lateness_s: meanLatenessS })),
    elapsed_ms: elapsedMs,
    jobs_per_s: elapsedMs === 0 ? null : metrics.jobs / (elapsedMs / 1_000),
  };
}

function percentiles({ waitS, boundedSlowdown }: Percentiles) {
  return { wait_s: waitS, bounded_slowdown: boundedSlowdown };
}

function differencesOf(comparison: Comparison) {
  return {
    mean_wait_s: differenceOf(comparison.meanWaitS),
    p95_wait_s: differenceOf(comparison.p95WaitS),
    max_wait_s: differenceOf(comparison.maxWaitS),
    mean_bounded_slowdown: differenceOf(comparison.meanBoundedSlowdown),
    cost: differenceOf(comparison.cost),
  };
}

function differenceOf({ absolute, relative, interval, verdict }: Difference) {
  return { absolute, relative, interval: interval === undefined ? null : [interval.low, interval.high], verdict: verdict ?? null };
}
