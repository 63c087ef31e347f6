import { describe, expect, it } from 'vitest';
import { CarbonOutlook } from '../../../src/core/scheduling/carbon-outlook.ts';
import { Interner } from '../../../src/core/scheduling/interner.ts';
import { Largest } from '../../../src/core/scheduling/largest.ts';
import { aSlot } from '../../helpers/pool-orders.ts';

describe('the carbon to come', () => {
  const regions = new Interner();
  const [home, other] = [regions.idOf('home'), regions.idOf('other')];
  const outlook = () => new CarbonOutlook({ startsAt: 1_000, stepMs: 10, gramsPerKwh: { home: [4, 3, 2, 1] } }, regions);

  it('is what is left of the forecast, the step that has begun included', () => {
    const { from } = { from: (now: number, region = home) => outlook().from(region, now) };
    expect([from(1_000), from(1_009), from(1_010), from(1_039), from(1_040)]).toEqual([[4, 3, 2, 1], [4, 3, 2, 1], [3, 2, 1], [1], []]);
    expect([from(999), from(1_000, other), from(1_000, -1)]).toEqual([[], [], []]);
  });

  it('goes on as time does', () => {
    const one = outlook();
    expect([one.from(home, 1_000).length, one.from(home, 1_025).length, one.from(home, 1_005).length]).toEqual([4, 2, 4]);
  });

  it('counts the slots promised to each step of the runs', () => {
    const one = outlook();
    one.promise(home, 1_012, 11, 3);
    one.promise(home, 1_025, 5, 2);
    one.promise(other, 1_025, 5, 99); // nobody knows its carbon
    const promised = (now: number) => [0, 1, 2, 3].map((step) => one.promised(home, step, now));
    expect([promised(1_000), promised(1_010), promised(1_020), promised(1_030)]).toEqual([
      [0, 3, 5, 0],
      [3, 5, 0, 0],
      [5, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(one.promised(other, 0, 1_025)).toBe(0);
  });
});

describe('the largest of values that come and go', () => {
  it('is 0 without any', () => {
    const largest = new Largest();
    for (const value of [3, 7, 7, 5]) largest.add(value);
    const after = [7, 7, 3, 5].map((value) => {
      largest.remove(value);
      return largest.value;
    });
    expect(after).toEqual([7, 5, 5, 0]);
  });
});

describe('the share of attempts that fail on a pool', () => {
  it('is (failures + 1) / (runs + 20)', () => {
    const pool = aSlot({ id: 1 });
    expect(pool.failureRatio).toBe(0.05);
    for (let i = 0; i < 80; i++) pool.ended(i % 4 > 0);
    expect(pool.failureRatio).toBe(21 / 100);
  });

  it('follows a pool that breaks down, however long it was well', () => {
    const pool = aSlot({ id: 1 });
    for (let i = 0; i < 1e5; i++) pool.ended(true);
    for (let i = 0; i < 2_000; i++) pool.ended(false);
    expect(pool.failureRatio).toBeGreaterThan(0.5);
  });
});
