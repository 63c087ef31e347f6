import { describe, expect, it } from 'vitest';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { aCore, anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

describe('the decision core', () => {
  it('a decision names task, attempt, pool, slots, and the strategy and epoch that made it', () => {
    const { core, submit } = aCore({ pools: [aPool({ id: 7, capacity: 3 })] });
    core.setStrategy(aStrategy('min_cost'), 42, 1, 0);
    submit({ seq: 5, slots: 2, attempt: 1 });
    expect(core.decide(0)).toEqual([
      { seq: 5, attempt: 2, poolId: 7, type: 'order', slots: 2, epoch: 42, algorithm: 'min_cost', turn: undefined },
    ]);
    expect([core.waiting, core.loadOf(7), core.runningOf('order'), core.runningOf('order', 'default')]).toEqual([0, 2, 1, 1]);
  });

  it('decides nothing before it has a strategy', () => {
    const core = createSchedulingCore();
    core.setPool(aPool());
    core.submit(anEntry());
    expect(core.decide(0)).toEqual([]);
    core.setStrategy(aStrategy('fifo'), 1, 1, 0);
    expect(core.decide(0)).toHaveLength(1);
  });

  it('a cancelled task is never started', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 9 })] });
    submit({}, {}, {});
    expect([core.cancel(2), core.cancel(2), core.cancel(99)]).toEqual([true, false, false]);
    expect(starts().map(([seq]) => seq)).toEqual([1, 3]);
    expect(core.cancel(1)).toBe(false);
  });

  it('a task that was cancelled and comes again waits once, with its new needs', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 9 })] });
    submit({ seq: 1 }, { seq: 2 }, { seq: 3 });
    core.cancel(2);
    submit({ seq: 2, slots: 4 });
    expect(core.decide(0).map(({ seq, slots }) => [seq, slots])).toEqual([
      [1, 1],
      [2, 4],
      [3, 1],
    ]);
    expect(starts()).toEqual([]);
  });

  it('a task that does not fit never blocks one that does', () => {
    const { submit, starts } = aCore({ pools: [aPool({ capacity: 2 })] });
    submit({ slots: 3 }, { type: 'dance', resourceType: 'gpu' }, { slots: 2 });
    expect(starts()).toEqual([[3, 'pool-1']]);
  });

  it('makes at most as many decisions as asked for, and goes on from there', () => {
    const { submit, starts } = aCore({ pools: [aPool({ capacity: 5 })] });
    submit({}, {}, {});
    expect([starts(0, 2), starts(0, 2), starts(0, 2)].map((round) => round.map(([seq]) => seq))).toEqual([[1, 2], [3], []]);
  });

  it('a paused or draining pool takes nothing new, keeps what runs, and goes on when it is active again', () => {
    const pool = aPool({ capacity: 2 });
    const { core, submit, starts, setPool } = aCore({ pools: [pool] });
    submit({});
    starts();
    for (const state of ['paused', 'draining'] as const) {
      setPool({ ...pool, state });
      submit({});
      expect([starts(), core.loadOf(1)]).toEqual([[], 1]);
    }
    setPool(pool);
    expect(starts().map(([seq]) => seq)).toEqual([2]);
  });

  it('capacity below the load stops starts until enough has ended', () => {
    const pool = aPool({ capacity: 3 });
    const { core, submit, starts, setPool } = aCore({ pools: [pool] });
    submit({}, {}, {}, {});
    starts();
    setPool({ ...pool, capacity: 1 });
    core.finish(1, 0);
    core.finish(2, 0);
    expect([starts(), core.loadOf(1)]).toEqual([[], 1]);
    core.finish(3, 0);
    expect(starts().map(([seq]) => seq)).toEqual([4]);
  });

  it('a pool that moves to another region serves that one from the next decision on', () => {
    const pool = aPool({ region: 'eu-west' });
    const { submit, starts, setPool } = aCore({ pools: [pool] });
    submit({ regionMode: 'require', region: 'us-east' });
    expect(starts()).toEqual([]);
    setPool({ ...pool, region: 'us-east' });
    expect(starts()).toHaveLength(1);
  });

  it('a removed pool is gone; one that runs something stays', () => {
    const { core, submit, starts } = aCore({ pools: [aPool(), aPool({ id: 2 })] });
    submit({}, {}, {});
    starts();
    expect(() => core.removePool(1)).toThrow('pool pool-1 runs 1 slots');
    core.finish(1, 0);
    core.removePool(1);
    expect([starts(), core.loadOf(1)]).toEqual([[], 0]);
    expect(() => core.removePool(1)).toThrow('there is no pool 1');
  });

  it('losing count is an error: ending what does not run, submitting what waits', () => {
    const { core, submit } = aCore({ pools: [aPool()] });
    submit({});
    expect(() => core.finish(1, 0)).toThrow('task 1 does not run');
    expect(() => submit({ seq: 1 })).toThrow('task 1 waits already');
  });

  it('forgets needs and tenants that nobody uses, and knows the others still', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 1 })] });
    core.setTypeLimits({ type: 'run', total: null, perTenant: 1 });
    submit({ seq: 1, type: 'run', tenant: 'first' });
    starts();
    submit({ seq: 2, type: 'run', tenant: 'first' }, { seq: 3, type: 'run', tenant: 'second' });
    for (let seq = 10; seq < 20_000; seq++) {
      submit({ seq, type: 'run', tenant: `tenant-${seq}`, slots: 1 + (seq % 2_000), region: `region-${seq % 50}` });
      core.cancel(seq);
    }
    expect(starts()).toEqual([]);
    core.finish(1, 0);
    expect(starts().map(([seq]) => seq)).toEqual([2]);
    core.finish(2, 0);
    expect(starts().map(([seq]) => seq)).toEqual([3]);
  });

  it('gives an emptied table back and starts over', () => {
    const { core, submit, starts } = aCore({ pools: [aPool()] });
    for (let seq = 1; seq <= 70_000; seq++) submit({ seq });
    for (let seq = 70_000; seq >= 1; seq--) core.cancel(seq);
    expect([core.waiting, starts(), core.order()]).toEqual([0, [], []]);
    submit({ seq: 70_001 });
    expect(starts()).toEqual([[70_001, 'pool-1']]);
  });

  it('sees times from its origin, and waits by the clock all the same', () => {
    const core = createSchedulingCore({ origin: 1_700_000_000_000 });
    core.setPool(aPool({ capacity: 0 }));
    core.setPool(aPool({ id: 2, capacity: 1 }));
    core.setPool(aPool({ id: 3, region: 'eu-west', capacity: 1 }));
    core.setStrategy(aStrategy('region_aware'), 1, 1, 0);
    core.submit(anEntry({ seq: 1, readyAt: 1_700_000_000_000 }));
    core.submit(anEntry({ seq: 2, readyAt: 1_700_000_000_000 }));
    expect(core.decide(1_700_000_000_000)).toHaveLength(1);
    expect(core.nextDueAt()).toBe(1_700_000_005_000);
    expect(core.decide(1_700_000_005_000)).toMatchObject([{ seq: 2, poolId: 3 }]);
    expect(core.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });
});
