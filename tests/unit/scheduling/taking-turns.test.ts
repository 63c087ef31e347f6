import { describe, expect, it } from 'vitest';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

function setup({ total = null as number | null, perTenant = null as number | null, strategy = 'fifo', capacity = 100 } = {}) {
  const made = aCore({ pools: [aPool({ capacity })], strategy: aStrategy(strategy) });
  const limit = (takesTurns: boolean) => made.core.setTypeLimits({ type: 'run', total, perTenant, takesTurns });
  limit(true);
  const owners = new Map<number, string>();
  let seq = 0;
  return {
    ...made,
    limit,
    tasks(tenant: string, count: number, fields = {}) {
      for (let i = 0; i < count; i++) {
        owners.set(++seq, tenant);
        made.submit({ seq, tenant, type: 'run', ...fields });
      }
    },
    /** Whose tasks start. */
    starters: (now = 0, most?: number) =>
      made
        .starts(now, most)
        .map(([started]) => owners.get(started))
        .join(''),
  };
}

describe('tenants that take turns', () => {
  it('3 users with 5 tasks each and a total of 3: one of each', () => {
    const { tasks, starters } = setup({ total: 3 });
    for (const tenant of ['A', 'B', 'C']) tasks(tenant, 5);
    expect([starters(), starters()]).toEqual(['ABC', '']);
  });

  it('2 per user and 10 in total, user 1 at the limit, user 2 with a backlog: exactly 2 of user 2', () => {
    const { tasks, starters } = setup({ total: 10, perTenant: 2 });
    tasks('A', 5);
    expect(starters()).toBe('AA');
    tasks('B', 5);
    expect(starters()).toBe('BB');
  });

  it('3 per user, 5 in total: A B A B A; then B has its third before A has its fourth', () => {
    const { core, tasks, starters } = setup({ total: 5, perTenant: 3 });
    tasks('A', 4);
    tasks('B', 4);
    expect(starters()).toBe('ABABA');
    core.finish(1, 0);
    expect(starters()).toBe('B');
    core.finish(2, 0);
    expect(starters()).toBe('A');
  });

  it('however much one of them sends, under any order', () => {
    for (const strategy of ['fifo', 'priority', 'sjf', 'wfp3', 'fair_share']) {
      const { tasks, starters } = setup({ strategy, total: 10 });
      tasks('A', 500, { priority: 9, estimateMs: 1 });
      tasks('B', 5, { priority: 1, estimateMs: 9_000 });
      expect([strategy, starters(1_000)]).toEqual([strategy, 'ABABABABAB']);
    }
  });

  it('save nothing up while they have nothing to do', () => {
    const { core, tasks, starters } = setup({ capacity: 1 });
    tasks('A', 9);
    for (let seq = 1; seq <= 5; seq++) {
      expect(starters()).toBe('A');
      core.finish(seq, 0);
    }
    tasks('B', 9); // 10 to 18
    const order: string[] = [];
    for (let n = 0; n < 6; n++) {
      const [started] = core.decide(0);
      order.push(started!.seq < 10 ? 'A' : 'B');
      core.finish(started!.seq, 0);
    }
    expect(order.join('')).toBe('BABABA');
  });

  it('belong to their type: those of another go in the order of the strategy', () => {
    const { core, tasks, submit, starts } = setup({ capacity: 4 });
    tasks('A', 3);
    tasks('B', 1);
    submit({ seq: 50, type: 'other', tenant: 'A' }, { seq: 51, type: 'other', tenant: 'A' });
    expect(starts(0, 3).map(([seq]) => seq)).toEqual([1, 4, 2]);
    core.finish(1, 0);
    expect(starts().map(([seq]) => seq)).toEqual([3, 50]);
  });

  it('begin with the very next decision when that is said, and end so too', () => {
    const { tasks, starters, limit } = setup({ total: 100, capacity: 6 });
    limit(false);
    tasks('A', 9);
    tasks('B', 9);
    expect(starters(0, 2)).toBe('AA');
    limit(true);
    expect(starters(0, 2)).toBe('AB');
    limit(false);
    expect(starters()).toBe('AA');
  });

  it('begin while a switch of strategies is half done', () => {
    const { core, tasks, starters, limit } = setup({ capacity: 4 });
    limit(false);
    tasks('A', 2);
    tasks('B', 2);
    const change = core.prepareStrategy(aStrategy('priority'), 0);
    change.step(1_000);
    limit(true);
    change.swap(2, 1, 0);
    expect(starters()).toBe('ABAB');
    expect(starters()).toBe('');
  });

  it('leave the slot to who can pay and may run', () => {
    const { core, tasks, starters } = setup({ capacity: 4 });
    core.setTenantLimits({ tenant: 'A', maxRunning: 1, guaranteed: 0, weight: 1 });
    core.setTenantLimits({ tenant: 'B', maxRunning: null, guaranteed: 0, weight: 1, spend: { limit: 1, window: 'hour' } });
    for (const tenant of ['A', 'B', 'C']) tasks(tenant, 3);
    expect(starters()).toBe('ABCC');
  });

  it('go on after a start where they stood', () => {
    const { core, tasks, starters } = setup({ capacity: 3 });
    core.recallTurn({ type: 'run', tenant: 'A', taken: 9 });
    core.recallTurn({ type: 'run', tenant: 'B', taken: 8 });
    core.recallTurn({ type: 'never said to take any', tenant: 'B', taken: 8 });
    tasks('A', 3);
    tasks('B', 3);
    expect(starters()).toBe('BAB');
  });

  it('are told in the decision', () => {
    const { core, tasks } = setup({ capacity: 2 });
    tasks('A', 2);
    expect(core.decide(0).map(({ turn }) => turn)).toEqual([1, 2].map((taken) => ({ type: 'run', tenant: 'A', taken })));
  });
});

it('a tenant whose turn it is and who is at its limit by now keeps nobody of its needs behind its own long task', () => {
  const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 2 })], strategy: aStrategy('sjf') });
  core.setTypeLimits({ type: 'a', total: null, perTenant: null, takesTurns: true });
  core.setTenantLimits({ tenant: 't1', maxRunning: 1, guaranteed: 0, weight: 1 });
  const short = { type: 'a', tenant: 't2', estimateMs: 100 };
  submit(short, { type: 'a', tenant: 't1', estimateMs: 7_000 });
  expect(starts(0, 1)).toEqual([[1, 'pool-1']]); // its turn is taken
  core.finish(1, 0);
  submit(short, { type: 'b', tenant: 't1', estimateMs: 1_000 }, { type: 'c', tenant: 't3', estimateMs: 3_000 });
  expect(starts(0)).toEqual([
    [4, 'pool-1'],
    [3, 'pool-1'],
  ]);
});
