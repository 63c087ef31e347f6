import { describe, expect, it } from 'vitest';
import type { Place, Strategy } from '../../../src/core/strategies/strategy.ts';
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
