import { describe, expect, it } from 'vitest';
import { answerPlan } from '../../../src/core/optimise/answer-plan.ts';
import type { SchedulingCore } from '../../../src/core/scheduling/core.ts';
import type { Strategy } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

/** How long a task waits for a plan that does not come: `every_ms` and the grace of the solver. */
const patience = 700;

/** A strategy that plans with these costs, by task and pool, both from 1; every task is a class of its own. */
function priced(costs: readonly (readonly number[])[]): Strategy {
  const planned = aStrategy('optimal_batch');
  const plan = {
    everyMs: 500,
    maxTasks: 1_000,
    classOf: (task: { seq: number }) => task.seq,
    cost: (task: { seq: number }, pool: { id: number }) => costs[task.seq - 1]![pool.id - 1]!,
  };
  return { ...planned, place: { ...planned.place, plan } };
}

/** Asks, solves and answers at once. */
function plan(core: SchedulingCore, now: number) {
  const question = core.askPlan(now);
  return question === undefined ? undefined : core.setPlan(answerPlan(question), now);
}

/** Pools of one slot each at these prices, each alike to no other. */
const pools = (...prices: number[]) => prices.map((costPerUnit, i) => aPool({ id: i + 1, costPerUnit, capacity: 1 }));

describe('a strategy that plans', () => {
  it('pairs [[1, 2], [1, 10]] for 3 where one after another pays 11', () => {
    const { core, submit, starts } = aCore({
      pools: pools(1, 2),
      strategy: priced([
        [1, 2],
        [1, 10],
      ]),
    });
    submit({}, {});
    expect(starts(0)).toEqual([]);
    expect(plan(core, 0)?.tokens).toEqual([
      { like: 1, poolId: 2, tasks: 1 },
      { like: 2, poolId: 1, tasks: 1 },
    ]);
    expect(starts(0)).toEqual([
      [1, 'pool-2'],
      [2, 'pool-1'],
    ]);
  });

  it('gives the cheap slots to the big tasks', () => {
    const { core, submit, starts } = aCore({ pools: pools(1, 2), strategy: aStrategy('optimal_batch') });
    submit({ cost: 1 }, { cost: 10 });
    plan(core, 0);
    expect(starts(0)).toEqual([
      [1, 'pool-2'],
      [2, 'pool-1'],
    ]);
  });

  it('pays for every failure on the way: price 1 at 40 % costs more than 1.5', () => {
    const strategy = aStrategy('optimal_batch');
    const cost = (price: number, failureRatio: number) => {
      const pool = { id: 1, region: 0, resourceType: 'cpu', costPerUnit: price, capacity: 1, free: 1, speed: 1, failureRatio } as const;
      const task = {
        seq: 1,
        tenant: 0,
        type: 0,
        priority: 5,
        cost: 75,
        slots: 1,
        since: 0,
        deadline: Infinity,
        parts: 1,
        estimateMs: 1,
        attempt: 0,
        region: 0,
        backlogMs: 0,
        timeoutMs: 60_000,
      };
      const facts = { egressUsd: () => 0 } as never;
      return strategy.place.plan!.cost(task, { ...pool, carbonGramsPerKwh: 0 }, facts);
    };
    expect(cost(1, 0.4)).toBeCloseTo(125);
    expect(cost(1.5, 0)).toBeCloseTo(112.5);
  });

  it('counts a minute past the deadline like its price', () => {
    const slow = aPool({ id: 1, costPerUnit: 1, speed: 0.5 });
    const fast = aPool({ id: 2, costPerUnit: 4 });
    const choice = (latePrice: number) => {
      const { core, submit } = aCore({ pools: [slow, fast], strategy: aStrategy('optimal_batch', { late_price_per_min: latePrice }) });
      submit({ estimateMs: 60_000, deadline: 60_000 });
      return plan(core, 0)?.tokens[0]?.poolId;
    };
    expect(choice(1)).toBe(1); // a minute late for 1 / 0.95, against 4 / 0.95
    expect(choice(5)).toBe(2);
  });

  it('starts the first in order when there is not room for all, whatever they cost', () => {
    const { core, submit, starts } = aCore({ pools: pools(1, 3), strategy: aStrategy('optimal_batch') });
    submit({ cost: 50 }, { cost: 60 }, { cost: 1 }, { cost: 1 });
    plan(core, 0);
    expect(starts(0)).toEqual([
      [1, 'pool-2'],
      [2, 'pool-1'],
    ]);
  });

  it('plans in the order of the strategy: priority before arrival', () => {
    const { core, submit, starts } = aCore({ pools: pools(1), strategy: aStrategy('optimal_batch', { order: 'priority' }) });
    submit({ priority: 2 }, { priority: 9, cost: 100 });
    plan(core, 0);
    expect(starts(0)).toEqual([[2, 'pool-1']]);
  });

  it('starts nobody past a quota', () => {
    const { core, submit, starts } = aCore({ pools: pools(1, 2), strategy: aStrategy('optimal_batch') });
    core.setTypeLimits({ type: 'order', total: null, perTenant: 1 });
    submit({ tenant: 'a' }, { tenant: 'a' }, { tenant: 'b' });
    const question = core.askPlan(0)!;
    expect([...question.supply].reduce((sum, slots) => sum + slots)).toBe(2);
    core.setPlan(answerPlan(question), 0);
    expect(starts(0).map(([seq]) => seq)).toEqual([1, 3]);
  });

  it('sends nobody where it may not run: type, resource, required region, dearest price', () => {
    const elsewhere = aPool({ id: 2, region: 'eu-west', costPerUnit: 0.1 });
    const gpu = aPool({ id: 3, resourceType: 'gpu', costPerUnit: 0.1 });
    const other = aPool({ id: 4, costPerUnit: 0.1, accepts: ['other'] });
    const home = aPool({ id: 1, costPerUnit: 1 });
    const { core, submit, starts } = aCore({ pools: [home, elsewhere, gpu, other], strategy: aStrategy('optimal_batch') });
    submit({ regionMode: 'require', resourceType: 'cpu' }, { regionMode: 'require', resourceType: 'cpu', maxCost: 0.5 });
    plan(core, 0);
    expect(starts(0)).toEqual([[1, 'pool-1']]);
  });

  it('folds slots: what is left of an odd slot is no token', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 5 })], strategy: aStrategy('optimal_batch') });
    submit({ slots: 2 }, { slots: 2 }, { slots: 2 });
    expect([...core.askPlan(0)!.supply]).toEqual([6]);
    expect(plan(core, 0)?.tokens).toEqual([{ like: 1, poolId: 1, tasks: 2 }]);
    expect(starts(0).map(([seq]) => seq)).toEqual([1, 2]);
  });

  it('counts whole gangs: what is left of an odd one is no token, and keeps no room from others', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 5 })], strategy: aStrategy('optimal_batch') });
    submit({ parts: 3 }, { parts: 3 }, {});
    expect([...core.askPlan(0)!.supply]).toEqual([6]);
    expect(plan(core, 0)?.tokens).toEqual([{ like: 1, poolId: 1, tasks: 3 }]);
    expect(starts(0).map(([seq]) => seq)).toEqual([1, 3]);
    expect(core.holdOf(2, 0)).toMatchObject({ code: 'waiting_for_gang', need: 3, have: 1 });
  });

  it('counts gangs of a need whatever their class and wherever they go, and gives up what comes last', () => {
    const { core, submit } = aCore({
      pools: pools(1, 2, 3, 4, 5),
      strategy: priced([
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5],
      ]),
    });
    submit({ parts: 2 }, { parts: 2 }, { parts: 2 });
    const tokens = plan(core, 0)?.tokens ?? [];
    expect(tokens.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(4);
    expect(new Set(tokens.map(({ like }) => like))).toEqual(new Set([1, 2]));
  });
});

describe('between two plans', () => {
  it('a task waits for the next one, says so, and no longer than the patience', () => {
    const { core, submit, starts } = aCore({ pools: pools(1), strategy: aStrategy('optimal_batch') });
    submit({ readyAt: 100 });
    expect(starts(100)).toEqual([]);
    expect(core.holdOf(1, 100)).toMatchObject({ code: 'plan_pending', clearedBy: 'time', until: 100 + patience });
    expect(core.nextDueAt()).toBe(100 + patience);
    expect(starts(99 + patience)).toEqual([]);
    expect(starts(100 + patience)).toEqual([[1, 'pool-1']]);
  });

  it('a plan that leaves room over keeps nobody waiting who was there', () => {
    const { core, setPool, submit, starts } = aCore({ pools: pools(1), strategy: aStrategy('optimal_batch', { max_tasks: 1 }) });
    setPool(aPool({ id: 2, costPerUnit: 2, capacity: 3 }));
    submit({}, {}, {});
    expect(plan(core, 0)?.tokens).toEqual([{ like: 1, poolId: 1, tasks: 1 }]);
    expect(starts(0)).toEqual([
      [1, 'pool-1'],
      [2, 'pool-2'],
      [3, 'pool-2'],
    ]);
  });

  it('the slots of a plan are kept for those it means, and given away when it is old', () => {
    const { core, submit, starts } = aCore({ pools: pools(1), strategy: aStrategy('optimal_batch', { order: 'priority' }) });
    core.setTypeLimits({ type: 'order', total: null, perTenant: null });
    submit({ type: 'order', priority: 5 });
    plan(core, 0);
    core.setTypeLimits({ type: 'order', total: 0, perTenant: null }); // its token cannot be spent
    submit({ type: 'other', priority: 1, readyAt: -5_000 });
    expect(starts(0)).toEqual([]);
    expect(core.holdOf(2, 0)).toMatchObject({ code: 'plan_pending', until: patience });
    expect(starts(patience)).toEqual([[2, 'pool-1']]);
  });

  it('what is expected to come back is planned too: the first in order does not take the cheap slot from the big task', () => {
    const strategy = aStrategy('optimal_batch', { every_ms: 500 });
    const { core, submit, starts } = aCore({ pools: pools(1, 2), strategy });
    submit({}, {});
    plan(core, 0);
    starts(0);
    submit({ cost: 1 }, { cost: 10 });
    // One slot of each pool comes back within every_ms, so as many are expected in the next.
    core.finish(1, 400);
    core.finish(2, 400);
    expect(plan(core, 500)?.tokens).toHaveLength(2);
    expect(starts(500)).toEqual([
      [3, 'pool-2'],
      [4, 'pool-1'],
    ]);
    submit({ cost: 1 }, { cost: 10 });
    const question = core.askPlan(1_000);
    expect(question).toBeUndefined(); // nothing came back since
    core.finish(3, 1_100);
    expect([...core.askPlan(1_200)!.capacity]).toEqual([0, 1]);
  });

  it('a token is spent where a slot comes back', () => {
    const pool = aPool({ capacity: 2 });
    const { core, submit, starts } = aCore({
      pools: [pool, aPool({ id: 2, costPerUnit: 9, capacity: 5 })],
      strategy: aStrategy('optimal_batch'),
    });
    submit({}, {});
    plan(core, 0);
    starts(0);
    core.finish(1, 100);
    submit({ cost: 1 }, { cost: 10 }, { cost: 10 });
    // One slot is free, one more is expected: both cheap ones go to the big tasks.
    expect(plan(core, 500)?.tokens).toContainEqual({ like: 4, poolId: 1, tasks: 2 });
    expect(starts(500)).toEqual([
      [3, 'pool-2'],
      [4, 'pool-1'],
    ]);
    core.finish(2, 600);
    expect(starts(600)).toEqual([[5, 'pool-1']]);
  });
});

describe('a plan is void', () => {
  const asked = () => {
    const made = aCore({ pools: pools(1, 2), strategy: aStrategy('optimal_batch') });
    made.submit({ cost: 1 }, { cost: 10 });
    return { ...made, question: made.core.askPlan(0)! };
  };

  it('when pools changed since the question', () => {
    const { core, setPool, question } = asked();
    setPool(aPool({ id: 2, costPerUnit: 3, capacity: 1 }));
    expect(core.setPlan(answerPlan(question), 10)).toBeUndefined();
  });

  it('when pools change later: its tokens are gone, and tasks wait for the next one', () => {
    const { core, setPool, starts, question } = asked();
    expect(core.setPlan(answerPlan(question), 10)?.tokens).toHaveLength(2);
    setPool(aPool({ id: 1, costPerUnit: 5, capacity: 1 }));
    expect(starts(10)).toEqual([]);
    plan(core, 20);
    expect(starts(20)).toEqual([
      [1, 'pool-1'],
      [2, 'pool-2'],
    ]);
  });

  it('when another question was asked', () => {
    const { core, question } = asked();
    const later = core.askPlan(10)!;
    expect(core.setPlan(answerPlan(question), 20)).toBeUndefined();
    expect(core.setPlan(answerPlan(later), 20)?.tokens).toHaveLength(2);
  });

  it('when the strategy was switched, also to the same one', () => {
    const { core, question } = asked();
    core.setStrategy(aStrategy('optimal_batch'), 2, 1, 5);
    core.askPlan(6);
    expect(core.setPlan(answerPlan(question), 10)).toBeUndefined();
  });

  it('but pools that change again and again do not keep tasks waiting', () => {
    const { core, setPool, starts } = asked();
    for (let now = 0; now < patience; now += 100) {
      setPool(aPool({ id: 2, costPerUnit: 3 + now, capacity: 1 }));
      expect(starts(now)).toEqual([]);
    }
    setPool(aPool({ id: 2, costPerUnit: 2, capacity: 1 }));
    expect(starts(patience)).toEqual([
      [1, 'pool-1'],
      [2, 'pool-2'],
    ]);
    expect(core.askPlan(patience)).toBeUndefined();
  });
});

describe('a plan is wanted', () => {
  const made = (params = {}) => aCore({ pools: [aPool({ capacity: 10 })], strategy: aStrategy('optimal_batch', params) });

  it('never by a strategy that does not plan, nor when nothing waits', () => {
    expect(aCore({ pools: pools(1) }).core.planWantedAt()).toBe(Infinity);
    expect(made().core.planWantedAt()).toBe(Infinity);
    expect(aCore({ pools: pools(1) }).core.askPlan(0)).toBeUndefined();
  });

  it('at once after a time without one, then every_ms after the last', () => {
    const { core, submit } = made({ every_ms: 300 });
    submit({});
    expect(core.planWantedAt()).toBe(-Infinity);
    core.askPlan(1_000);
    expect(core.planWantedAt()).toBe(Infinity); // nothing is new
    submit({});
    expect(core.planWantedAt()).toBe(1_300);
  });

  it('at once when max_tasks have come', () => {
    const { core, submit } = made({ max_tasks: 2 });
    submit({});
    core.askPlan(1_000);
    submit({});
    expect(core.planWantedAt()).toBe(1_500);
    submit({});
    expect(core.planWantedAt()).toBe(-Infinity);
  });

  it('of at most max_tasks tasks, and of no more than there is room for', () => {
    const { core, submit } = made({ max_tasks: 3 });
    submit(...new Array(20).fill({}));
    expect([...core.askPlan(0)!.supply]).toEqual([3]);
    const roomy = made();
    roomy.submit(...new Array(20).fill({}));
    expect([...roomy.core.askPlan(0)!.supply]).toEqual([10]);
  });
});
