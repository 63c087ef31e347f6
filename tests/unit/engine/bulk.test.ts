import { describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../src/core/domain/operation.ts';
import { unlimitedTenant } from '../../../src/core/domain/tenant.ts';
import type { BulkRequest } from '../../../src/core/engine/engine.ts';
import { aPool, caller, codeOf, type SetupOptions, setup } from '../../helpers/engine.ts';

const everything: BulkRequest = { action: 'cancel', filter: { type: ['job'] } };

/** Tasks that all wait: their pool is paused. */
async function waiting(tasks: number, options: SetupOptions = {}) {
  const made = await setup({ pools: [aPool({ state: 'paused' })], ...options });
  const { engine, answered, store } = made;
  await answered(
    engine.submitBatch(
      Array.from({ length: tasks }, () => ({ type: 'job', maxAttempts: 1 })),
      caller,
    ),
  );
  const counts = () => store.counts().byStatus;
  const begin = async (request: BulkRequest, who = caller) => {
    const { operation } = await answered(engine.bulk.start(request, who));
    if (operation === undefined) throw new Error('no task matches');
    return operation;
  };
  const now = async ({ id }: Operation, who = caller) => answered(engine.bulk.get(id, who));
  return { ...made, counts, begin, now };
}

describe('an operation on many tasks', () => {
  it('is stored, done in slices, and says how far it got', async () => {
    const { begin, now, pass, counts, engine, told } = await waiting(450);
    const operation = await begin(everything);
    await pass();
    expect(await now(operation)).toMatchObject({ status: 'completed', matched: 450, done: 450, skipped: 0, refused: 0 });
    expect([counts().cancelled, counts().queued, engine.inspect().order]).toEqual([450, 0, []]);
    expect(told().filter((type) => type.startsWith('operation'))).toEqual(['operation_started', 'operation_ended']);
  });

  it('is about the tasks there were: what it makes and what comes later is left alone', async () => {
    const { begin, pass, counts, submit, now } = await waiting(3);
    await begin(everything);
    await pass();
    const operation = await begin({ action: 'retry', filter: { status: ['cancelled'] } });
    await submit();
    await pass();
    expect([await now(operation), counts()]).toMatchObject([
      { done: 3, status: 'completed' },
      { cancelled: 3, queued: 4 },
    ]);
  });

  it('touches what is running too, and only what matches', async () => {
    const { engine, answered, submit, pass, row, hands } = await setup({ pools: [aPool({ capacity: 2 })] });
    await submit({ priority: 9 });
    await submit({ priority: 1 });
    await submit({ priority: 1 });
    await answered(engine.bulk.start({ action: 'cancel', filter: { priorityLte: 5 } }, caller));
    await pass();
    expect([1, 2, 3].map((seq) => row(seq).status)).toEqual(['processing', 'cancelled', 'cancelled']);
    expect(hands.running).toEqual([1]);
  });

  it('of a tenant touches only its own, and is its own', async () => {
    const { engine, answered, submit, pass, row, begin, now } = await waiting(0);
    await submit({ tenant: 'acme' });
    await submit({ tenant: 'other' });
    const acme = { name: 'acme key', tenant: 'acme' };
    const operation = await begin({ action: 'cancel', filter: { tenant: 'other' } }, acme);
    await pass();
    expect([row(1).status, row(2).status]).toEqual(['cancelled', 'queued']);
    expect(await now(operation, acme)).toMatchObject({ done: 1, filter: { tenant: 'acme' } });
    expect(await now(operation, { name: 'x', tenant: 'other' })).toBeUndefined();
    expect(await answered(engine.bulk.stop(operation.id, { name: 'x', tenant: 'other' }))).toBeUndefined();
  });

  it('counts without doing anything', async () => {
    const { engine, answered, counts } = await waiting(7);
    expect(await answered(engine.bulk.count(everything, caller))).toEqual({ matched: 7, matchedIsCapped: false });
    expect(counts().queued).toBe(7);
    const wrong = engine.bulk.count({ action: 'cancel', filter: { status: ['completed'] } }, caller);
    expect(await answered(codeOf(wrong))).toBe('validation_failed');
  });

  it('is begun once for a key, and not for another body', async () => {
    const { engine, answered } = await waiting(1);
    const start = (fingerprint: string) => engine.bulk.start(everything, caller, { key: 'k', fingerprint });
    const [first, second] = await answered(Promise.all([start('a'), start('a')]));
    expect([first?.replayed, second?.replayed, second?.operation?.id]).toEqual([false, true, first?.operation?.id]);
    expect(first?.operation).toBeDefined();
    expect(await answered(codeOf(start('b')))).toBe('idempotency_key_reused');
  });

  it('is stopped between two slices, and what it did stays', async () => {
    const { engine, answered, counts, disk, pass, store, told } = await waiting(450);
    disk.delayMs = 100;
    const started = engine.bulk.start(everything, caller);
    await pass(250);
    const operation = (await started).operation as Operation; // tasks match
    const stopped = await answered(engine.bulk.stop(operation.id, caller), 1_000);
    expect(stopped).toMatchObject({ status: 'stopped', done: 200 });
    disk.delayMs = undefined;
    await pass(10_000);
    expect([counts().cancelled, counts().queued, await answered(store.runningOperations())]).toEqual([200, 250, []]);
    expect(told().at(-1)).toBe('operation_ended');
    expect(await answered(engine.bulk.stop('unknown', caller))).toBeUndefined();
  });

  it('goes on after a crash, wherever that was, and does nothing twice', async () => {
    for (let turnsBefore = 1; turnsBefore <= 6; turnsBefore++) {
      const first = await waiting(450);
      await first.begin(everything);
      await first.pass();
      first.disk.delayMs = 10;
      void first.engine.bulk.start({ action: 'retry', filter: { status: ['cancelled'] } }, caller).catch(() => {});
      await first.pass(10 * turnsBefore);
      const second = await setup({ image: first.crash(), clock: first.clock, pools: [aPool({ state: 'paused' })] });
      await second.pass(1_000);
      const retried = second.store.snapshot().tasks.filter(({ retryOf }) => retryOf !== null);
      expect(new Set(retried.map(({ retryOf }) => retryOf)).size).toBe(retried.length);
      const [operation] = second.store.snapshot().operations.filter(({ action }) => action === 'retry');
      expect([turnsBefore, retried.length, operation?.status]).toEqual([
        turnsBefore,
        operation === undefined ? 0 : 450,
        operation === undefined ? undefined : 'completed',
      ]);
    }
  });

  it('waits for room where there is none, and says why what it could not do was refused', async () => {
    const { engine, answered, begin, counts, pass, now } = await waiting(5, { options: { maxWaiting: 5 } });
    await begin(everything);
    await pass();
    await answered(
      engine.submitBatch(
        Array.from({ length: 3 }, () => ({ type: 'job' })),
        caller,
      ),
    );
    const operation = await begin({ action: 'retry', filter: { status: ['cancelled'], type: ['job'] } });
    await pass(3_000);
    expect([counts().queued, (await now(operation))?.status]).toEqual([5, 'running']);
    const stopped = await answered(engine.bulk.stop(operation.id, caller));
    expect(stopped).toMatchObject({ status: 'stopped', done: 2 });
    await pass(10_000);
    expect(counts().queued).toBe(5);
  });

  it('does not wait for ever for the full queue of one tenant: what a quota refuses is counted, and the others get their turn', async () => {
    const { engine, answered, begin, pass, now, store, submit } = await waiting(0);
    for (const tenant of ['other', 'acme', 'acme']) await submit({ tenant });
    await begin({ action: 'cancel', filter: {} });
    await pass();
    await answered(engine.putTenant({ ...unlimitedTenant, name: 'acme', maxWaiting: 1 }, caller));
    const writes = vi.spyOn(store, 'putOperation');
    const operation = await begin({ action: 'retry', filter: { status: ['cancelled'] } });
    await pass(5_000);
    expect(await now(operation)).toMatchObject({ status: 'running', done: 2, refused: 0 });
    await pass(10_000);
    expect(await now(operation)).toMatchObject({ status: 'completed', done: 2, refused: 1, reason: expect.stringContaining('acme') });
    expect(writes.mock.calls.map(([{ done, refused, status }]) => [done, refused, status])).toEqual([
      [0, 0, 'running'],
      [2, 0, 'running'],
      [2, 1, 'running'],
      [2, 1, 'completed'],
    ]);
  });

  it('goes on where a search was cut short, however often that is, and stores how far it looked', async () => {
    const { begin, pass, now, store } = await waiting(60);
    const tasks = store.tasks;
    // Looks at one number a time, as a search does that has no time for more.
    vi.spyOn(store, 'tasks').mockImplementation(async (query) => {
      if (query.before === undefined) return tasks(query);
      const lookedDownTo = query.before - 1;
      const isMatch = lookedDownTo === 2;
      return {
        ...(await tasks(query)),
        tasks: isMatch ? (await tasks(query)).tasks.slice(0, 1) : [],
        hasOlder: lookedDownTo > 1,
        lookedDownTo,
      };
    });
    const operation = await begin(everything);
    await pass();
    expect(await now(operation)).toMatchObject({ status: 'completed', done: 1, before: 2 });
  });

  it('that meets an error of the server has failed, and says so', async () => {
    const { begin, pass, now, store, answered } = await waiting(3);
    const tasks = store.tasks;
    vi.spyOn(store, 'tasks').mockImplementation((query) =>
      query.before === undefined ? tasks(query) : Promise.reject(new Error('the index is odd')),
    );
    const operation = await begin(everything);
    await pass();
    expect(await now(operation)).toMatchObject({ status: 'failed', reason: expect.stringContaining('error'), endTime: expect.any(Number) });
    expect(await answered(store.runningOperations())).toEqual([]);
  });

  it.each(['drain', 'stop'] as const)('keeps no %s waiting when the disk fills just then, and goes on later', async (how) => {
    const { engine, disk, pass, answered, crash, clock } = await waiting(450);
    disk.delayMs = 100;
    const started = engine.bulk.start(everything, caller);
    await pass(250); // the first slice is cancelled, and how far it got is being stored
    const operation = (await started).operation as Operation; // tasks match
    const ended: Promise<unknown> = how === 'drain' ? engine.drain(0) : engine.bulk.stop(operation.id, caller);
    disk.fault = { kind: 'full' };
    await answered(ended, 1_000);
    const second = await setup({ image: crash(), clock, pools: [aPool({ state: 'paused' })] });
    await second.pass(1_000);
    expect(second.store.counts().byStatus).toMatchObject({ cancelled: 450, queued: 0 });
  });

  it('waits for a place when four of the tenant or sixteen in all run, also when all are asked for at once', async () => {
    const { engine, answered, pass, disk } = await waiting(1);
    disk.delayMs = 10;
    const start = (tenant: string | undefined) => codeOf(engine.bulk.start(everything, { name: 'x', tenant }));
    const asked = ['a', 'b', 'c', undefined].flatMap((tenant) => Array.from({ length: 5 }, () => start(tenant)));
    const codes = await answered(Promise.all([...asked, start('d')]), 20);
    const four = ['accepted', 'accepted', 'accepted', 'accepted', 'quota_exceeded'];
    expect(codes).toEqual([...four, ...four, ...four, ...four, 'quota_exceeded']);
    await pass(10_000);
    expect(await answered(Promise.all([start('d'), start('a')]), 20)).toEqual(['accepted', 'accepted']);
  });

  it('is forgotten some time after its end, and not before its key may be used again', async () => {
    const { begin, pass, now } = await waiting(1);
    const operation = await begin(everything);
    await pass(23 * 3_600_000);
    expect(await now(operation)).toMatchObject({ status: 'completed' });
    await pass(2 * 3_600_000);
    expect(await now(operation)).toBeUndefined();
  });
});
