import { describe, expect, it } from 'vitest';
import { type Closing, closings } from '../../../src/core/scheduling/contracts.ts';
import type { PoolEntry } from '../../../src/core/scheduling/core.ts';
import { aCore, aPool } from '../../helpers/scheduling.ts';

/** What would start a task that waits for one pool. */
function cures(pool: Partial<PoolEntry>, task: Parameters<ReturnType<typeof aCore>['submit']>[0] = {}) {
  const { core, submit, starts } = aCore({ pools: [aPool(pool)] });
  submit(task);
  expect(starts()).toEqual([]);
  return [...core.unlock(1, 0), ...core.remedies(1)].filter(({ subject }) => subject === 'pool-1');
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
