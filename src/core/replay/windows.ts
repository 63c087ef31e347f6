import type { DeadlineMisses, Metrics } from './metrics.ts';
import type { Percentiles } from './percentiles.ts';

/** `count` consecutive jobs from position `start` (from 0) of the list that the semantics' filter left. */
export interface Window {
  readonly start: number;
  readonly count: number;
}

/**
 * One set of figures for several windows: jobs and cost are sums, maxima are maxima, all else is the mean over the windows (`null` as soon
 * as one window has none).
 */
export function overWindows(windows: readonly Metrics[]): Metrics {
  const mean = (pick: (window: Metrics) => number | null) => meanOf(windows.map(pick));
  const percentiles = (pick: (window: Metrics) => Percentiles): Percentiles => ({
    waitS: mean((window) => pick(window).waitS),
    boundedSlowdown: mean((window) => pick(window).boundedSlowdown),
  });
  return {
    jobs: sumOf(windows.map(({ jobs }) => jobs)),
    meanWaitS: mean(({ meanWaitS }) => meanWaitS),
    maxWaitS: mostOf(windows.map(({ maxWaitS }) => maxWaitS)),
    meanBoundedSlowdown: mean(({ meanBoundedSlowdown }) => meanBoundedSlowdown),
    maxBoundedSlowdown: mostOf(windows.map(({ maxBoundedSlowdown }) => maxBoundedSlowdown)),
    rmsBoundedSlowdown: mean(({ rmsBoundedSlowdown }) => rmsBoundedSlowdown),
    p50: percentiles(({ p50 }) => p50),
    p95: percentiles(({ p95 }) => p95),
    p99: percentiles(({ p99 }) => p99),
    makespanS: mean(({ makespanS }) => makespanS),
    makespanGap: mean(({ makespanGap }) => makespanGap),
    utilisationLastEnd: mean(({ utilisationLastEnd }) => utilisationLastEnd),
    utilisationLastStart: mean(({ utilisationLastStart }) => utilisationLastStart),
    utilisationSubmits: mean(({ utilisationSubmits }) => utilisationSubmits),
    cost: sumOf(windows.map(({ cost }) => cost)),
    carbonG: windows.some(({ carbonG }) => carbonG === undefined) ? undefined : sumOf(windows.map(({ carbonG }) => carbonG ?? 0)),
    meanTurnaroundS: mean(({ meanTurnaroundS }) => meanTurnaroundS),
    fairnessJain: mean(({ fairnessJain }) => fairnessJain),
    deadlineMisses: missesOver(windows),
  };
}

function missesOver(windows: readonly Metrics[]): readonly DeadlineMisses[] {
  return (windows[0]?.deadlineMisses ?? []).map(({ factor }, i) => ({
    factor,
    share: meanOf(windows.map(({ deadlineMisses }) => deadlineMisses[i]?.share ?? null)),
    meanLatenessS: meanOf(windows.map(({ deadlineMisses }) => deadlineMisses[i]?.meanLatenessS ?? null)),
  }));
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? null : sumOf(known) / known.length;
}

function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
