import { describe, expect, it } from 'vitest';
import { easyReservations } from '../../../src/core/strategies/overtaking.ts';
import { aCore, anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

const [two, one] = [aPool({ id: 1, capacity: 2 }), aPool({ id: 2, capacity: 1 })];
const pools = [two, one];

describe('a gang', () => {
  it('starts with all of its parts, on as many pools as it takes', () => {
    const { core, submit } = aCore({ pools });
    submit({ parts: 3 });
    expect(core.decide(0)).toMatchObject([{ poolId: 1, slots: 1, parts: [1, 1, 2] }]);
    expect([core.loadOf(1), core.loadOf(2)]).toEqual([2, 1]);
  });

  it('takes nothing while one part is missing, and others go on', () => {
    const { core, submit, starts } = aCore({ pools });
    submit({ type: 'a' }, { parts: 3 }, { type: 'b' });
    expect(starts()).toEqual([
      [1, 'pool-1'],
      [3, 'pool-1'],
    ]);
    expect(core.holdOf(2, 0)).toMatchObject({ code: 'waiting_for_gang', need: 3, have: 1 });
    core.finish(1, 1);
    expect(starts(1)).toEqual([]);
    expect(core.holdOf(2, 1)).toMatchObject({ summary: 'Its 3 parts start together, and there is room for 2.' });
    core.finish(3, 2);
    expect(starts(2)).toEqual([[2, 'pool-1']]);
  });

  it('is told how many of its parts could start now, where there is room for any, and nobody goes first', () => {
    const { core, submit, starts } = aCore({ pools });
    submit({ type: 'a' }, { parts: 3 });
    starts();
    const fewer = () => core.unlock(2, 0).filter(({ change }) => change === 'fewer_parts');
    expect(fewer()).toEqual([{ change: 'fewer_parts', subject: '', from: 3, to: 2, poolId: 1, parts: [1, 2] }]);
    submit({ type: 'b', slots: 1 }, { type: 'c' });
    starts();
    expect(fewer()).toEqual([]);
  });

  it('that all pools together are too small for is told so too', () => {
    const { core, submit, starts } = aCore({ pools });
    submit({ parts: 9 });
    expect(starts()).toEqual([]);
    expect(core.unlock(1, 0)).toContainEqual({ change: 'fewer_parts', subject: '', from: 9, to: 3, poolId: 1, parts: [1, 1, 2] });
  });

  it('is told as many as there is room for beside what is kept for another', () => {
    const easy = { ...aStrategy('fifo'), overtaking: { strict: 'none', reservations: easyReservations } } as const;
    const made = (parts: number, estimateMs: number) => {
      const core = aCore({ pools: [aPool({ id: 1, capacity: 4 }), aPool({ id: 2, capacity: 1 })], strategy: easy });
      core.submit({ type: 'a', estimateMs: 1_000 }, { type: 'b', slots: 4, estimateMs: 1_000 }, { parts, estimateMs });
      return { ...core, starts: core.starts().map(([seq]) => seq) };
    };
    for (const [estimateMs, most] of [
      [500, 4], // it ends before the other can begin
      [5_000, 1], // where nothing is kept
    ] as const) {
      const told = made(5, estimateMs).core.unlock(3, 0);
      expect(told.flatMap(({ change, to }) => (change === 'fewer_parts' ? [to] : []))).toEqual([most]);
      expect([made(most, estimateMs).starts, made(most + 1, estimateMs).starts]).toEqual([[1, 3], [1]]);
    }
  });

  it('gives back all it took, once', () => {
    const { core, submit, starts } = aCore({ pools });
    submit({ parts: 3 }, { slots: 2 });
    expect(starts()).toHaveLength(1);
    core.finish(1, 5, 'succeeded');
    expect([core.loadOf(1), core.loadOf(2)]).toEqual([0, 0]);
    expect(starts(5)).toEqual([[2, 'pool-1']]);
    expect(() => core.finish(1, 6)).toThrow('task 1 does not run');
  });

  it('is one task to the limits of its type, and as many as it has parts to the limit of a pool', () => {
    const { core, submit, starts, setPool } = aCore({ pools });
    core.setTypeLimits({ type: 'order', total: 1, perTenant: null });
    setPool({ ...two, typeLimits: { order: 1 } });
    submit({ parts: 2 }, {});
    expect(core.decide(0)).toMatchObject([{ parts: [1, 2] }]);
    expect([core.runningOf('order'), core.runningOn(1, 'order')]).toEqual([1, 1]);
    core.finish(1, 1);
    expect([core.runningOf('order'), core.runningOn(1, 'order'), starts(1).length]).toEqual([0, 0, 1]);
  });

  it('costs what its parts cost where they are, its work split between them', () => {
    const { core, submit } = aCore({ pools: [two, { ...one, costPerUnit: 4 }] });
    core.setTenantLimits({ tenant: 'default', maxRunning: null, guaranteed: 0, weight: 1, spend: { limit: 100, window: 'hour' } });
    submit({ parts: 3, cost: 6 });
    core.decide(0);
    expect(core.spendingOf('default', 'hour', 0)).toMatchObject({ reserved: 2 + 2 + 8 });
  });

  it('stays at home when all of it fits there, and else goes where all of it fits', () => {
    const away = aPool({ id: 3, region: 'eu-west', capacity: 4 });
    const { core, submit } = aCore({ pools: [...pools, away] });
    submit({ parts: 3 }, { parts: 4 });
    expect(core.decide(0).map(({ parts }) => parts)).toEqual([
      [1, 1, 2],
      [3, 3, 3, 3],
    ]);
  });

  it('could never start with more parts than all pools hold, or where no pool runs parts', () => {
    const { core, setPool } = aCore({ pools });
    expect(core.unroutable(anEntry({ parts: 4 }))).toMatchObject({ code: 'larger_than_any_pool', missing: 'parts', need: 4, have: 3 });
    expect(core.unroutable(anEntry({ parts: 3 }))).toBeUndefined();
    for (const pool of pools) setPool({ ...pool, runsParts: false });
    expect(core.unroutable(anEntry({ parts: 2 }))).toMatchObject({ code: 'no_matching_pool', missing: 'parts' });
    expect(core.unroutable(anEntry())).toBeUndefined();
  });

  it('counts every pool that is kept for it against the part of all pools that may be kept', () => {
    const rules = { ...easyReservations, patience: { estimates: 0, leastMs: 1, mostMs: 1 }, share: 0.5 };
    const strict = { ...aStrategy('fifo'), overtaking: { strict: 'none', reservations: rules } } as const;
    const regions = ['a', 'a', 'b', 'b'].map((region, i) => aPool({ id: i + 1, region }));
    const { core, submit, starts } = aCore({ pools: regions, strategy: strict });
    submit(...regions.map(({ region }) => ({ region, regionMode: 'require' as const, estimateMs: 100 })));
    expect(starts()).toHaveLength(4);
    submit({ parts: 2, region: 'a', regionMode: 'require' }, { region: 'b', regionMode: 'require' });
    expect(starts(50)).toEqual([]);
    expect(core.keptPools()).toMatchObject([
      { poolId: 1, seq: 5 },
      { poolId: 2, seq: 5 },
    ]);
  });

  it('has room kept on all pools that it will start on, until the last of them is free', () => {
    const easy = { ...aStrategy('fifo'), overtaking: { strict: 'none', reservations: easyReservations } } as const;
    const { core, submit, starts } = aCore({ pools: [aPool({ id: 1 }), aPool({ id: 2 })], strategy: easy });
    submit({ estimateMs: 100 }, { estimateMs: 200 });
    expect(starts()).toHaveLength(2);
    submit({ parts: 2, estimateMs: 50 });
    expect(starts()).toEqual([]);
    expect(core.keptPools()).toMatchObject([
      { poolId: 1, seq: 3, startsBy: 200 },
      { poolId: 2, seq: 3, startsBy: 200 },
    ]);
    core.finish(1, 100, 'succeeded');
    submit({ type: 'long', estimateMs: 150 }, { type: 'short', estimateMs: 90 });
    expect(starts(100)).toEqual([[5, 'pool-1']]); // it is over before 200, the other is not
    core.finish(5, 190, 'succeeded');
    core.finish(2, 200, 'succeeded');
    expect(core.decide(200)).toMatchObject([{ seq: 3, parts: [1, 2] }]);
  });
});
