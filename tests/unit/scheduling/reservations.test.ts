import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

const left = aPool({ id: 1, name: 'left', capacity: 4 });
const right = aPool({ id: 2, name: 'right', capacity: 4, region: 'eu-west' });
/** Runs for 10 s of its own kind, and says so. */
const small = (fields: object = {}) => ({ type: 'small', slots: 1, estimateMs: 10_000, region: null, ...fields });
/** Wants a whole pool. */
const large = (fields: object = {}) => ({ type: 'large', slots: 4, estimateMs: 10_000, region: null, ...fields });

const fifo = (params: JsonObject = {}) => aStrategy('fifo', params);

/** Four small ones run from 0 on a pool of four slots; a large one (5) waits; small ones end and come from then on. */
function busy(params: JsonObject = {}, pools = [left]) {
  const all = aCore({ pools, strategy: fifo(params) });
  all.submit(small(), small(), small(), small());
  expect(all.starts(0)).toHaveLength(4);
  all.submit(large({ readyAt: 0 }));
  expect(all.starts(0)).toEqual([]);
  return all;
}

describe('a task that others pass for too long', () => {
  it('gets the pool that will have room first; what would delay it waits, and is told for whom', () => {
    const { core, submit, starts } = busy();
    core.finish(1, 20_000);
    submit(small({ readyAt: 20_000 }));
    expect(starts(20_000)).toEqual([[6, 'left']]); // 5 x 10 s have not passed
    expect(core.keptPools()).toEqual([]);
    expect(core.nextDueAt()).toBe(50_000);
    expect(starts(50_000)).toEqual([]);
    // The other three said 10 s and are expected to take 80 s by now, the new one 40 s.
    expect(core.keptPools()).toEqual([{ poolId: 1, pool: 'left', seq: 5, startsBy: 80_000 }]);
    core.finish(2, 51_000);
    submit(small({ readyAt: 51_000, estimateMs: 40_000 }));
    expect(starts(51_000)).toEqual([]);
    expect(core.holdOf(7, 51_000)).toMatchObject({
      ...{ code: 'reserved_for_older', clearedBy: 'capacity', task: 5 },
      summary:
        'Pool left has room and keeps it for task 5, which waits longer and is expected to start by 1970-01-01T00:01:20.000Z; this one would delay it.',
    });
    expect(core.explain(7, 51_000)).toMatchObject({ kept: { pool: 'left', seq: 5, startsBy: 80_000 } });
    expect(core.explain(5, 51_000)).toMatchObject({
      holds: [{ code: 'no_capacity' }],
      kept: { pool: 'left', seq: 5 },
      forecast: { startMs: [0, 29_000], basis: 'pool left is kept for it' },
    });
    expect(Object.fromEntries(core.waitingByReason(51_000))).toEqual({ no_capacity: 1, reserved_for_older: 1 });
  });

  it('is not delayed by what ends in time, stretched by the margin', () => {
    const { core, submit, starts } = busy();
    starts(50_000);
    expect(core.keptPools()).toMatchObject([{ startsBy: 80_000 }]);
    core.finish(1, 55_000);
    submit(small({ readyAt: 55_000, estimateMs: 21_000 }), { ...small({ readyAt: 55_000, estimateMs: 20_000 }), type: 'other' });
    expect(starts(55_000)).toEqual([[7, 'left']]); // 25 s are left: 20 x 1.2 fit, 21 x 1.2 do not
  });

  it('starts when its pool has room, and nothing is kept any more', () => {
    const { core, starts } = busy();
    starts(50_000);
    for (const seq of [1, 2, 3]) core.finish(seq, 60_000);
    expect(starts(60_000)).toEqual([]);
    core.finish(4, 61_000);
    expect(starts(61_000)).toEqual([[5, 'left']]);
    expect(core.keptPools()).toEqual([]);
  });

  it('leaves to others what will be left beside it', () => {
    const wide = aPool({ id: 1, name: 'wide', capacity: 6 });
    const { core, submit, starts } = aCore({ pools: [wide], strategy: fifo() });
    submit(small({ slots: 3 }), large({ readyAt: 0 }));
    expect(starts(0)).toEqual([[1, 'wide']]);
    expect(starts(50_000)).toEqual([]);
    expect(core.keptPools()).toHaveLength(1);
    submit(
      small({ readyAt: 50_000, estimateMs: 9e6 }),
      small({ readyAt: 50_000, estimateMs: 9e6 }),
      small({ readyAt: 50_000, estimateMs: 9e6 }),
    );
    expect(starts(50_000)).toEqual([
      [3, 'wide'],
      [4, 'wide'],
    ]);
  });

  it('drains its pool where nobody knows how long anything takes', () => {
    const all = aCore({ pools: [left], strategy: fifo() });
    all.submit(small({ estimateMs: null }), large({ estimateMs: null, readyAt: 0 }));
    all.starts(0);
    expect(all.core.nextDueAt()).toBe(300_000); // five times the 60 s it may take at most
    expect(all.starts(300_000)).toEqual([]);
    expect(all.core.keptPools()).toEqual([{ poolId: 1, pool: 'left', seq: 2, startsBy: undefined }]);
    all.submit(small({ estimateMs: 1, readyAt: 300_000 }));
    expect(all.starts(300_000)).toEqual([]);
    expect(all.core.holdOf(3, 300_000)?.summary).toBe(
      'Pool left has room and keeps it for task 2, which waits longer; this one would delay it.',
    );
  });

  it('keeps one pool of those it may use, and others go to the rest', () => {
    const { core, submit, starts } = aCore({ pools: [left, right], strategy: fifo() });
    submit(...Array.from({ length: 8 }, () => small()), large({ readyAt: 0 }));
    expect(starts(0)).toHaveLength(8);
    starts(50_000);
    expect(core.keptPools()).toMatchObject([{ pool: 'left', seq: 9 }]);
    core.finish(1, 51_000);
    core.finish(5, 51_000);
    submit(small({ readyAt: 51_000, estimateMs: 60_000 }), small({ readyAt: 51_000, estimateMs: 60_000 }));
    expect(starts(51_000)).toEqual([[10, 'right']]);
  });

  it('has patience of its own: so many times its estimate, within two limits', () => {
    const patience = (params: JsonObject, estimateMs: number) => {
      const { core, submit, starts } = aCore({ pools: [left], strategy: fifo(params) });
      submit(small(), large({ estimateMs, readyAt: 0 }));
      starts(0);
      return core.nextDueAt();
    };
    expect([patience({}, 1_000), patience({}, 20_000), patience({}, 9e6)]).toEqual([30_000, 100_000, 600_000]);
    expect(patience({ patience_factor: 2, patience_least_ms: 10, patience_most_ms: 50_000 }, 4_000)).toBe(8_000);
    expect(patience({ reserve: false }, 4_000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what is kept is let go', () => {
  const setup = (pools = [left]) => {
    const all = busy({}, pools);
    all.starts(50_000);
    expect(all.core.keptPools()).toHaveLength(1);
    all.core.finish(1, 51_000);
    all.submit(small({ readyAt: 51_000, estimateMs: 60_000 }));
    expect(all.starts(51_000)).toEqual([]);
    return all;
  };

  it('when the task is cancelled', () => {
    const { core, starts } = setup();
    core.cancel(5);
    expect(core.keptPools()).toEqual([]);
    expect(starts(51_000)).toEqual([[6, 'left']]);
  });

  it('when the strategy changes; it has to be too long a wait for the new one too', () => {
    const { core, starts } = setup();
    core.setStrategy(fifo({ reserve: false }), 2, 1, 51_000);
    expect(core.keptPools()).toEqual([]);
    expect(starts(51_000)).toEqual([[6, 'left']]);
    expect(core.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('when the pool is paused, or gets too small', () => {
    for (const change of [{ state: 'paused' as const }, { capacity: 3 }]) {
      const { core, starts, setPool } = setup();
      setPool({ ...left, ...change });
      starts(51_000);
      expect(core.keptPools()).toEqual([]);
    }
  });

  it('when a pool that can have it comes', () => {
    const { core, starts, setPool } = setup();
    setPool(right);
    expect(starts(51_000)).toEqual([
      [5, 'right'],
      [6, 'left'],
    ]);
    expect(core.keptPools()).toEqual([]);
  });

  it('when a limit stops the task', () => {
    const { core, starts } = setup();
    core.setTypeLimits({ type: 'large', total: 0, perTenant: null });
    expect(starts(51_000)).toEqual([[6, 'left']]);
    expect([core.keptPools(), core.holdOf(5, 51_000)]).toMatchObject([[], { code: 'type_limit' }]);
  });
});

describe('strict', () => {
  const twoNeeds = (strict: string) => {
    const all = aCore({ pools: [left], strategy: fifo({ strict, reserve: false }) });
    all.submit(small({ slots: 2 }), large(), small());
    return all;
  };

  it('shape: a need that waits for room stops no other', () => {
    expect(twoNeeds('shape').starts(0)).toEqual([
      [1, 'left'],
      [3, 'left'],
    ]);
  });

  it('global: nothing overtakes the first in order, and who waits for that is told so', () => {
    const { core, starts } = twoNeeds('global');
    expect(starts(0)).toEqual([[1, 'left']]);
    expect(core.holdOf(3, 0)).toMatchObject({ code: 'strict_order', clearedBy: 'capacity', task: 2 });
    expect(core.holdOf(3, 0)?.summary).toBe('Nothing may overtake task 2, which waits for room.');
    expect(core.explain(3, 0)?.holds.map(({ code }) => code)).toEqual(['strict_order']);
    core.finish(1, 10);
    expect(starts(10)).toEqual([[2, 'left']]);
  });

  it('none: a short task passes a long one of its own needs on what is kept for another', () => {
    const setup = (strict: string) => {
      const all = aCore({ pools: [left], strategy: fifo({ strict }) });
      all.submit(small({ slots: 3, estimateMs: 80_000 }), large({ readyAt: 0 }));
      all.starts(0);
      all.starts(50_000);
      expect(all.core.keptPools()).toMatchObject([{ seq: 2, startsBy: 80_000 }]);
      all.submit(small({ readyAt: 50_000, estimateMs: 40_000 }), small({ readyAt: 50_000, estimateMs: 5_000 }));
      return all.starts(50_000);
    };
    expect(setup('none')).toEqual([[4, 'left']]);
    expect(setup('shape')).toEqual([]);
  });
});
