import { describe, expect, it } from 'vitest';
import { aCore, aPool } from '../../helpers/scheduling.ts';

const tasksOf = (tenant: string, count: number, type = 'run') => Array.from({ length: count }, () => ({ tenant, type }));

function setup(limits: { total?: number; perTenant?: number }) {
  const made = aCore({ pools: [aPool({ capacity: 100 })] });
  made.core.setTypeLimits({ type: 'run', total: limits.total ?? null, perTenant: limits.perTenant ?? null });
  return made;
}

describe('concurrency limits', () => {
  it('at quota nothing starts', () => {
    const { submit, starts } = setup({ perTenant: 1 });
    submit(...tasksOf('one', 3));
    expect(starts()).toHaveLength(1);
    expect(starts()).toEqual([]);
  });

  it('2 per user and 10 in total, user 1 at the limit, user 2 with a backlog: exactly 2 of user 2', () => {
    const { submit, starts } = setup({ total: 10, perTenant: 2 });
    submit(...tasksOf('one', 5));
    expect(starts().map(([seq]) => seq)).toEqual([1, 2]);
    submit(...tasksOf('two', 5));
    expect(starts().map(([seq]) => seq)).toEqual([6, 7]);
  });

  it('a total of 3 lets 3 of any users run', () => {
    const { core, submit, starts } = setup({ total: 3 });
    submit(...tasksOf('one', 2), ...tasksOf('two', 2), ...tasksOf('three', 2));
    expect(starts().map(([seq]) => seq)).toEqual([1, 2, 3]);
    core.finish(2, 0);
    expect(starts().map(([seq]) => seq)).toEqual([4]);
    expect([core.runningOf('run'), core.runningOf('run', 'one'), core.runningOf('run', 'two')]).toEqual([3, 1, 2]);
  });

  it('a spent quota holds exactly its tenant and type', () => {
    const { submit, starts } = setup({ perTenant: 1 });
    submit(...tasksOf('one', 2), ...tasksOf('one', 1, 'other'), ...tasksOf('two', 1));
    expect(starts().map(([seq]) => seq)).toEqual([1, 3, 4]);
  });

  it('an end lets the oldest of that tenant go', () => {
    const { core, submit, starts } = setup({ perTenant: 1 });
    submit(...tasksOf('one', 3));
    starts();
    core.finish(1, 0);
    expect(starts().map(([seq]) => seq)).toEqual([2]);
  });

  it('a cap of a type inside a pool counts attempts there, and leaves the rest of the pool to others', () => {
    const capped = aPool({ id: 1, name: 'capped', capacity: 5, typeLimits: { run: 2 } });
    const { core, submit, starts } = aCore({ pools: [capped, aPool({ id: 2, name: 'open', capacity: 1 })] });
    submit(...tasksOf('one', 4), ...tasksOf('one', 2, 'other'));
    expect(starts()).toEqual([
      [1, 'capped'],
      [2, 'capped'],
      [3, 'open'],
      [5, 'capped'],
      [6, 'capped'],
    ]);
    core.finish(5, 0);
    expect(starts()).toEqual([]);
    core.finish(1, 0);
    expect(starts()).toEqual([[4, 'capped']]);
  });

  it('a cap that is new counts what runs already', () => {
    const pool = aPool({ capacity: 5 });
    const { core, submit, starts, setPool } = aCore({ pools: [pool] });
    submit(...tasksOf('one', 2));
    starts();
    setPool({ ...pool, typeLimits: { run: 2 } });
    submit(...tasksOf('one', 1));
    expect(starts()).toEqual([]);
    core.finish(1, 0);
    expect(starts()).toHaveLength(1);
  });
});

describe('a limit that changes applies to the next decision', () => {
  it('raised, lowered and lifted', () => {
    const { core, submit, starts } = setup({ perTenant: 1 });
    submit(...tasksOf('one', 6));
    expect(starts()).toHaveLength(1);
    core.setTypeLimits({ type: 'run', total: null, perTenant: 2 });
    expect(starts()).toHaveLength(1);
    core.setTypeLimits({ type: 'run', total: 3, perTenant: null });
    expect(starts()).toHaveLength(1);
    core.setTypeLimits({ type: 'run', total: 1, perTenant: 1 });
    core.finish(1, 0);
    core.finish(2, 0);
    expect(starts()).toEqual([]);
    core.setTypeLimits({ type: 'run', total: null, perTenant: null });
    expect(starts().map(([seq]) => seq)).toEqual([4, 5, 6]);
  });

  it('a limit per tenant set on a type that waits splits what waits, and keeps its order', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 2 })] });
    core.setTypeLimits({ type: 'run', total: 0, perTenant: null });
    submit(...tasksOf('one', 2), ...tasksOf('two', 2));
    expect(starts()).toEqual([]);
    core.setTypeLimits({ type: 'run', total: null, perTenant: 1 });
    expect(core.order()).toEqual([1, 2, 3, 4]);
    expect(starts().map(([seq]) => seq)).toEqual([1, 3]);
  });
});
