import { describe, expect, it } from 'vitest';
import type { SpendLimit } from '../../../src/core/domain/quota.ts';
import { aCore, aPool } from '../../helpers/scheduling.ts';

const hour = 3_600_000;
const cheap = aPool({ id: 1, name: 'cheap', costPerUnit: 1, capacity: 3 });
const dear = aPool({ id: 2, name: 'dear', costPerUnit: 2, capacity: 9 });

function setup(spend: SpendLimit | null = { limit: 4, window: 'hour' }, pools = [cheap, dear]) {
  const made = aCore({ pools });
  const limit = (to: SpendLimit | null) =>
    made.core.setTenantLimits({ tenant: 'acme', maxRunning: null, guaranteed: 0, weight: 1, spend: to });
  limit(spend);
  return {
    ...made,
    limit,
    seqs: (now = 0) => made.starts(now).map(([seq]) => seq),
    tasks: (count: number, cost = 1) => made.submit(...Array.from({ length: count }, () => ({ tenant: 'acme', cost }))),
    spending: (now = 0) => made.core.spendingOf('acme', 'hour', now),
  };
}

describe('a limit on spending', () => {
  it('sets the price aside when a task starts, and nothing starts beyond the limit', () => {
    const { tasks, starts, spending } = setup();
    tasks(5);
    expect(starts()).toEqual([
      [1, 'cheap'],
      [2, 'cheap'],
      [3, 'cheap'],
    ]); // the fourth would cost 2 on the dear pool, and 1 is left
    expect(spending()).toEqual({ spent: 0, reserved: 3, until: hour });
  });

  it('lets a task take the cheaper pool that its tenant can pay for, when it comes free', () => {
    const { core, tasks, starts } = setup();
    tasks(4);
    starts();
    core.finish(1, 0, 'succeeded', 0); // it was released
    expect(starts()).toEqual([[4, 'cheap']]);
  });

  it('holds only those it is about', () => {
    const { tasks, submit, seqs } = setup();
    tasks(4, 4);
    submit({ tenant: 'blue' });
    expect(seqs()).toEqual([1, 5]);
  });

  it('is freed by an end that cost less, not by one that cost what was set aside', () => {
    const { core, tasks, seqs, spending } = setup({ limit: 4, window: 'hour' }, [dear]);
    tasks(4);
    expect(seqs()).toEqual([1, 2]);
    core.finish(1, 5, 'succeeded', 2);
    expect([seqs(5), spending()]).toEqual([[], { spent: 2, reserved: 2, until: hour }]);
    core.finish(2, 6, 'released');
    expect([seqs(6), spending()]).toEqual([[3], { spent: 2, reserved: 2, until: hour }]);
  });

  it('ends with its window, which wakes who waits; what still runs counts on', () => {
    const { core, tasks, seqs } = setup({ limit: 4, window: 'hour' }, [dear]);
    tasks(4);
    seqs();
    core.finish(1, 0, 'succeeded', 2);
    expect([seqs(hour - 1), core.nextDueAt()]).toEqual([[], hour]);
    expect(seqs(hour)).toEqual([3]);
    expect([seqs(hour), core.nextDueAt()]).toEqual([[], 2 * hour]);
  });

  it('takes effect on the next decision when it is raised or taken away, and stops nothing when it is lowered', () => {
    const { tasks, limit, seqs, core } = setup({ limit: 2, window: 'hour' }, [dear]);
    tasks(6);
    expect(seqs()).toEqual([1]);
    limit({ limit: 4, window: 'hour' });
    expect(seqs()).toEqual([2]);
    limit({ limit: 1, window: 'hour' });
    expect([seqs(), core.runningOf('order')]).toEqual([[], 2]);
    limit(null);
    expect(seqs()).toEqual([3, 4, 5, 6]);
  });

  it('that is new counts what was spent before', () => {
    const { core, tasks, limit, seqs } = setup(null, [dear]);
    tasks(2);
    seqs();
    core.finish(1, 0, 'succeeded', 2);
    limit({ limit: 5, window: 'hour' });
    tasks(1);
    expect(seqs()).toEqual([]);
    limit({ limit: 6, window: 'hour' });
    expect(seqs()).toEqual([3]);
  });

  it('costs nothing where nothing is charged', () => {
    const { tasks, seqs } = setup({ limit: 0, window: 'hour' }, [aPool({ costPerUnit: 0, capacity: 2 }), dear]);
    tasks(3);
    expect(seqs()).toEqual([1, 2]);
  });

  it('goes on after a start where it stood', () => {
    const { core, tasks, seqs } = setup({ limit: 4, window: 'day' }, [dear]);
    core.recallSpend('acme', hour, 1, 2 * hour);
    core.recallSpend('acme', 2 * hour, 1.5, 2 * hour);
    tasks(1);
    expect(seqs(2 * hour)).toEqual([]);
    expect(seqs(24 * hour)).toEqual([1]);
  });

  it('new prices are looked at again', () => {
    const { tasks, seqs, setPool } = setup({ limit: 1, window: 'hour' }, [dear]);
    tasks(1);
    expect(seqs()).toEqual([]);
    setPool({ ...dear, costPerUnit: 1 });
    expect(seqs()).toEqual([1]);
  });
});

describe('a task that waits for money', () => {
  it('is told what it takes, what there is, until when, and who can change that', () => {
    const { core, tasks, seqs } = setup({ limit: 4, window: 'day' }, [dear]);
    tasks(3);
    seqs();
    core.finish(1, 0, 'succeeded', 2);
    expect(core.holdOf(3, 0)).toEqual({
      ...{ code: 'spend_limit', clearedBy: 'quota_owner', need: 2, have: 0, until: 24 * hour },
      summary: 'Of the 4 it may spend a day tenant acme has spent 2, and 2 is set aside for what runs; this costs at least 2.',
    });
    expect(core.explain(3, 0)?.forecast?.startMs).toEqual([24 * hour, 24 * hour]);
    expect(Object.fromEntries(core.waitingByReason(0))).toEqual({ spend_limit: 1 });
    expect(core.waitingGroups(0)).toMatchObject([{ hold: { code: 'spend_limit' }, tasks: 1, tenant: 'acme' }]);
  });

  it('is told when only dearer pools have room', () => {
    const { core, tasks, seqs } = setup();
    tasks(4);
    seqs();
    expect(core.holdOf(4, 0)).toMatchObject({
      code: 'spend_limit',
      need: 1,
      have: 1,
      summary: expect.stringMatching(/the rest would pay for are full\.$/),
    });
  });

  it('is told when no window will ever do', () => {
    const { core, tasks, seqs } = setup({ limit: 4, window: 'hour' }, [dear]);
    tasks(1, 3);
    seqs();
    expect(core.holdOf(1, 0)).toEqual({
      ...{ code: 'spend_limit', clearedBy: 'quota_owner', need: 6, have: 4 },
      summary: 'It costs at least 6, and tenant acme may spend 4 an hour.',
    });
    expect(core.explain(1, 0)?.forecast).toBeUndefined();
  });
});
