import { describe, expect, it } from 'vitest';
import type { TaskEntry } from '../../../src/core/domain/task.ts';
import { schedulingReasons } from '../../../src/core/scheduling/reasons.ts';
import { aCore, anEntry, aPool, aStrategy, constraintsOf } from '../../helpers/scheduling.ts';

const gpu = aPool({ id: 1, name: 'gpu', resourceType: 'gpu', capacity: 4, costPerUnit: 2, accepts: ['order', 'query'] });
const cpu = aPool({ id: 2, name: 'cpu', region: 'eu-west', capacity: 2, costPerUnit: 0.5, accepts: ['order'] });

function setup(strategy = 'fifo') {
  return aCore({ pools: [gpu, cpu], strategy: aStrategy(strategy) });
}

/** Code of the hold of a task on its own, after a round of decisions. */
function codeOf(task: Partial<TaskEntry>, prepare: (made: ReturnType<typeof setup>) => void = () => {}) {
  const made = setup();
  prepare(made);
  made.submit(task);
  made.starts();
  const hold = made.core.holdOf(1, 0);
  if (hold !== undefined) expect(hold.clearedBy).toBe(schedulingReasons[hold.code as keyof typeof schedulingReasons]);
  return { code: hold?.code, summary: hold?.summary, need: hold?.need, have: hold?.have, pools: hold?.pools };
}

describe('every waiting task has one reason', () => {
  it('no_capacity counts the pools that could run it and those that are out', () => {
    const hold = codeOf({ slots: 2, resourceType: 'gpu', seq: 1 }, ({ occupy }) => occupy(gpu, 3));
    expect(hold).toEqual({
      code: 'no_capacity',
      summary: 'The one pool that could run it is without 2 free slots.',
      need: 2,
      have: 1,
      pools: { total: 2, mayRun: 1, full: 1, out: { resource_type: 1 } },
    });
  });

  it('no_matching_pool names what is missing', () => {
    expect(codeOf({ type: 'dance' })).toMatchObject({ code: 'no_matching_pool', summary: 'No pool takes tasks of type dance.' });
    expect(codeOf({ type: 'query', resourceType: 'cpu' })).toMatchObject({
      code: 'no_matching_pool',
      summary: 'No pool that takes type query has resource_type cpu.',
      pools: { total: 2, mayRun: 0, full: 0, out: { type: 1, resource_type: 1 } },
    });
    expect(codeOf({ region: 'eu-west', regionMode: 'require', resourceType: 'gpu' }).summary).toBe(
      'No gpu pool that takes type order is in region eu-west, and region_mode is require. There are such pools in us-east.',
    );
    expect(codeOf({ regions: ['mars', 'eu-west'], regionMode: 'require', resourceType: 'gpu' }).summary).toBe(
      'No gpu pool that takes type order is in regions eu-west, mars, and region_mode is require. There are such pools in us-east.',
    );
  });

  const large = { ...gpu, labels: { gpu_memory_gb: 80, zone: 'aa-1', slow: 1 } };
  const small = aPool({ ...large, id: 3, name: 'small', labels: { gpu_memory_gb: 16, zone: 'bb-2' } });
  it.each([
    ['gpu_memory_gb > 80', 'meets gpu_memory_gb > 80: there gpu_memory_gb is 80, 16.'],
    ['gpu_memory_gb < 16', 'meets gpu_memory_gb < 16: there gpu_memory_gb is 16, 80.'],
    ['zone = bb2', 'meets zone = bb2: there zone is bb-2, aa-1.'],
    ['gpu_memory_gb = "16"', 'meets gpu_memory_gb = "16": there gpu_memory_gb is 16, 80.'],
    ['zone not in (aa-1, bb-2)', 'meets zone not in (aa-1, bb-2): there zone is aa-1, bb-2.'],
    ['!zone', 'meets !zone: there zone is aa-1, bb-2.'],
    [
      'gpu_memory = 16',
      'meets gpu_memory = 16: none has the label gpu_memory; labels there are gpu_memory_gb, region, resource_type, slow, zone.',
    ],
    ['zones', 'meets zones: none has the label zones, the nearest is zone.'],
    ['region = eu-west', 'meets region = eu-west: there region is us-east.'],
    [
      'gpu_memory_gb > 60, zone = bb-2, !slow',
      'meets all of gpu_memory_gb > 60, !slow, zone = bb-2: small comes closest, but for gpu_memory_gb > 60.',
    ],
  ])('no_matching_pool names the constraint that no pool meets, and what there is: %s', (text, why) => {
    const constraints = constraintsOf(text);
    const hold = codeOf({ constraints, resourceType: 'gpu' }, ({ setPool }) => {
      setPool(large);
      setPool(small);
    });
    const out = { resource_type: 1, label: 2 };
    expect(hold).toMatchObject({
      ...{ code: 'no_matching_pool', summary: `No gpu pool that takes type order ${why}` },
      pools: { total: 3, mayRun: 0, full: 0, out },
    });
  });

  it('pools_paused, not no_matching_pool, where a paused pool has the labels', () => {
    const asked = { constraints: constraintsOf('gpu_memory_gb >= 80') };
    const paused = codeOf(asked, ({ setPool }) => setPool({ ...large, state: 'paused' }));
    expect(paused).toMatchObject({ code: 'pools_paused', pools: { total: 2, mayRun: 0, out: { label: 1, state: 1 } } });
    expect(codeOf(asked, ({ setPool }) => setPool({ ...large, labels: {} })).code).toBe('no_matching_pool');
  });

  it('larger_than_any_pool and price_cap say how far off it is', () => {
    expect(codeOf({ slots: 9 })).toMatchObject({
      code: 'larger_than_any_pool',
      need: 9,
      have: 4,
      summary: 'It wants 9 slots, and the largest pool that could run it has 4.',
    });
    expect(codeOf({ cost: 3, maxCost: 1 })).toMatchObject({
      code: 'price_cap',
      need: 1.5,
      have: 1,
      summary: 'The cheapest pool that could run it charges 1.5 for 3 units, and max_cost is 1.',
    });
  });

  it('pools_paused: those that could run it are not active', () => {
    const hold = codeOf({ type: 'query' }, ({ core }) => core.setPool({ ...gpu, state: 'draining' }));
    expect(hold).toMatchObject({ code: 'pools_paused', pools: { total: 2, mayRun: 0, out: { type: 1, state: 1 } } });
  });

  it('type_limit and tenant_type_limit say what runs and what may', () => {
    const limited = (total: number | null, perTenant: number | null) => (made: ReturnType<typeof setup>) => {
      made.core.setTypeLimits({ type: 'order', total, perTenant });
      made.submit({ seq: 7, tenant: 'acme' });
      made.starts();
    };
    expect(codeOf({ seq: 1, tenant: 'acme' }, limited(1, null))).toMatchObject({
      code: 'type_limit',
      summary: 'Of type order at most 1 may run at once, and 1 does.',
      need: 1,
      have: 1,
    });
    expect(codeOf({ seq: 1, tenant: 'acme' }, limited(null, 1))).toMatchObject({
      code: 'tenant_type_limit',
      summary: 'Of type order at most 1 may run at once for tenant acme, and 1 does.',
      need: 1,
      have: 1,
    });
  });

  it('waiting_for_home says until when', () => {
    const { core, submit, starts, occupy } = setup('region_aware');
    occupy(cpu, 2);
    submit({ region: 'eu-west', readyAt: 100 });
    starts(100);
    expect(core.holdOf(1, 100)).toMatchObject({
      code: 'waiting_for_home',
      until: 5_100,
      summary: 'The pools of its home region eu-west are full; it may go elsewhere at 1970-01-01T00:00:05.100Z.',
      pools: { total: 2, mayRun: 2, full: 1, out: {} },
    });
    submit({ regions: ['eu-west', 'mars'], readyAt: 100 });
    starts(100);
    expect(core.holdOf(2, 100)?.summary).toBe(
      'The pools of its regions eu-west, mars are full; it may go elsewhere at 1970-01-01T00:00:05.100Z.',
    );
    core.cancel(2);
    occupy(gpu, 4);
    starts(5_100);
    expect(core.holdOf(1, 5_100)).toMatchObject({ code: 'no_capacity', pools: { mayRun: 2, full: 2 } });
  });

  it('before it was looked at: not_yet_considered for the next of its kind, behind_in_order for the others', () => {
    const { core, submit, starts } = setup();
    submit({}, {}, {});
    expect(core.holdOf(1, 0)?.code).toBe('not_yet_considered');
    expect(core.holdOf(3, 0)?.code).toBe('behind_in_order');
    starts(0, 1);
    expect([core.holdOf(1, 0), core.holdOf(2, 0)?.code]).toEqual([undefined, 'not_yet_considered']);
  });

  it('the one that lasts longest by itself is told', () => {
    const limited = ({ core, occupy }: ReturnType<typeof setup>) => {
      occupy(cpu, 2);
      occupy(gpu, 4);
      core.setTypeLimits({ type: 'order', total: 0, perTenant: 0 });
    };
    expect(codeOf({ seq: 1 }, limited).code).toBe('type_limit');
    expect(codeOf({ seq: 1, slots: 9 }, limited).code).toBe('larger_than_any_pool');
    const paused = ({ core }: ReturnType<typeof setup>) => {
      core.setTypeLimits({ type: 'query', total: null, perTenant: 0 });
      core.setPool({ ...gpu, state: 'paused' });
    };
    expect(codeOf({ seq: 1, type: 'query' }, paused).code).toBe('pools_paused');
  });

  it('the position counts the tasks of its lane that go first, cancelled ones not', () => {
    const { core, submit, starts, occupy } = setup('priority');
    occupy(cpu, 2);
    occupy(gpu, 4);
    submit({ priority: 5 }, { priority: 9 }, { priority: 7 }, { priority: 1 }, { priority: 5, type: 'query' });
    starts();
    const ahead = () => [1, 2, 3, 4, 5].map((seq) => core.explain(seq, 0)?.holds.find(({ code }) => code === 'behind_in_order')?.ahead);
    expect(ahead()).toEqual([2, undefined, 1, 3, undefined]);
    core.cancel(3);
    expect(ahead()).toEqual([1, undefined, undefined, 2, undefined]);
    expect(core.holdOf(4, 0)?.ahead).toBeUndefined();
  });

  it('a task that does not wait has none', () => {
    const { core, submit, starts } = setup();
    submit({});
    starts();
    expect([core.holdOf(1, 0), core.holdOf(99, 0)]).toEqual([undefined, undefined]);
  });
});

describe('waitingByReason', () => {
  it('counts the tasks behind each stop, and leaves out what was not looked at', () => {
    const { core, submit, starts, occupy } = setup();
    occupy(gpu, 4);
    core.setTypeLimits({ type: 'order', total: null, perTenant: 1 });
    submit({ type: 'dance' }, { type: 'dance', region: null }, { type: 'query' }, { tenant: 'a' }, { tenant: 'a' }, { tenant: 'a' });
    expect(core.waitingByReason(0).get('no_capacity')).toBeUndefined();
    starts();
    expect(Object.fromEntries(core.waitingByReason(0))).toEqual({ no_matching_pool: 2, no_capacity: 1, tenant_type_limit: 2 });
  });
});

describe('unroutable', () => {
  const refused = (task: Partial<TaskEntry>) => setup().core.unroutable(anEntry(task))?.code;

  it('names tasks that no pool could run even if it were empty', () => {
    expect(refused({ type: 'dance' })).toBe('no_matching_pool');
    expect(refused({ slots: 5 })).toBe('larger_than_any_pool');
    expect(refused({ slots: 3, resourceType: 'cpu' })).toBe('larger_than_any_pool');
    expect(refused({ maxCost: 0.49 })).toBe('price_cap');
    expect(refused({ region: 'mars', regionMode: 'require' })).toBe('no_matching_pool');
  });

  it('passes what could run once there is room, or once a pool is resumed', () => {
    const { core, occupy } = setup();
    occupy(gpu, 4);
    core.setPool({ ...cpu, state: 'paused' });
    expect(core.unroutable(anEntry({ maxCost: 0.5 }))).toBeUndefined();
    expect(core.unroutable(anEntry({ region: 'mars' }))).toBeUndefined();
    expect(core.unroutable(anEntry({ slots: 4 }))).toBeUndefined();
  });

  it('follows the pools, and the task that waited for one starts', () => {
    const { core, submit, starts, setPool } = setup();
    submit({ type: 'dance', region: 'eu-west', regionMode: 'require' });
    expect([starts(), core.unroutable(anEntry({ type: 'dance' }))?.code]).toEqual([[], 'no_matching_pool']);
    setPool(aPool({ id: 3, name: 'hall', region: 'eu-west', accepts: ['dance'] }));
    expect([core.unroutable(anEntry({ type: 'dance' })), starts()]).toEqual([undefined, [[1, 'hall']]]);
    core.finish(1, 0);
    core.removePool(3);
    expect(core.unroutable(anEntry({ type: 'dance' }))?.code).toBe('no_matching_pool');
  });

  it('prices that change are asked again', () => {
    const { core, submit, starts, setPool } = setup();
    submit({ maxCost: 0.3 });
    expect([starts(), core.holdOf(1, 0)?.code]).toEqual([[], 'price_cap']);
    setPool({ ...cpu, costPerUnit: 0.3 });
    expect(starts()).toEqual([[1, 'cpu']]);
  });
});
