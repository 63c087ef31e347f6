import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { createStrategy } from '../../../src/core/strategies/registry.ts';
import type { Facts, PoolView, TaskView } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';
import { aPoolView, aTaskView, scoreOf, someFacts } from '../../helpers/strategy-views.ts';

const scored = (name: string, params: JsonObject, pool: Partial<PoolView>, task: Partial<TaskView> = {}, facts: Partial<Facts> = {}) =>
  scoreOf(aStrategy(name, params).place.rules[0]!, aTaskView(task), aPoolView(pool), someFacts(facts));

describe('min_cost by expected cost', () => {
  const expected = { mode: 'expected' };
  /** Billed by time: what a unit costs is the price of a slot-second by the speed. */
  const [slow, fast] = [
    { costPerUnit: 1 / 1, failureRatio: 0 },
    { costPerUnit: 1.5 / 2, failureRatio: 0 },
  ];

  it('price 1 at speed 1 and 1.5 at speed 2, 100 units: 100 and 75; where 40 % fail, 125', () => {
    const task = { cost: 100 };
    expect(scored('min_cost', expected, slow, task)).toBe(100);
    expect(scored('min_cost', expected, fast, task)).toBe(75);
    expect(scored('min_cost', expected, { ...fast, failureRatio: 0.4 }, task)).toBeCloseTo(125, 9);
  });

  it('chooses so: the second, until it has failed too often', () => {
    const pools = [aPool({ id: 1, name: 'slow', costPerUnit: 1 }), aPool({ id: 2, name: 'fast', costPerUnit: 0.75, speed: 2 })];
    const { core, submit, starts } = aCore({ pools, strategy: aStrategy('min_cost', expected) });
    let seq = 1;
    // (f + 1) / (f + 20) has to pass 0.25 for 0.75 / (1 - q) to pass 1 / 0.95.
    for (; seq <= 7; seq++) {
      submit({ cost: 100 });
      expect(starts()).toEqual([[seq, 'fast']]);
      core.finish(seq, 0, 'failed');
    }
    submit({ cost: 100 });
    expect(starts()).toEqual([[seq, 'slow']]);
  });

  it('an attempt that was cancelled or given back says nothing of the pool, a lost one does', () => {
    const pools = [aPool({ id: 1, name: 'slow', costPerUnit: 1 }), aPool({ id: 2, name: 'fast', costPerUnit: 0.99 })];
    const { core, submit, starts } = aCore({ pools, strategy: aStrategy('min_cost', expected) });
    for (const [i, outcome] of (['cancelled', 'released', undefined, 'lost'] as const).entries()) {
      submit({});
      expect(starts()).toEqual([[i + 1, 'fast']]);
      core.finish(i + 1, 0, outcome);
    }
    submit({});
    expect(starts()).toEqual([[5, 'slow']]);
  });

  it('moving the data costs too, for as much as a task moves', () => {
    const facts = { egressUsdPerGb: (from: number, to: number) => (from === to ? 0 : 0.08) };
    const params = { ...expected, gb_per_unit: 2 };
    expect(scored('min_cost', params, { region: 1, failureRatio: 0 }, { cost: 10 }, facts)).toBeCloseTo(11.6, 9);
    expect(scored('min_cost', params, { region: 0, failureRatio: 0 }, { cost: 10 }, facts)).toBe(10);
    const pools = [aPool({ id: 1, name: 'home', costPerUnit: 1 }), aPool({ id: 2, name: 'far', region: 'eu', costPerUnit: 0.9 })];
    const transferPrices = [{ from: 'us-east', to: 'eu', usdPerGb: 0.08 }];
    const chosen = (gb: number) => {
      const strategy = aStrategy('min_cost', { ...expected, reach: 'anywhere', gb_per_unit: gb }, { transferPrices });
      const { submit, starts } = aCore({ pools, strategy });
      submit({ cost: 10 });
      return starts()[0]?.[1];
    };
    expect([chosen(0), chosen(1), chosen(2)]).toEqual(['far', 'far', 'home']);
  });

  it('capacity that is paid for already costs nothing', () =>
    expect(scored('min_cost', expected, { costPerUnit: 0 }, { cost: 50 })).toBe(0));

  it('without the mode it is as it was: the region first, whatever is cheaper elsewhere', () => {
    const pools = [aPool({ id: 1, name: 'home', costPerUnit: 9 }), aPool({ id: 2, name: 'far', region: 'eu', costPerUnit: 1 })];
    const chosen = (params: JsonObject) => {
      const { submit, starts } = aCore({ pools, strategy: aStrategy('min_cost', params) });
      submit({});
      return starts()[0]?.[1];
    };
    expect([chosen({}), chosen({ reach: 'anywhere' }), chosen(expected)]).toEqual(['home', 'far', 'home']);
  });
});

describe('weighted', () => {
  const facts = { dearestPrice: 1, latencyMs: (from: number, to: number) => (from === to ? 0 : 30), largestLatencyMs: 100 };
  const [a, b] = [
    { region: 0, costPerUnit: 0.5, capacity: 10, free: 1 },
    { region: 1, costPerUnit: 0.6, capacity: 10, free: 9 },
  ];
  const both = (params: JsonObject) => [scored('weighted', params, a, {}, facts), scored('weighted', params, b, {}, facts)];

  it('price 0.5, latency 0, load 0.9 against 0.6, 0.3, 0.1 with weights 1, 0.5, 0.5: 0.95 and 0.80', () => {
    const [scoreA, scoreB] = both({ price_weight: 1, latency_weight: 0.5, load_weight: 0.5 });
    expect([scoreA, scoreB]).toEqual([expect.closeTo(0.95, 9), expect.closeTo(0.8, 9)]);
  });

  it('flips to the first when the weight of the load is below 0.3125', () => {
    const margin = (load: number) => {
      const [scoreA = 0, scoreB = 0] = both({ load_weight: load });
      return scoreA - scoreB;
    };
    expect(margin(0.3125)).toBeCloseTo(0, 9);
    expect([margin(0.313) > 0, margin(0.312) > 0]).toEqual([true, false]);
  });

  it('failures, transfer and carbon count when they are weighed', () => {
    const given = { ...facts, egressUsdPerGb: () => 0.04, dearestEgressUsdPerGb: 0.08, dirtiestGramsPerKwh: 400 };
    const params = { price_weight: 0, latency_weight: 0, load_weight: 0, failure_weight: 1, egress_weight: 10, carbon_weight: 100 };
    expect(scored('weighted', params, { failureRatio: 0.3, carbonGramsPerKwh: 100 }, {}, given)).toBeCloseTo(0.3 + 5 + 25, 9);
  });

  it('chooses so, and again when the largest of all pools changes', () => {
    const pools = [
      aPool({ id: 1, name: 'clean', costPerUnit: 1, carbonGramsPerKwh: 50 }),
      aPool({ id: 2, name: 'cheap', costPerUnit: 0.5, carbonGramsPerKwh: 200 }),
    ];
    const strategy = aStrategy('weighted', { load_weight: 0, carbon_weight: 1 });
    const { core, submit, starts, setPool } = aCore({ pools, strategy });
    submit({});
    expect(starts()).toEqual([[1, 'clean']]); // 1 + 0.25 against 0.5 + 1
    core.finish(1, 0);
    setPool(aPool({ id: 3, region: 'mars', carbonGramsPerKwh: 1_000, state: 'paused' }));
    submit({});
    expect(starts()).toEqual([[2, 'cheap']]); // 1 + 0.05 against 0.5 + 0.2
  });

  it('refuses weights that are all zero, as region_aware does', () => {
    const zero = (...names: string[]) => Object.fromEntries(names.map((name) => [`${name}_weight`, 0]));
    expect(createStrategy('weighted', zero('price', 'latency', 'load'))).toMatchObject({
      kind: 'invalid',
      errors: [{ path: '/body/params', message: expect.stringContaining('must not set all weights to 0: price_weight') }],
    });
    expect(createStrategy('region_aware', zero('distance', 'price', 'load'))).toMatchObject({ kind: 'invalid' });
    expect(createStrategy('weighted', { ...zero('price', 'latency', 'load'), carbon_weight: 0.1 })).toMatchObject({ kind: 'made' });
  });
});

describe('cost_deadline', () => {
  const params = { margin: 1, patience: 1, max_wait_ms: 250_000 };
  const strategy = aStrategy('cost_deadline', params);
  const rule = strategy.place.rules[0]!;
  /** Expected cost, run time and delay in seconds of the three pools; failures aside. */
  const pools = {
    P1: { cost: 120, runS: 120, delayS: 0 },
    P2: { cost: 150, runS: 50, delayS: 0 },
    P3: { cost: 50, runS: 100, delayS: 200 },
  };

  function best(deadlineS: number) {
    const task = aTaskView({ cost: 1, deadline: deadlineS * 1_000, estimateMs: 100_000 });
    const facts = someFacts({ startDelayMs: (_task, pool) => pools[`P${pool.id}` as keyof typeof pools].delayS * 1_000 });
    const scores = Object.values(pools).map(({ cost, runS }, i) => {
      const pool = aPoolView({ id: i + 1, costPerUnit: cost, speed: 100 / runS, failureRatio: 0 });
      return { name: `P${i + 1}`, score: scoreOf(rule, task, pool, facts), wait: strategy.place.wait?.(task, pool, facts) ?? 0 };
    });
    return scores.reduce((one, other) => (other.score < one.score ? other : one));
  }

  it.each([
    [130, 'P1'],
    [100, 'P2'],
    [400, 'P3'],
    [40, 'P2'],
  ])('due in %i s: %s', (deadlineS, name) => expect(best(deadlineS).name).toBe(name));

  it('is at risk when even the best is late: by the term that says so', () => {
    const late = rule.terms?.find(({ name }) => name === 'lateness');
    const task = aTaskView({ deadline: 40_000, estimateMs: 50_000 });
    expect(late?.value(task, aPoolView(), someFacts())).toBe(10_000);
  });

  it('waits for the full pool until a run of slack is left', () => expect(best(400).wait).toBe(200_000));
  it('takes one with room at once', () => expect(best(130).wait).toBe(0));

  it('without a deadline it waits for a cheaper pool no longer than max_wait_ms in all', () => {
    const pool = aPoolView({ costPerUnit: 1, failureRatio: 0, free: 0 });
    const score = (waitedMs: number, startDelayMs: number) =>
      scoreOf(rule, aTaskView(), pool, someFacts({ waitedMs: () => waitedMs, startDelayMs: () => startDelayMs }));
    expect([score(0, 250_000), score(0, 250_001), score(200_000, 50_001)]).toEqual([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(score(0, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
