import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/core/ports/store.ts';
import type { Bench } from './store.contract.ts';
import { aClaim, anEpoch, aPool, aSimulation, aType, noon, submitted } from './store-builders.ts';
import { allLog } from './store-checks.ts';

const newest = async (store: Store, limit = 1) => (await store.log({ limit })).entries;

export function catalogueContract({ open }: Bench): void {
  describe('pools', () => {
    it('are kept in the order they were added', async () => {
      const store = await open();
      const simulated = { latencyMs: [100, 2_000] as const, failureRatio: 0.05, seed: 3 };
      const b = await store.addPool(aPool({ name: 'b', executor: 'simulated', simulated }), noon, 'operator');
      const a = await store.addPool(aPool({ name: 'a' }), noon, 'operator');
      expect([b, a]).toEqual([
        { ...aPool({ name: 'b', executor: 'simulated', simulated }), id: 1, version: 1 },
        { ...aPool({ name: 'a' }), id: 2, version: 1 },
      ]);
      expect(await store.pools()).toEqual([b, a]);
      expect(await newest(store)).toMatchObject([
        { type: 'pool_added', at: noon, taskSeq: null, details: { worker_pool: 'a', by: 'operator', version: 1, capacity: 10 } },
      ]);
    });

    it('have names of their own', async () => {
      const store = await open();
      await store.addPool(aPool(), noon, 'operator');
      const head = store.logBounds().head;
      expect(await store.addPool(aPool({ capacity: 99 }), noon, 'operator')).toBeUndefined();
      expect(await store.pools()).toMatchObject([{ capacity: 10 }]);
      expect(store.logBounds().head).toBe(head);
    });

    it('change under a version, and only when it holds', async () => {
      const store = await open();
      await store.addPool(aPool(), noon, 'operator');
      const changed = await store.changePool('local', aPool({ capacity: 3, state: 'draining' }), noon + 1, 'bob', 1);
      expect(changed).toEqual({ ...aPool({ capacity: 3, state: 'draining' }), id: 1, version: 2 });
      expect(await store.changePool('local', aPool(), noon + 2, 'bob', 1)).toBeUndefined();
      expect(await store.changePool('nowhere', aPool(), noon + 2, 'bob')).toBeUndefined();
      expect(await store.changePool('local', aPool({ capacity: 4 }), noon + 3, 'bob')).toMatchObject({ capacity: 4, version: 3 });
      expect(await store.pools()).toMatchObject([{ capacity: 4, version: 3 }]);
      expect(await newest(store, 2)).toMatchObject([
        { type: 'pool_changed', details: { by: 'bob', capacity: 4, labels: { zone: 'a', gpu_memory_gb: 24 } } },
        { type: 'pool_changed', details: { by: 'bob', capacity: 3 } },
      ]);
    });

    it('can be renamed, but not to a name that is taken', async () => {
      const store = await open();
      await store.addPool(aPool({ name: 'a' }), noon, 'operator');
      await store.addPool(aPool({ name: 'b' }), noon, 'operator');
      expect(await store.changePool('a', aPool({ name: 'b' }), noon, 'bob')).toBeUndefined();
      expect(await store.changePool('a', aPool({ name: 'c' }), noon, 'bob')).toMatchObject({ id: 1, name: 'c' });
      expect((await store.pools()).map((pool) => pool.name)).toEqual(['c', 'b']);
    });

    it('are removed, and their number is not given again', async () => {
      const store = await open();
      await store.addPool(aPool(), noon, 'operator');
      expect(await store.removePool('local', noon, 'bob', 9)).toBe(false);
      expect(await store.removePool('nowhere', noon, 'bob')).toBe(false);
      expect(await store.removePool('local', noon, 'bob', 1)).toBe(true);
      expect(await newest(store)).toMatchObject([{ type: 'pool_removed', details: { worker_pool: 'local', by: 'bob' } }]);
      expect(await store.addPool(aPool(), noon, 'operator')).toMatchObject({ id: 2, version: 1 });
    });

    it('race for a name in one commit: the first wins', async () => {
      const store = await open();
      const [first, second] = await Promise.all([
        store.addPool(aPool({ capacity: 1 }), noon, 'a'),
        store.addPool(aPool({ capacity: 2 }), noon, 'b'),
      ]);
      expect([first?.capacity, second]).toEqual([1, undefined]);
    });
  });

  describe('types', () => {
    it('are added, replaced and removed under versions', async () => {
      const store = await open();
      expect(await store.putType(aType(), noon, 'operator', 1)).toBeUndefined();
      expect(await store.putType(aType(), noon, 'operator', 0)).toEqual({ ...aType(), version: 1 });
      expect(await store.putType(aType(), noon, 'operator', 0)).toBeUndefined();
      expect(await store.putType(aType({ maxAttempts: 9 }), noon, 'bob', 1)).toMatchObject({ maxAttempts: 9, version: 2 });
      await store.putType(aType({ name: 'add' }), noon, 'bob');
      expect(await store.types()).toEqual([
        { ...aType({ name: 'add' }), version: 1 },
        { ...aType({ maxAttempts: 9 }), version: 2 },
      ]);
      expect(await store.removeType('hash', noon, 'bob', 1)).toBe(false);
      expect(await store.removeType('hash', noon, 'bob', 2)).toBe(true);
      expect(await store.removeType('hash', noon, 'bob')).toBe(false);
      expect((await store.log({ system: true, limit: 4 })).entries.map((entry) => entry.type)).toEqual([
        'type_removed',
        'type_added',
        'type_changed',
        'type_added',
      ]);
    });
  });

  describe('strategy epochs', () => {
    it('open one after another, newest first', async () => {
      const store = await open();
      expect(await store.strategyEpochs(5)).toEqual([]);
      expect(await store.openEpoch(anEpoch())).toEqual({ ...anEpoch(), epoch: 1 });
      const why = { name: 'min_cost', params: {}, reason: 'the bill' };
      expect(await store.openEpoch(anEpoch(why), 1)).toMatchObject({ epoch: 2, ...why });
      expect(await store.openEpoch(anEpoch(), 1)).toBeUndefined();
      expect((await store.strategyEpochs(5)).map((epoch) => [epoch.name, epoch.reason])).toEqual([
        ['min_cost', 'the bill'],
        ['fifo', null],
      ]);
      expect(await store.strategyEpochs(1)).toHaveLength(1);
      expect(await newest(store)).toMatchObject([
        { type: 'algorithm_switched', details: { algorithm: 'min_cost', previous: 'fifo', epoch: 2, by: 'operator', reason: 'the bill' } },
      ]);
    });

    it('race for the next number: one wins', async () => {
      const store = await open();
      await store.openEpoch(anEpoch());
      const [first, second] = await Promise.all([store.openEpoch(anEpoch({ name: 'a' }), 1), store.openEpoch(anEpoch({ name: 'b' }), 1)]);
      expect([first?.name, second]).toEqual(['a', undefined]);
    });
  });

  it('logs a plan that comes into force, before the claims that follow it', async () => {
    const store = await open();
    const [a, b] = await submitted(store, {}, {});
    const tokens = [{ like: a!, pool: 'p', tasks: 2 }];
    await Promise.all([store.recordPlan({ epoch: 1, optimal: true, tokens }, noon), store.claimTasks([aClaim(a!), aClaim(b!)])]);
    const rows = (await allLog(store)).slice(-3);
    expect(rows.map((entry) => entry.type)).toEqual(['planned', 'scheduled', 'scheduled']);
    expect(rows[0]).toMatchObject({ taskSeq: null, at: noon, details: { epoch: 1, optimal: true, tokens: [[a, 'p', 2]] } });
  });

  it('logs once that many tasks waited longer than was promised', async () => {
    const store = await open();
    const details = { tasks: 100_000, past: 100_001, groups: [{ type: 'a', reason: 'no_capacity', tasks: 100_000, oldest: null }] };
    await store.noteWaits(details, noon);
    expect(await newest(store, 1)).toMatchObject([{ type: 'wait_bound_passed', taskSeq: null, at: noon, details }]);
  });

  it('logs what happened to a pool beside its row, and keeps the rule for it', async () => {
    const store = await open();
    const cooling = { failures: 5, forMs: 30_000 };
    await store.addPool(aPool({ cooling }), noon, 'operator');
    const details = { worker_pool: 'local', failures: 5, until: '2026-01-01T12:00:30.000Z' };
    await store.notePool('pool_cooled', details, noon);
    expect(await newest(store, 2)).toMatchObject([
      { type: 'pool_cooled', taskSeq: null, at: noon, details },
      { type: 'pool_added', details: { cooling: { failures: 5, for_ms: 30_000 } } },
    ]);
    expect(await store.pools()).toMatchObject([{ cooling }]);
  });

  describe('simulations', () => {
    it('are found by the key of who asked: the latest', async () => {
      const store = await open();
      const keyed = (id: string, tenant: string | null, startTime: number) => aSimulation({ id, startTime, input: { tenant, key: "k'1" } });
      for (const one of [keyed('a', null, noon), keyed('b', 'acme', noon + 1), keyed('c', null, noon + 2)]) await store.putSimulation(one);
      const idOf = async (tenant: string | null, key: string) => (await store.simulationOfKey(tenant, key))?.id;
      expect([await idOf(null, "k'1"), await idOf('acme', "k'1"), await idOf('x', "k'1"), await idOf(null, 'k')]).toEqual([
        ...['c', 'b', undefined, undefined],
      ]);
    });

    it('are logged when they start and end, not when they get on', async () => {
      const store = await open();
      const head = store.logBounds().head;
      await store.putSimulation(aSimulation());
      await store.putSimulation(aSimulation({ tasksCreated: 2 }));
      expect(await store.runningSimulations()).toEqual([aSimulation({ tasksCreated: 2 })]);
      expect(store.logBounds().head).toBe(head + 1);
      const done = aSimulation({ tasksCreated: 3, status: 'completed', endTime: noon + 9 });
      await store.putSimulation(done);
      expect(await store.simulation('sim-1')).toEqual(done);
      expect(await store.simulation('other')).toBeUndefined();
      expect(await store.runningSimulations()).toEqual([]);
      expect(await newest(store, 2)).toMatchObject([
        { type: 'simulation_ended', at: noon + 9, details: { simulation: 'sim-1', tasks_created: 3, status: 'completed' } },
        { type: 'simulation_started', at: noon, details: { simulation: 'sim-1', task_count: 3 } },
      ]);
    });
  });
}
