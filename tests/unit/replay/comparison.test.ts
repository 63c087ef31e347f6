import { describe, expect, it } from 'vitest';
import { bootstrapMean } from '../../../src/core/replay/bootstrap.ts';
import { makespanBound } from '../../../src/core/replay/bounds.ts';
import { compareTo } from '../../../src/core/replay/comparison.ts';
import { metricsOf } from '../../../src/core/replay/metrics.ts';
import type { PolicyResult } from '../../../src/core/replay/run-policy.ts';
import { createSeededRandom } from '../../../src/core/replay/seeded-random.ts';
import { overWindows } from '../../../src/core/replay/windows.ts';
import { aJobList } from '../../helpers/traces.ts';

describe('the interval of a mean', () => {
  it('is of no width where all values are the same, and none below two values', () => {
    expect(bootstrapMean([3, 3, 3], 1)).toEqual({ low: 3, high: 3 });
    expect(bootstrapMean([3], 1)).toBeUndefined();
  });

  it('depends on the seed and nothing else', () => {
    const values = [1, 5, 2, 8, 3];
    expect(bootstrapMean(values, 7)).toEqual(bootstrapMean(values, 7));
    expect(bootstrapMean(values, 7)).not.toEqual(bootstrapMean(values, 8));
  });

  it('holds the true mean about 95 times in 100', () => {
    const random = createSeededRandom('coverage');
    let held = 0;
    for (let round = 0; round < 200; round++) {
      // Sums of twelve uniform draws: near normal, mean 6.
      const values = Array.from({ length: 30 }, () =>
        Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, 0),
      );
      const interval = bootstrapMean(values, round);
      if (interval !== undefined && interval.low <= 6 && 6 <= interval.high) held++;
    }
    expect(held).toBeGreaterThan(180);
    expect(held).toBeLessThan(200);
  });
});

describe('the bound of the makespan', () => {
  it('is the job that ends last, started at once', () => {
    expect(makespanBound(aJobList({ submit: 0, run: 10 }, { submit: 50, run: 30 }), 4)).toBe(80);
  });

  it('is the work from some moment on over all processors', () => {
    const burst = Array.from({ length: 4 }, () => ({ submit: 100, run: 10, processors: 2 }));
    expect(makespanBound(aJobList({ submit: 0, run: 10 }, ...burst), 2)).toBe(140);
    expect(makespanBound(aJobList(...burst), 2)).toBe(40);
  });

  it('is never above what a schedule needs, and its gap is in the metrics', () => {
    const jobs = aJobList({ submit: 0, run: 10 }, { submit: 5, run: 10 });
    expect(metricsOf(jobs, { starts: Float64Array.of(0, 10) }, 1)).toMatchObject({ makespanS: 20, makespanGap: 0 });
    expect(metricsOf(jobs, { starts: Float64Array.of(0, 15) }, 1)).toMatchObject({ makespanS: 25, makespanGap: 0.25 });
    expect(makespanBound(aJobList(), 1)).toBeNull();
  });
});

describe('a policy against the base', () => {
  /** A job per window, which waits as long as said. */
  function waiting(policy: string, ...waits: readonly number[]): PolicyResult {
    const jobs = aJobList({ submit: 0, run: 100 });
    const schedules = waits.map((wait) => ({ jobs, starts: Float64Array.of(wait) }));
    const windows = schedules.map(({ starts }, start) => ({ start, count: 1, metrics: metricsOf(jobs, { starts }, 1), elapsedMs: 0 }));
    return { policy, backfill: 'none', metrics: overWindows(windows.map(({ metrics }) => metrics)), elapsedMs: 0, windows, schedules };
  }
  const base = waiting('easy', 10, 20, 30, 1_000);

  it('is better or worse only where the interval leaves 0 out, window by window', () => {
    expect(compareTo(base, waiting('x', 8, 17, 28, 997), 1).meanWaitS).toMatchObject({
      absolute: -2.5,
      relative: -2.5 / 265,
      verdict: 'better',
    });
    expect(compareTo(base, waiting('x', 12, 23, 32, 1_003), 1).meanWaitS).toMatchObject({ absolute: 2.5, verdict: 'worse' });
    const mixed = compareTo(base, waiting('x', 0, 30, 10, 1_010), 1).meanWaitS;
    expect(mixed.verdict).toBeUndefined();
    expect(mixed.interval?.low).toBeLessThan(0);
    expect(mixed.interval?.high).toBeGreaterThan(0);
  });

  it('has no interval for a maximum, nor for a single window', () => {
    expect(compareTo(base, waiting('x', 8, 17, 28, 997), 1).maxWaitS).toEqual({
      absolute: -3,
      relative: -0.003,
      interval: undefined,
      verdict: undefined,
    });
    expect(compareTo(waiting('easy', 10), waiting('x', 5), 1).meanWaitS).toMatchObject({
      absolute: -5,
      interval: undefined,
      verdict: undefined,
    });
  });

  it('has sums for cost, the interval too', () => {
    const { cost } = compareTo(base, waiting('x', 1, 1, 1, 1), 1);
    expect(cost).toEqual({ absolute: 0, relative: 0, interval: { low: 0, high: 0 }, verdict: undefined });
  });

  it('has no relative difference to 0', () => {
    expect(compareTo(waiting('easy', 0), waiting('x', 5), 1).meanWaitS).toMatchObject({ absolute: 5, relative: null });
  });
});
