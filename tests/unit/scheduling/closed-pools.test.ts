import { describe, expect, it } from 'vitest';
import { type Closing, closings } from '../../../src/core/scheduling/contracts.ts';
import type { PoolEntry } from '../../../src/core/scheduling/core.ts';
import { aCore, aPool } from '../../helpers/scheduling.ts';

/** What would start a task that waits for one pool. */
function cures(pool: Partial<PoolEntry>, task: Parameters<ReturnType<typeof aCore>['submit']>[0] = {}) {
  const { core, submit, starts } = aCore({ pools: [aPool(pool)] });
  submit(task);
  expect(starts()).toEqual([]);
  return curesOf(core, 1).filter(({ subject }) => subject === 'pool-1');
}

/** Those that would start it, and of other kinds those that would let it wait for room. */
function curesOf(core: ReturnType<typeof aCore>['core'], seq: number) {
  const unlock = core.unlock(seq, 0);
  return [...unlock, ...core.remedies(seq).filter(({ change }) => unlock.every((one) => one.change !== change))];
}

const startNode = { change: 'start_node', subject: 'pool-1', from: null, to: null, poolId: 1 };

describe('a pool that is paused', () => {
  it('by an operator is to be resumed', () => {
    const [cure] = cures({ state: 'paused' });
    expect(cure).toMatchObject({ change: 'resume_pool', from: 'paused', to: 'active' });
    expect(cures({ state: 'paused', onNodes: true })).toMatchObject([{ change: 'resume_pool' }]);
  });

  it('because none of its machines takes work needs one', () => {
    expect(cures({ state: 'paused', closedBy: 'no_node', onNodes: true, capacity: 9 }, { parts: 2 })).toEqual([startNode]);
  });

  it.each<Closing>(closings.filter((why) => why !== 'no_node'))('by itself (%s) is helped by nobody who asks', (closedBy) => {
    expect(cures({ state: 'paused', closedBy })).toEqual([]);
  });
});

it('a pool that takes nothing is to be resumed for those too that would only wait there, behind others or for want of room', () => {
  const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 4, state: 'paused' })] });
  submit({ slots: 9 });
  for (let i = 0; i < 7; i++) submit({});
  expect(starts()).toEqual([]);
  for (const seq of [2, 8])
    expect(curesOf(core, seq)).toMatchObject([{ change: 'resume_pool', subject: 'pool-1', from: 'paused', to: 'active' }]);
  expect(curesOf(core, 1)).not.toContainEqual(expect.objectContaining({ change: 'resume_pool' }));
});

it('who has not the money for a pool that is paused is told its price', () => {
  const { core, submit, starts } = aCore({ pools: [aPool({ costPerUnit: 2, state: 'paused' })] });
  core.setTenantLimits({ tenant: 'poor', maxRunning: null, guaranteed: 0, weight: 1, spend: { limit: 1, window: 'day' } });
  submit({ tenant: 'poor' });
  expect(starts()).toEqual([]);
  expect(core.explain(1, 0)?.holds).toContainEqual(
    expect.objectContaining({ code: 'spend_limit', summary: 'It costs at least 2, and tenant poor may spend 1 a day.', need: 2, have: 1 }),
  );
});

it('a pool of machines gets more slots with one more of them', () => {
  for (const [pool, task] of [
    [{ capacity: 0 }, {}],
    [{ capacity: 1 }, { slots: 2 }],
    [{ capacity: 1 }, { parts: 2 }],
  ] as const) {
    const changes = (fields: Partial<PoolEntry>) => new Set(cures({ ...pool, ...fields }, task).map(({ change }) => change));
    expect([changes({}), changes({ onNodes: true })]).toEqual([new Set(['add_capacity']), new Set(['start_node'])]);
  }
  expect(cures({ capacity: 0, onNodes: true })).toContainEqual(startNode);
});
