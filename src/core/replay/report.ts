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
}

/** The stable shape of `trx replay --json`: words of the wire, numbers in full. */
export function reportOf({ trace, machine, semantics, loaded, parseMs, notes, results }: ReportInput) {
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
    utilisation_last_end: metrics.utilisationLastEnd,
    utilisation_last_start: metrics.utilisationLastStart,
    utilisation_submits: metrics.utilisationSubmits,
    cost: metrics.cost,
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
