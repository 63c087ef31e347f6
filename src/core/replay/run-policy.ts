// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Biller } from './billing.ts';
import { type Jobs, jobsWindow } from './jobs.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import type { Backfill, Choice, Placement, Setting } from './semantics/semantics.ts';
import { overWindows, type Window } from './windows.ts';

export interface RunOptions {
  readonly jobs: Jobs;
  /** Processors. */
  readonly machine: number;
  /** Each runs on an empty machine; none: the whole list in one go. */
  readonly windows: readonly Window[];
  /** Times all is run, from 1; the fastest counts. */
  readonly repeat: number;
  /** Pools in place of one machine. */
  readonly setting?: Setting;
  /** Default: 1 per processor-hour. */
  readonly bill?: Biller;
  /** Monotonic, in milliseconds: time is the caller's. */
  readonly nowMs: () => number;
  /** After each simulation: windows times repetitions in all. */
  readonly onPartDone?: () => void;
}

export interface PolicyResult {
  readonly policy: string;
  readonly backfill: Backfill;
  readonly metrics: Metrics;
  /** The simulation alone, of the fastest run: no parsing, no metrics. */
  readonly elapsedMs: number;
  readonly windows: readonly WindowResult[];
  /** One schedule per window, or the one of the whole list. */
  readonly schedules: readonly Schedule[];
}

export interface WindowResult extends Window {
  readonly metrics: Metrics;
  readonly elapsedMs: number;
}

export interface Schedule extends Placement {
  readonly jobs: Jobs;
}

/**
 * Runs one policy over all windows.
 * @throws TraceError when a job makes it impossible; Error when a repetition gave another schedule
 */
export function runPolicy(choice: Choice, options: RunOptions): PolicyResult {
  const { jobs, windows, machine, bill } = options;
  const parts = windows.length === 0 ? [jobs] : windows.map(({ start, count }) => jobsWindow(jobs, start, count));
  const { placements, elapsedMs } = fastestOf(choice, parts, options);
  const metrics = parts.map((part, i) => metricsOf(part, placements[i]!, machine, bill));
  return {
    policy: choice.policy,
    backfill: choice.backfill,
    metrics: windows.length === 0 ? metrics[0]! : overWindows(metrics),
    elapsedMs: sumOf(elapsedMs),
    windows: windows.map((window, i) => ({ ...window, metrics: metrics[i]!, elapsedMs: elapsedMs[i]! })),
    schedules: parts.map((part, i) => ({ jobs: part, ...placements[i]! })),
  };
}

interface Run {
  readonly placements: readonly Placement[];
  /** Of each part. */
  readonly elapsedMs: readonly number[];
}

/** Runs all parts `repeat` times and returns the run that took the least time in all. */
function fastestOf(choice: Choice, parts: readonly Jobs[], options: RunOptions): Run {
  let fastest = runOnce(choice, parts, options);
  for (let repetition = 2; repetition <= options.repeat; repetition++) {
    const run = runOnce(choice, parts, options);
    run.placements.forEach(({ starts }, i) => {
      const other = starts.findIndex((start, row) => start !== fastest.placements[i]!.starts[row]);
      if (other === -1) return;
      const job = parts[i]!.id[other];
      throw new Error(`${choice.policy} is not deterministic: repetition ${repetition} starts job ${job} at another time than before`);
    });
    if (sumOf(run.elapsedMs) < sumOf(fastest.elapsedMs)) fastest = run;
  }
  return fastest;
}

function runOnce({ simulate }: Choice, parts: readonly Jobs[], { machine, setting, nowMs, onPartDone }: RunOptions): Run {
  const placements: Placement[] = [];
  const elapsedMs: number[] = [];
  for (const part of parts) {
    const begin = nowMs();
    placements.push(simulate(part, machine, setting));
    elapsedMs.push(nowMs() - begin);
    onPartDone?.();
  }
  return { placements, elapsedMs };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
