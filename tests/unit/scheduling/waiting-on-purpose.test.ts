import { describe, expect, it } from 'vitest';
import type { Place, PoolView, Strategy, Term } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy, constraintsOf } from '../../helpers/scheduling.ts';

/** fifo, with more to its placement. */
function placing(more: Partial<Place>): Strategy {
  const fifo = aStrategy('fifo');
  return { ...fifo, place: { ...fifo.place, ...more } };
}

describe('a lane whose head waits for something better', () => {
  const cheap = aPool({ id: 1, name: 'cheap', costPerUnit: 1 });
  const dear = aPool({ id: 2, name: 'dear', costPerUnit: 9 });
  /** Worth 100 ms of waiting when only the dear pool has room and the task is not urgent. */
  const strategy = placing({ wait: (task, best, facts) => (best.costPerUnit > 5 && task.priority < 9 ? 100 - facts.waitedMs(task) : 0) });
  const setup = () => {
    const all = aCore({ pools: [cheap, dear], strategy });
    all.occupy(cheap, 1);
    return all;
  };

  it('starts when its time has come, and says when to ask again', () => {
    const { core, submit, starts } = setup();
    submit({});
    expect(starts(0)).toEqual([]);
    expect(core.nextDueAt()).toBe(100);
    expect(core.holdOf(1, 0)).toMatchObject({ code: 'waiting_for_price', until: 100 });
    expect(starts(99)).toEqual([]);
    expect(starts(100)).toEqual([[1, 'dear']]);
    expect(core.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('starts at once when the better pool gets room', () => {
    const { submit, starts, vacate } = setup();
    submit({});
    expect(starts(0)).toEqual([]);
    vacate(cheap);
    expect(starts(10)).toEqual([[1, 'cheap']]);
  });

  it('starts at once on a new pool, though types or labels are told apart anew because of it', () => {
    const cases = [
      { task: {}, pool: { accepts: ['order'] } },
      { task: { constraints: constraintsOf('!spot') }, pool: { labels: { rack: 7 } } },
    ];
    for (const { task, pool } of cases) {
      const { setPool, submit, starts } = setup();
      submit(task);
      expect(starts(0)).toEqual([]);
      setPool(aPool({ id: 0, name: 'new', ...pool }));
      expect(starts(10)).toEqual([[1, 'new']]);
    }
  });

  it('holds nobody of other needs, and a new head is looked at', () => {
    const { submit, starts } = setup();
    submit({}, { type: 'other', priority: 9 });
    expect(starts(0)).toEqual([[2, 'dear']]);
    const second = setup();
    second.submit({ seq: 5 });
    expect(second.starts(0)).toEqual([]);
    second.submit({ seq: 4, priority: 9 });
    expect(second.starts(1)).toEqual([[4, 'dear']]);
  });

  it('the next is looked at when the head is cancelled, and all after a switch', () => {
    const { core, submit, starts } = setup();
    submit({}, { priority: 9 });
    expect(starts(0)).toEqual([]);
    core.cancel(1);
    expect(starts(1)).toEqual([[2, 'dear']]);
    const second = setup();
    second.submit({});
    expect(second.starts(0)).toEqual([]);
    second.core.setStrategy(aStrategy('fifo'), 2, 1, 1);
    expect(second.starts(1)).toEqual([[1, 'dear']]);
  });
});

describe('a lane whose head waits for a pool without room', () => {
  const [cheap, dear] = [aPool({ id: 1, name: 'cheap', costPerUnit: 1 }), aPool({ id: 2, name: 'dear', costPerUnit: 9 })];
  const price: Term = {
    ...{ name: 'price', unit: 'per unit', weight: 1 },
    value: (task, pool, facts) => (pool.free >= task.slots || facts.waitedMs(task) < 100 ? pool.costPerUnit : Number.POSITIVE_INFINITY),
  };
  const rule = { measures: { name: 'price', unit: 'per unit' }, base: (pool: PoolView) => pool.costPerUnit, terms: [price] };
  const setup = (wait: Pick<Place, 'wait'>) => {
    const strategy = placing({ rules: [{ ...rule, pick: { best: 1, orWait: true } }], ...wait });
    const all = aCore({ pools: [cheap, dear], strategy });
    all.occupy(cheap, 1);
    all.submit({});
    expect(all.starts(0)).toEqual([]);
    return all;
  };

  it('starts elsewhere when the time it waits is over', () => {
    const { core, starts } = setup({ wait: (task, best, facts) => (best.free >= task.slots ? 0 : 100 - facts.waitedMs(task)) });
    expect(core.nextDueAt()).toBe(100);
    expect(starts(99)).toEqual([]);
    expect(starts(100)).toEqual([[1, 'dear']]);
  });

  it('starts there when it gets room', () => {
    const { core, starts, vacate } = setup({});
    expect(core.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
    vacate(cheap);
    expect(starts(10)).toEqual([[1, 'cheap']]);
  });
});

describe('cost_deadline', () => {
  const setup = () => {
    const pools = [aPool({ id: 1, name: 'cheap', costPerUnit: 1 }), aPool({ id: 2, name: 'dear', costPerUnit: 9 })];
    const all = aCore({ pools, strategy: aStrategy('cost_deadline', { margin: 1, max_wait_ms: 60_000 }) });
    all.submit({ estimateMs: 10_000 });
    expect(all.starts(0)).toEqual([[1, 'cheap']]);
    return all;
  };

  it('waits for a full pool that is cheaper and expected to have room in time', () => {
    const { core, submit, starts } = setup();
    submit({ estimateMs: 10_000 });
    expect([starts(0), core.nextDueAt()]).toEqual([[], 60_000]);
    core.finish(1, 10_000, 'succeeded');
    expect(starts(10_000)).toEqual([[2, 'cheap']]);
  });

  it('no longer than it may: then the dearer one has it', () => {
    const { core, submit, starts } = setup();
    submit({ estimateMs: 10_000 });
    expect([starts(0), starts(59_999), starts(core.nextDueAt())]).toEqual([[], [], [[2, 'dear']]]);
  });

  it('not at all where its deadline would be missed', () => {
    const { submit, starts } = setup();
    submit({ estimateMs: 10_000, deadline: 15_000 });
    expect(starts(0)).toEqual([[2, 'dear']]);
  });
});

it('a pool whose cap on the type is reached is full: nobody waits for it as if it had room', () => {
  const capped = aPool({ id: 1, name: 'capped', costPerUnit: 1, capacity: 5, typeLimits: { a: 1 } });
  const pools = [capped, aPool({ id: 2, name: 'dear', costPerUnit: 9 })];
  const { core, submit, starts } = aCore({ pools, strategy: aStrategy('cost_deadline', { max_wait_ms: 0 }) });
  submit({ type: 'a' }, { type: 'a' });
  expect([starts(0), core.nextDueAt()]).toEqual([
    [
      [1, 'capped'],
      [2, 'dear'],
    ],
    Number.POSITIVE_INFINITY,
  ]);
});

describe('tasks that a strategy keeps from the queue', () => {
  const strategy = placing({ release: (task) => (task.priority < 5 ? 1_000 : 0) });
  const setup = () => aCore({ pools: [aPool({ capacity: 9 })], strategy });

  it('start when they are let in, and others do not wait for them', () => {
    const { core, submit, starts } = setup();
    submit({ priority: 1 }, { priority: 5 });
    expect(starts(0)).toEqual([[2, 'pool-1']]);
    expect([core.waiting, core.nextDueAt()]).toEqual([1, 1_000]);
    expect(core.holdOf(1, 0)).toMatchObject({ code: 'waiting_for_carbon', until: 1_000 });
    expect(starts(999)).toEqual([]);
    expect(starts(1_000)).toEqual([[1, 'pool-1']]);
  });

  it('can be cancelled, and do not come back', () => {
    const { core, submit, starts } = setup();
    submit({ priority: 1 });
    expect([core.cancel(1), core.waiting, starts(5_000)]).toEqual([true, 0, []]);
  });

  it('keep sleeping when they get a limit of their own, and obey it', () => {
    const { core, submit, starts } = setup();
    submit({ priority: 1, tenant: 'a' }, { priority: 1, tenant: 'a' });
    core.setTenantLimits({ tenant: 'a', maxRunning: 1, guaranteed: 0, weight: 1 });
    expect(starts(1_000)).toHaveLength(1);
    core.setTypeLimits({ type: 'order', total: null, perTenant: 2 });
    expect(starts(1_001)).toEqual([]);
    core.finish(1, 1_002);
    expect(starts(1_002)).toHaveLength(1);
  });

  it('a switch lets them in, or puts others to sleep, even in steps', () => {
    const { core, submit, starts } = setup();
    submit({ priority: 1 });
    core.setStrategy(aStrategy('fifo'), 2, 1, 0);
    expect(starts(0)).toEqual([[1, 'pool-1']]);
    const second = aCore({ pools: [aPool({ capacity: 1 })] });
    second.submit({ priority: 1 }, { priority: 1 }, { priority: 1 });
    const change = second.core.prepareStrategy(strategy, 0);
    change.step(2);
    expect(second.starts(0)).toEqual([[1, 'pool-1']]);
    second.core.cancel(2);
    change.swap(2, 1, 0);
    second.core.finish(1, 10);
    expect(second.starts(10)).toEqual([]);
    expect(second.starts(1_000)).toEqual([[3, 'pool-1']]);
  });
});
