import { describe, expect, it, vi } from 'vitest';
import { unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import { createSchedulingCore } from '../../../src/core/scheduling/core.ts';
import { aPool, aType, caller, codeOf, setup } from '../../helpers/engine.ts';
import { anEntry, shortestFirst } from '../../helpers/scheduling.ts';

describe('a start after a crash', () => {
  it('counts what ran as lost, and tries it again at once; what is lost again backs off', async () => {
    const first = await setup();
    await first.submit();
    const second = await setup({ image: first.crash(), clock: first.clock });
    expect([second.row(1), second.hands.started]).toMatchObject([{ status: 'processing', attempt: 2, attemptsUsed: 2 }, ['1/2']]);
    expect(second.told(1)).toEqual(['created', 'scheduled', 'lost', 'queued', 'scheduled']);
    const { hands, pass, row, store } = await setup({ image: second.crash(), clock: first.clock });
    expect(row(1)).toMatchObject({ status: 'delayed', attempt: 2, attemptsUsed: 2, error: { code: 'lost' } });
    await pass(3_000);
    expect([row(1).status, hands.started]).toEqual(['processing', ['1/3']]);
    expect(store.snapshot().attempts.map(({ serverEpoch, outcome }) => [serverEpoch, outcome])).toEqual([
      [1, 'lost'],
      [2, 'lost'],
      [3, null],
    ]);
  });

  it('fails what ran in its last attempt', async () => {
    const first = await setup();
    await first.submit({ maxAttempts: 1 });
    const { row } = await setup({ image: first.crash(), clock: first.clock });
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'lost' } });
  });

  it('keeps a cancel that was acknowledged', async () => {
    const first = await setup();
    first.hands.isDeaf = true;
    const { id } = await first.submit();
    expect(await first.answered(first.engine.cancel(id, caller))).toBe('requested');
    const { row } = await setup({ image: first.crash(), clock: first.clock });
    expect(row(1).status).toBe('cancelled');
  });

  it('has the queue, delays, deadlines and keys as they were', async () => {
    const first = await setup();
    const now = first.clock.now();
    const key = { idempotency: { key: 'k', fingerprint: 'a' } };
    await first.submit();
    const kept = await first.answered(first.engine.submit({ type: 'job' }, caller, key));
    await first.submit({ runAt: now + 5_000 });
    await first.submit({ deadline: now + 4_000 });
    const { engine, answered, hands, pass, row } = await setup({ image: first.crash(), clock: first.clock });
    expect(hands.running).toEqual([2]); // the first was lost, and has just come back
    expect(engine.inspect().order).toEqual([1, 4]);
    expect(await answered(engine.submit({ type: 'job' }, caller, key))).toMatchObject({ replayed: true, task: { id: kept.task.id } });
    await pass(4_010);
    expect(row(4)).toMatchObject({ status: 'failed', error: { code: 'deadline_exceeded' } });
    hands.end(2);
    await pass();
    hands.end(1);
    await pass(1_000);
    expect([row(3).status, hands.started]).toEqual(['processing', ['2/1', '1/2', '3/1']]);
  });

  it('takes no cancel before it has counted what waits', async () => {
    const first = await setup({ pools: [aPool({ state: 'paused' })] });
    const { id, tenant } = await first.submit();
    await first.submit();
    const { engine, answered, pass, row } = await setup({ image: first.crash(), clock: first.clock, isStarted: false });
    const ready = engine.start();
    const early = codeOf(engine.cancel(id, caller));
    expect(await answered(early)).toBe('starting');
    await answered(ready);
    expect([row(1).status, engine.inspect().waiting.tenant.get(tenant)]).toEqual(['queued', 2]);
    expect(await answered(engine.cancel(id, caller))).toBe('cancelled');
    await pass();
    expect([row(1).status, engine.inspect().waiting.tenant.get(tenant)]).toEqual(['cancelled', 1]);
  });

  it('changes nothing that it is about to read: pools, types, tenants, what goes on in the background', async () => {
    const first = await setup();
    await first.answered(first.engine.putTenant({ ...unlimitedTenant, name: 'acme' }, caller));
    const { engine, answered, store } = await setup({ image: first.crash(), clock: first.clock, isStarted: false });
    const changes = {
      addPool: () => engine.addPool(aPool({ name: 'late' }), caller),
      changePool: () => engine.changePool('p', { capacity: 9 }, caller),
      removePool: () => engine.removePool('p', caller),
      putType: () => engine.putType(aType({ name: 'late' }), caller),
      removeType: () => engine.removeType('job', caller),
      putTenant: () => engine.putTenant({ ...unlimitedTenant, name: 'late' }, caller),
      changeTenant: () => engine.changeTenant('acme', { maxRunning: 1 }, caller),
      removeTenant: () => engine.removeTenant('acme', caller),
      stopSimulation: () => engine.stopSimulation('s'),
      cancelReplay: () => engine.cancelReplay('r'),
      stopBulk: () => engine.bulk.stop('o', caller),
    };
    const ready = engine.start();
    const early = Object.entries(changes).map(async ([name, change]) => [name, await codeOf(change())]);
    expect(await answered(Promise.all(early))).toEqual(Object.keys(changes).map((name) => [name, 'starting']));
    await answered(ready);
    const { pools, types, tenants } = store.snapshot();
    expect([pools, types, tenants].map((rows) => rows.map(({ name }) => name))).toEqual([['p'], ['job'], ['acme']]);
    expect(await answered(codeOf(changes.changePool()))).toBe('accepted');
  });

  it('is ready when it knows what goes on in the background, and can stop it', async () => {
    const { engine, answered, store } = await setup({ isStarted: false });
    const early: Promise<unknown>[] = [];
    for (const read of ['runningSimulations', 'runningOperations', 'log'] as const) {
      const really = store[read] as (...args: unknown[]) => never;
      vi.spyOn(store, read).mockImplementation((...args: unknown[]) => {
        early.push(codeOf(engine.stopSimulation('s')));
        return really(...args);
      });
    }
    await answered(engine.start());
    expect(new Set(await Promise.all(early))).toEqual(new Set(['starting']));
    expect(early.length).toBeGreaterThanOrEqual(3);
    expect(await answered(codeOf(engine.stopSimulation('s')))).toBe('accepted');
  });

  it('knows how long tasks ran before', async () => {
    const first = await setup({ pools: [aPool({ speed: 2 })], types: [aType({ name: 'slow' }), aType({ name: 'quick' })] });
    for (const [type, ms] of [
      ['slow', 9_000],
      ['quick', 20],
    ] as const) {
      const { seq } = await first.submit({ type });
      await first.pass(ms);
      first.hands.end(seq);
      await first.pass();
    }
    const core = createSchedulingCore();
    await setup({ image: first.crash(), clock: first.clock, core });
    core.setStrategy(shortestFirst, 2, 1, 0);
    for (const [i, type] of ['slow', 'new', 'quick'].entries()) core.submit(anEntry({ seq: 10 + i, type, estimateMs: 10_000 }));
    expect(core.order()).toEqual([12, 11, 10]); // 40 of work, 10,000 stated, 18,000 of work
  });

  it('that is cut short by another is made good by the third', async () => {
    const first = await setup({ pools: [aPool({ capacity: 3 })] });
    for (let i = 0; i < 3; i++) await first.submit();
    const second = await setup({ image: first.crash(), clock: first.clock, isStarted: false });
    second.disk.fault = { kind: 'crash', when: 'after' };
    void second.engine.start();
    await second.pass();
    const { hands, pass, store } = await setup({ image: second.crash(), clock: first.clock });
    await pass(3_000);
    expect([...hands.running].sort()).toEqual([1, 2, 3]);
    expect(store.snapshot().attempts.filter(({ outcome }) => outcome === 'lost')).toHaveLength(3);
  });

  it('whose catalogue was half loaded loads the rest', async () => {
    const first = await setup({ isStarted: false });
    let commits = 0;
    void first.engine.start();
    first.engine.events.onEntries(() => {
      if (++commits === 1) first.disk.fault = { kind: 'crash', when: 'before' };
    });
    await first.pass();
    const { engine, hands, submit } = await setup({ image: first.crash(), clock: first.clock });
    await submit();
    expect([engine.types().length, engine.pools().length, hands.started]).toEqual([1, 1, ['1/1']]);
  });
});
