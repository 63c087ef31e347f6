import { describe, expect, it } from 'vitest';
import { waitBoundOf } from '../../../src/core/scheduling/wait-bound.ts';
import { listStrategies } from '../../../src/core/strategies/listing.ts';
import { maxWaitOf } from '../../../src/core/strategies/max-wait.ts';
import type { TaskView } from '../../../src/core/strategies/strategy.ts';
import { fc } from '../../helpers/fc.ts';
import { aStrategy } from '../../helpers/scheduling.ts';

const minute = 60_000;

function aTask(fields: Partial<TaskView> = {}): TaskView {
  return {
    ...{ seq: 1, tenant: 0, type: 0, priority: 5, cost: 1, slots: 1, parts: 1, since: 0, deadline: Number.POSITIVE_INFINITY },
    ...{ estimateMs: 10_000, backlogMs: 40_000, timeoutMs: 60_000, attempt: 0, region: -1 },
    ...fields,
  };
}

const promised = (name: string, params = {}) => maxWaitOf(aStrategy(name, params));
const bound = (name: string, params = {}) => waitBoundOf(aStrategy(name, params));

describe('what a strategy promises about waiting behind newer work', () => {
  it('priority p: (10 - p) / a', () => {
    const { by, byPriority, summary } = promised('priority', { aging_per_min: 0.5 });
    expect([by, byPriority?.map(({ ms }) => (ms ?? Number.NaN) / minute)]).toEqual(['priority', [18, 16, 14, 12, 10, 8, 6, 4, 2, 0]]);
    expect(summary).toBe('What gets ready more than (10 − p) / 0.5 minutes after a task of priority p never comes before it in the order.');
  });

  it('without aging only the largest priority is never passed', () => {
    const { byPriority, summary } = promised('priority', { aging_per_min: 0 });
    expect(byPriority?.map(({ ms }) => ms)).toEqual([...Array(9).fill(null), 0]);
    expect(summary).toContain('however long others wait');
  });

  it('arrival, deadlines and the work there was bound it too; every other order says that nothing does', () => {
    const kinds = Object.fromEntries(listStrategies().map(({ name, maxWait }) => [name, maxWait.by]));
    expect(kinds).toMatchObject({
      fifo: 'arrival',
      priority: 'priority',
      edf: 'deadline',
      bounded_slowdown: 'backlog',
      min_cost: 'arrival',
    });
    for (const name of ['sjf', 'laxity', 'hrrn', 'wfp3', 'unicep', 'f1', 'fair_share', 'optimal_batch']) {
      expect([name, promised(name)]).toMatchObject([name, { by: 'none', byPriority: undefined }]);
      expect(promised(name).summary).toContain('no longest wait');
      expect(bound(name).newerUntil(aTask(), 1)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('says what keeps work of other needs from the room all the same', () => {
    const kept = 'a pool is kept for it, and only what does not delay it may use that pool';
    expect(promised('priority').room).toBe(
      `When the first of its needs has waited 5 times its expected run time, 30 s at least and 600 s at most, ${kept}.`,
    );
    expect(promised('fifo', { patience_most_ms: 0 }).room).toBe(`For whoever is first ${kept}.`);
    expect(promised('fifo', { reserve: false }).room).toContain('No pool is ever kept');
    expect(promised('fifo', { reserve: false, strict: 'global' }).room).toBe('Nothing starts before the first in order.');
    expect(promised('optimal_batch').room).toContain('the plan says');
  });
});

describe('the bound of a task', () => {
  it('lies in its own numbers', () => {
    expect(bound('priority').newerUntil(aTask({ priority: 7, since: 5_000 }), 1)).toBe(5_000 + 3 * minute);
    expect(bound('fifo').newerUntil(aTask({ since: 5_000 }), 1)).toBe(5_000);
    expect(bound('edf').newerUntil(aTask({ since: 5_000, deadline: 9_000 }), 1)).toBe(9_000);
    expect(bound('edf', { horizon_s: 60 }).newerUntil(aTask({ since: 5_000 }), 1)).toBe(65_000);
    expect(bound('bounded_slowdown', { patience: 2 }).newerUntil(aTask({ since: 5_000 }), 0.5)).toBe(5_000 + 40_000);
  });

  it('no task is late before its patience is over, however short its bound', () => {
    const late = (name: string, fields: Partial<TaskView>, params = {}) => bound(name, params).pastFrom(aTask(fields), 1);
    expect(late('priority', { priority: 1 })).toBe(9 * minute);
    expect(late('priority', { priority: 10 })).toBe(5 * 10_000);
    expect(late('priority', { priority: 10, estimateMs: 1 })).toBe(30_000);
    expect(late('priority', { priority: 10 }, { patience_most_ms: 40_000 })).toBe(40_000);
    expect(late('priority', { priority: 10 }, { patience_most_ms: 0 })).toBe(50_000);
    expect(late('priority', { priority: 10 }, { reserve: false })).toBe(50_000);
  });

  it('where nothing newer ever passes, none is late', () => {
    for (const name of ['fifo', 'min_cost', 'sjf']) expect(bound(name).pastFrom(aTask(), 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('what gets ready after it stands behind, by the key of the order itself', () => {
    const fields = fc.record({
      priority: fc.integer({ min: 1, max: 10 }),
      since: fc.integer({ min: 0, max: 10 ** 8 }),
      due: fc.option(fc.integer({ min: 0, max: 10 ** 8 })),
      estimateMs: fc.integer({ min: 1, max: 10 ** 7 }),
    });
    const task = fields.map(({ due, ...rest }) => aTask({ ...rest, deadline: due === null ? Number.POSITIVE_INFINITY : rest.since + due }));
    const strategies = [aStrategy('priority'), aStrategy('priority', { aging_per_min: 0.013 }), aStrategy('edf', { horizon_s: 100 })];
    fc.assert(
      fc.property(fc.constantFrom(...strategies), task, task, fc.integer({ min: 1, max: 10 ** 6 }), (strategy, old, next, after) => {
        const { order } = strategy;
        if (order.class !== 'static') throw new Error(`${strategy.name} has no key`);
        const until = waitBoundOf(strategy).newerUntil(old, 1);
        const since = Math.ceil(until) + after;
        const newer = { ...next, seq: 2, since, deadline: next.deadline + since - next.since };
        expect(order.key(old)).toBeLessThan(order.key(newer));
      }),
    );
  });
});
