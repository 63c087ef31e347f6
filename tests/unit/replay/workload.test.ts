import { describe, expect, it } from 'vitest';
import { workloadPatterns } from '../../../src/core/domain/workload.ts';
import { drawGamma, drawNormal, drawZipf } from '../../../src/core/replay/draws.ts';
import { byDay } from '../../../src/core/replay/lublin.ts';
import { createSeededRandom } from '../../../src/core/replay/seeded-random.ts';
import { standardJobs } from '../../../src/core/replay/standard-filter.ts';
import { generateWorkload } from '../../../src/core/replay/workload.ts';

const options = { jobs: 3_000, machine: 64, load: 0.8, seed: 7 } as const;

describe.each(workloadPatterns)('a generated workload, %s', (pattern) => {
  const trace = generateWorkload({ ...options, pattern });

  it('is the same for a seed and another for another', () => {
    expect(generateWorkload({ ...options, pattern })).toEqual(trace);
    expect(generateWorkload({ ...options, pattern, seed: 8 }).run).not.toEqual(trace.run);
  });

  it('passes the filter whole, in order, in whole seconds', () => {
    expect(standardJobs(trace, options.machine)).toMatchObject({ read: 3_000, dropped: {}, estimates: 'user', notes: [] });
    expect(trace.submit.every((time, row) => Number.isInteger(time) && time >= (trace.submit[row - 1] ?? 0))).toBe(true);
    expect(trace.run.every((run, row) => Number.isInteger(run) && run >= 1 && run <= trace.estimate[row]!)).toBe(true);
  });

  it('offers the work that was asked for', () => {
    const work = trace.run.reduce((sum, run, row) => sum + run * trace.requested[row]!, 0);
    const span = trace.submit.at(-1)! - trace.submit[0]!;
    expect(work / span / options.machine / options.load).toBeGreaterThan(0.95);
    expect(work / span / options.machine / options.load).toBeLessThan(1.05);
  });
});

describe('the jobs of a parallel machine', () => {
  const { requested, run, submit } = generateWorkload({ ...options, pattern: 'lublin', jobs: 20_000 });
  const share = (count: number) => count / requested.length;

  it('are mostly of one processor or a power of two, and up to the whole machine', () => {
    const powers = requested.filter((size) => Number.isInteger(Math.log2(size))).length;
    expect(share(requested.filter((size) => size === 1).length)).toBeGreaterThan(0.24);
    expect(share(powers)).toBeGreaterThan(0.8);
    expect(share(powers)).toBeLessThan(0.95);
    expect(Math.max(...requested)).toBe(64);
  });

  it('are short in the middle and long on average', () => {
    const sorted = run.toSorted();
    const mean = run.reduce((sum, seconds) => sum + seconds, 0) / run.length;
    expect(mean / sorted[10_000]!).toBeGreaterThan(5);
    expect(sorted.at(-1)).toBeLessThanOrEqual(172_800);
  });

  it('come by day', () => {
    const hours = new Array<number>(24).fill(0);
    for (const time of submit) hours[Math.floor((time % 86_400) / 3_600)]! += 1;
    const day = hours.slice(11, 17).reduce((sum, count) => sum + count, 0);
    const night = [...hours.slice(23), ...hours.slice(0, 5)].reduce((sum, count) => sum + count, 0);
    expect(day / night).toBeGreaterThan(2.5);
  });

  it('keep their days: the shift by the hour is the same each day', () => {
    for (const even of [0, 10_000, 50_000]) expect(byDay(even + 86_400) - byDay(even)).toBeCloseTo(86_400, 1);
  });
});

describe('draws', () => {
  const draws = (draw: (random: () => number) => number) => {
    const random = createSeededRandom('draws');
    return Array.from({ length: 50_000 }, () => draw(random.next));
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((value) => (value - mean(values)) ** 2));

  it('are normal: mean 0, variance 1', () => {
    const values = draws(drawNormal).slice(0, 5_000);
    expect(Math.abs(mean(values))).toBeLessThan(0.05);
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.06);
  });

  it('are gamma: mean k·s, variance k·s²', () => {
    const values = draws((random) => drawGamma(random, 4.2, 0.94)).slice(0, 5_000);
    expect(Math.abs(mean(values) - 4.2 * 0.94)).toBeLessThan(0.1);
    expect(Math.abs(variance(values) - 4.2 * 0.94 ** 2)).toBeLessThan(0.3);
    expect(Math.min(...values)).toBeGreaterThan(0);
  });

  it('are unequal among users, and all of them occur', () => {
    const counts = new Array<number>(10).fill(0);
    for (const user of draws((random) => drawZipf(random, 10))) counts[user]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(500);
    expect(counts[0]! / counts[4]!).toBeGreaterThan(3);
  });
});
