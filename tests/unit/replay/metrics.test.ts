import { describe, expect, it } from 'vitest';
import { boundedSlowdown, metricsOf } from '../../../src/core/replay/metrics.ts';
import { quantile } from '../../../src/core/replay/percentiles.ts';
import { overWindows } from '../../../src/core/replay/windows.ts';
import { aJobList } from '../../helpers/traces.ts';

describe('the metrics of a schedule', () => {
  const jobs = aJobList(
    { submit: 0, run: 100, processors: 2, user: 1 },
    { submit: 0, run: 50, processors: 2, user: 2, estimate: 60 },
    { submit: 10, run: 5, processors: 1, user: 2 },
  );
  const metrics = metricsOf(jobs, { starts: Float64Array.of(0, 100, 150) }, 2);

  it('are those of the worked example', () => {
    expect(metrics).toMatchObject({ jobs: 3, meanWaitS: 80, maxWaitS: 140, maxBoundedSlowdown: 14.5, makespanS: 155 });
    expect(metrics.meanBoundedSlowdown).toBeCloseTo(18.5 / 3, 12);
    expect(metrics.rmsBoundedSlowdown).toBeCloseTo(8.5684, 4);
    expect(metrics.utilisationLastEnd).toBeCloseTo(305 / (2 * 155), 12);
    expect(metrics.utilisationLastStart).toBeCloseTo(305 / (2 * 150), 12);
    expect(metrics.utilisationSubmits).toBeCloseTo(305 / (2 * 10), 12);
    expect(metrics.cost).toBeCloseTo(305 / 3_600, 12);
    expect(metrics.meanTurnaroundS).toBeCloseTo(80 + 155 / 3, 12);
  });

  it('have percentiles between neighbours', () => {
    expect(metrics.p50).toEqual({ waitS: 100, boundedSlowdown: 3 });
    expect(metrics.p95.waitS).toBeCloseTo(136, 9);
    expect(metrics.p95.boundedSlowdown).toBeCloseTo(13.35, 9);
  });

  it('have fairness over the users: means 1 and 8.75', () => {
    expect(metrics.fairnessJain).toBeCloseTo(9.75 ** 2 / (2 * (1 + 8.75 ** 2)), 12);
  });

  it('have deadlines at submit + k estimates: ends 100, 150, 155 against 200, 120, 20 and 500, 300, 35 and 1000, 600, 60', () => {
    expect(metrics.deadlineMisses).toEqual([
      { factor: 2, share: 2 / 3, meanLatenessS: (30 + 135) / 3 },
      { factor: 5, share: 1 / 3, meanLatenessS: 120 / 3 },
      { factor: 10, share: 1 / 3, meanLatenessS: 95 / 3 },
    ]);
  });

  it('leave jobs without an estimate out of the deadlines', () => {
    const some = metricsOf(aJobList({ submit: 0, run: 10, estimate: -1 }), { starts: Float64Array.of(0) }, 1);
    expect(some.deadlineMisses[0]).toEqual({ factor: 2, share: null, meanLatenessS: null });
  });

  it('are null where there is nothing to divide by', () => {
    const one = metricsOf(aJobList({ submit: 5, run: 10 }), { starts: Float64Array.of(5) }, 1);
    expect(one).toMatchObject({ utilisationLastStart: null, utilisationSubmits: null, utilisationLastEnd: 1, fairnessJain: 1 });
    const none = metricsOf(aJobList(), { starts: new Float64Array() }, 1);
    expect(none).toMatchObject({ jobs: 0, meanWaitS: null, maxWaitS: null, makespanS: null, utilisationLastEnd: null, cost: 0 });
    expect(none.p99).toEqual({ waitS: null, boundedSlowdown: null });
  });
});

describe('bounded slowdown', () => {
  it('counts a short job as one of 10 s, and is never below 1', () => {
    expect(boundedSlowdown(0, 1)).toBe(1);
    expect(boundedSlowdown(9, 1)).toBe(1);
    expect(boundedSlowdown(19, 1)).toBe(2);
    expect(boundedSlowdown(100, 50)).toBe(3);
  });
});

describe('a quantile', () => {
  it('is the only value of one, and lies between two', () => {
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([10, 20], 0.5)).toBe(15);
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5, 12);
  });

  it('of 0 to 99 is 99 q', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    for (const q of [0.5, 0.95, 0.99]) expect(quantile(values, q)).toBeCloseTo(99 * q, 9);
    expect(quantile(values, 1)).toBe(99);
  });
});

describe('figures over windows', () => {
  const windows = [
    metricsOf(aJobList({ submit: 0, run: 10 }, { submit: 0, run: 10 }), { starts: Float64Array.of(0, 10) }, 1),
    metricsOf(aJobList({ submit: 0, run: 10 }), { starts: Float64Array.of(40) }, 1),
  ];
  const all = overWindows(windows);

  it('are sums of jobs and cost, maxima of maxima, and means of the windows', () => {
    expect(all).toMatchObject({
      jobs: 3,
      maxWaitS: 40,
      maxBoundedSlowdown: 5,
      meanWaitS: (5 + 40) / 2,
      meanBoundedSlowdown: (1.5 + 5) / 2,
    });
    expect(all.cost).toBeCloseTo(30 / 3_600, 12);
    expect(all.p50).toEqual({ waitS: (5 + 40) / 2, boundedSlowdown: (1.5 + 5) / 2 });
    expect(all.deadlineMisses[0]).toEqual({ factor: 2, share: 0.5, meanLatenessS: 15 });
  });

  it('of one window are its own', () => {
    expect(overWindows(windows.slice(0, 1))).toEqual(windows[0]);
  });

  it('are null where a window has none', () => {
    expect(windows.map(({ utilisationSubmits }) => utilisationSubmits)).toEqual([null, null]);
    expect(all.utilisationSubmits).toBeNull();
  });
});
