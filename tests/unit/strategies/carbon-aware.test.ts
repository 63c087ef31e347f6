import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { leastCarbonStart } from '../../../src/core/strategies/least-carbon-start.ts';
import type { Facts } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';
import { aPoolView, aTaskView, scoreOf, someFacts } from '../../helpers/strategy-views.ts';

const hourMs = 3_600_000;
const grams = [400, 380, 300, 200, 150, 160, 250, 350];
const threeHours = { region: 0, estimateMs: 3 * hourMs };

/** Hours a task is put off. */
function hoursOff(task: Parameters<typeof aTaskView>[0], params: JsonObject = {}, facts: Partial<Facts> = {}): number {
  const { release } = aStrategy('carbon_aware', params).place;
  return (release?.(aTaskView(task), someFacts({ carbonForecast: () => grams, ...facts })) ?? 0) / hourMs;
}

describe('the start with the least carbon', () => {
  it('400 380 300 200 150 160 250 350, three steps: at the third, 170 against 360 in the mean, 52.8 % less', () => {
    const found = leastCarbonStart(grams, 3, 5);
    expect(found).toEqual({ step: 3, sum: 510, sumNow: 1_080 });
    expect(1 - 510 / 1_080).toBeCloseTo(0.528, 3);
  });

  it('is no later than allowed, and the earliest of equal ones', () => {
    expect(leastCarbonStart(grams, 3, 2)?.step).toBe(2);
    expect(leastCarbonStart([5, 3, 3, 3, 4], 1, 9)?.step).toBe(1);
    expect(leastCarbonStart([5, 5, 5], 2, 9)).toEqual({ step: 0, sum: 10, sumNow: 10 });
  });

  it('a run longer than the forecast has none', () => expect(leastCarbonStart(grams, 9, 5)).toBeUndefined());
});

describe('carbon_aware puts tasks off', () => {
  it('to the cleanest hours', () => expect(hoursOff(threeHours)).toBe(3));
  it('no longer than max_delay_h', () => expect(hoursOff(threeHours, { max_delay_h: 2 })).toBe(2));
  it('never past the deadline', () => expect(hoursOff({ ...threeHours, deadline: 5.5 * hourMs })).toBe(2));
  it('not at all when it is late already', () => expect(hoursOff({ ...threeHours, deadline: 2 * hourMs })).toBe(0));
  it('not without a forecast', () => expect(hoursOff(threeHours, {}, { carbonForecast: () => [] })).toBe(0));
  it('not with max_delay_h 0', () => expect(aStrategy('carbon_aware', { max_delay_h: 0 }).place.release).toBeUndefined());

  it('only for a saving', () => {
    expect(hoursOff(threeHours, { min_saving: 0.52 })).toBe(3);
    expect(hoursOff(threeHours, { min_saving: 0.53 })).toBe(0);
  });

  it('not all to the same hours: those that others were put off to count as dirtier', () => {
    const promised = (_region: number, step: number) => (step === 4 ? 1 : 0);
    expect(hoursOff({ ...threeHours, estimateMs: hourMs })).toBe(4);
    expect(hoursOff({ ...threeHours, estimateMs: hourMs }, {}, { promised })).toBe(5);
  });

  it('in the queue: they sleep, then start; the next one finds the hour less clean', () => {
    const carbonForecast = { startsAt: 0, stepMs: hourMs, gramsPerKwh: { 'us-east': grams } };
    const strategy = aStrategy('carbon_aware', {}, { carbonForecast });
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 2 })], strategy });
    const task = { estimateMs: hourMs, timeoutMs: hourMs, readyAt: 0 };
    submit(task, task);
    expect([starts(0), core.nextDueAt()]).toEqual([[], 4 * hourMs]);
    expect([starts(4 * hourMs), core.nextDueAt()]).toEqual([[[1, 'pool-1']], 5 * hourMs]);
    expect(starts(5 * hourMs)).toEqual([[2, 'pool-1']]);
  });
});

describe('carbon_aware chooses pools by money and grams', () => {
  const rule = aStrategy('carbon_aware', { usd_per_kg: 100, kw_per_slot: 2 }).place.rules[0]!;
  const pool = aPoolView({ costPerUnit: 1, failureRatio: 0, carbonGramsPerKwh: 300 });

  it('grams of the run: power of its slots x time x intensity', () => {
    const task = aTaskView({ cost: 10, slots: 3, estimateMs: hourMs / 2 });
    expect(scoreOf(rule, task, pool, someFacts())).toBeCloseTo(10 + 0.1 * (300 * 2 * 3 * 0.5), 9);
    expect(scoreOf(rule, task, { ...pool, speed: 2 }, someFacts())).toBeCloseTo(10 + 0.1 * (300 * 2 * 3 * 0.25), 9);
  });

  it('by the forecast of its region over the run, where there is one', () => {
    const facts = someFacts({ carbonForecast: () => grams });
    const task = aTaskView({ cost: 10, estimateMs: 2 * hourMs });
    expect(scoreOf(rule, task, pool, facts)).toBeCloseTo(10 + 0.1 * (390 * 2 * 2), 9);
  });
});
