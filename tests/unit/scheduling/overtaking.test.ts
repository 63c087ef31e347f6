import { describe, expect, it } from 'vitest';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

const somewhere = { region: null };

describe('the core says when time alone changes who is first, where nothing may overtake that one', () => {
  it('at the next moment scores are worked out: the younger, shorter task outgrows the one that waits for room', () => {
    const { core, submit, starts } = aCore({
      pools: [aPool({ capacity: 2 })],
      strategy: aStrategy('wfp3', { refresh_ms: 1_000, strict: 'global', reserve: false }),
    });
    submit({ ...somewhere, type: 'runs', estimateMs: 1_000 });
    starts(0);
    submit({ ...somewhere, type: 'wide', slots: 2, estimateMs: 7_000 }, { ...somewhere, type: 'short', estimateMs: 1_000, readyAt: 6_000 });
    expect(starts(6_000)).toEqual([]);
    expect(core.holdOf(3, 6_000)).toMatchObject({ code: 'strict_order', task: 2 });
    // (7 / 7)^3 x 2 against (1 / 1)^3 at 7 s, (8 / 7)^3 x 2 against 2^3 at 8 s.
    expect(core.nextDueAt()).toBe(7_000);
    expect(starts(7_000)).toEqual([]);
    expect(core.nextDueAt()).toBe(8_000);
    expect(starts(8_000)).toEqual([[3, 'pool-1']]);
  });

  it('when the first can no longer make its deadline and goes behind the others', () => {
    const { core, submit, starts } = aCore({
      pools: [aPool({ capacity: 2 })],
      strategy: aStrategy('edf', { strict: 'global', reserve: false }),
    });
    submit({ ...somewhere, type: 'runs', estimateMs: 1_000 });
    starts(0);
    submit({ ...somewhere, type: 'wide', slots: 2, estimateMs: 4_000, deadline: 9_000 });
    submit({ ...somewhere, type: 'calm', estimateMs: 1_000, deadline: 90_000 });
    expect(starts(0)).toEqual([]);
    expect(core.nextDueAt()).toBe(5_001);
    expect(starts(5_000)).toEqual([]);
    expect(starts(5_001)).toEqual([[3, 'pool-1']]);
  });

  it('when the one a pool is always kept for goes behind the others (EASY)', () => {
    const { core, submit, starts } = aCore({
      pools: [aPool({ capacity: 2 })],
      strategy: aStrategy('edf', { patience_most_ms: 0, estimate_margin: 1 }),
    });
    submit({ ...somewhere, type: 'runs', estimateMs: 1_000_000 });
    starts(0);
    submit({ ...somewhere, type: 'wide', slots: 2, estimateMs: 4_000, deadline: 9_000 });
    submit({ ...somewhere, type: 'long', estimateMs: 2_000_000, deadline: 3_000_000 });
    expect(starts(0)).toEqual([]); // it would delay the wide one
    expect(core.keptPools()).toMatchObject([{ seq: 2 }]);
    expect(core.nextDueAt()).toBe(5_001);
    // Late, the wide one has the deadline 9 s + 1 h, and so it still goes before one of 50 min only until then.
    expect(starts(5_001)).toEqual([[3, 'pool-1']]);
  });
});

describe('strict: global', () => {
  it('lets no shorter task of the same needs pass the first while nothing is kept for that one', () => {
    const { core, submit, starts } = aCore({
      pools: [aPool({ capacity: 4 })],
      strategy: aStrategy('priority', { strict: 'global', aging_per_min: 0 }),
    });
    submit({ ...somewhere, type: 'runs', slots: 2, estimateMs: 100_000 });
    starts(0);
    submit({ ...somewhere, type: 'wide', slots: 4, estimateMs: 10_000 });
    starts(50_000);
    expect(core.keptPools()).toMatchObject([{ seq: 2, startsBy: 100_000 }]);
    const other = { ...somewhere, type: 'other', readyAt: 50_000 };
    submit({ ...other, priority: 10, estimateMs: 60_000 }, { ...other, priority: 9, estimateMs: 1_000 });
    expect(starts(50_000)).toEqual([]); // the short one would end in time, and task 3 goes before it
    expect(core.cancel(3)).toBe(true);
    expect(starts(50_000)).toEqual([[4, 'pool-1']]);
  });
});

it('a pool is kept only for a task that has waited too long itself, not for the one that now goes before it', () => {
  const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 4 })], strategy: aStrategy('edf') });
  submit({ ...somewhere, type: 'runs', estimateMs: 600_000 });
  starts(0);
  const wide = { ...somewhere, slots: 4, estimateMs: 10_000 };
  submit({ ...wide, type: 'one', deadline: 4_000_000 }, { ...wide, type: 'other', deadline: 5_000_000 });
  starts(0);
  starts(50_000);
  expect(core.keptPools()).toMatchObject([{ seq: 2 }]); // and so not for task 3
  core.cancel(2);
  submit({ ...wide, type: 'other', deadline: 4_500_000, readyAt: 50_000 });
  expect(starts(50_000)).toEqual([]);
  expect(core.keptPools()).toEqual([]);
  expect(core.nextDueAt()).toBe(100_000);
});
