import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { seededRandom } from '../../../src/core/scheduling/seeded-random.ts';
import type { Facts, PoolView, RunOutcome, Strategy } from '../../../src/core/strategies/strategy.ts';
import { aStrategy } from '../../helpers/scheduling.ts';
import { aPoolView, aTaskView, scoreOf, someFacts } from '../../helpers/strategy-views.ts';

const [cheap, sound] = [aPoolView({ id: 1, costPerUnit: 1 }), aPoolView({ id: 2, costPerUnit: 1.2 })];
/** No slack: nothing is drawn. */
const tight = someFacts({
  slackMs: () => 0,
  random() {
    throw new Error('drawn');
  },
});

function anOutcome(fields: Partial<RunOutcome> = {}): RunOutcome {
  return { type: 0, slots: 1, units: 1, pool: cheap, succeeded: true, runMs: 1_000, ...fields };
}

function aLearner(params: JsonObject = {}) {
  const strategy = aStrategy('learned', params);
  const facts = someFacts({ random: seededRandom(5) });
  const score = (pool: PoolView, given: Facts = tight, type = 0) => scoreOf(strategy.place.rules[0]!, aTaskView({ type }), pool, given);
  return {
    strategy,
    score,
    /** Share of a thousand tasks that goes to the first pool. */
    shareOf(first: PoolView, other: PoolView, given: Facts = facts): number {
      return Array.from({ length: 1_000 }, () => score(first, given) <= score(other, given)).filter(Boolean).length / 1_000;
    },
  };
}

function observe(strategy: Strategy, times: number, fields: Partial<RunOutcome>): void {
  for (let i = 0; i < times; i++) strategy.learn?.outcome(anOutcome(fields));
}

describe.each(['thompson', 'linucb'])('learned by %s', (method) => {
  it('leaves a pool that keeps failing, though it is cheaper', () => {
    const { strategy, shareOf } = aLearner({ method });
    for (let i = 0; i < 60; i++) {
      observe(strategy, 1, { pool: cheap, succeeded: i % 2 === 0 });
      observe(strategy, 1, { pool: sound });
    }
    expect(shareOf(cheap, sound)).toBeLessThan(0.15);
  });

  it('leaves it though it costs nothing: failing takes time', () => {
    const [free, paid] = [aPoolView({ id: 1, costPerUnit: 0 }), aPoolView({ id: 2, costPerUnit: 0.0001 })];
    const { strategy, shareOf } = aLearner({ method, usd_per_hour: 10 });
    observe(strategy, 60, { pool: free, succeeded: false, runMs: 10 });
    observe(strategy, 60, { pool: paid });
    expect(shareOf(free, paid)).toBeLessThan(0.15);
  });

  it('prefers the quicker pool when time counts', () => {
    const { strategy, shareOf } = aLearner({ method, usd_per_hour: 3_000 });
    for (let i = 0; i < 60; i++) {
      observe(strategy, 1, { pool: cheap, runMs: 4_000 });
      observe(strategy, 1, { pool: sound, runMs: 800 });
    }
    expect(shareOf(cheap, sound)).toBeLessThan(0.05);
  });

  it('tries what it does not know, but not with a task that has no slack', () => {
    const { strategy, shareOf } = aLearner({ method });
    const untried = aPoolView({ id: 3, costPerUnit: 0.9 });
    observe(strategy, 200, { pool: cheap });
    expect(shareOf(untried, cheap)).toBeGreaterThan(0.01);
    expect(shareOf(cheap, untried, tight)).toBe(1);
  });

  it('knows types apart', () => {
    const { strategy, score } = aLearner({ method });
    observe(strategy, 100, { pool: cheap, succeeded: false });
    expect(score(cheap, tight, 1)).toBe(aLearner({ method }).score(cheap, tight, 1));
  });

  it('takes a pool nobody tried for what its kind is, and knows it better once it was tried', () => {
    const { strategy, score } = aLearner({ method });
    const twin = aPoolView({ id: 9, costPerUnit: 1 });
    const other = aPoolView({ id: 10, costPerUnit: 1, speed: 2 });
    const unknown = aLearner({ method });
    observe(strategy, 100, { pool: cheap, succeeded: false });
    expect(score(other)).toBe(unknown.score(other));
    if (method === 'thompson') expect(score(twin)).toBeGreaterThan(unknown.score(twin));
    observe(strategy, 20, { pool: twin });
    expect(score(twin)).toBeLessThan(score(cheap));
    expect(score(twin)).toBeLessThan(unknown.score(twin));
  });

  it('told the same again, it says the same again', () => {
    const { strategy, score } = aLearner({ method });
    const tell = () => {
      observe(strategy, 3, { pool: cheap, runMs: 700 });
      observe(strategy, 2, { pool: sound, succeeded: false });
    };
    tell();
    const [before, drawn] = [score(cheap), score(sound, someFacts({ random: seededRandom(1) }))];
    strategy.learn?.restart();
    expect(score(cheap)).not.toBe(before);
    tell();
    expect([score(cheap), score(sound, someFacts({ random: seededRandom(1) }))]).toEqual([before, drawn]);
  });
});

it('old observations fade: a pool that got better is found out', () => {
  const { strategy, shareOf } = aLearner({ discount: 0.98 });
  observe(strategy, 100, { pool: cheap, succeeded: false });
  observe(strategy, 50, { pool: sound });
  expect(shareOf(cheap, sound)).toBeLessThan(0.05);
  observe(strategy, 400, { pool: sound });
  expect(shareOf(cheap, sound)).toBeGreaterThan(0.05);
});
