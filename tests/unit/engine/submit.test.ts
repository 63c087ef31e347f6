import { describe, expect, it } from 'vitest';
import { TaskRouterError } from '../../../src/core/domain/errors.ts';
import { aPool, aType, caller, codeOf, setup } from '../../helpers/engine.ts';

describe('submit fills in what was left open', () => {
  it('from the type and the server', async () => {
    const { submit } = await setup({ types: [aType({ timeoutMs: 7_000, maxAttempts: 5, resourceType: 'cpu' })] });
    expect(await submit()).toMatchObject({
      ...{ tenant: 'default', priority: 5, cost: 1, region: 'us-east', regionMode: 'prefer', resourceType: 'cpu', slots: 1 },
      ...{ timeoutMs: 7_000, maxAttempts: 5, initiatedBy: 'node', payload: null, metadata: null },
    });
  });

  it('and keeps what was stated, null included', async () => {
    const { submit } = await setup({ types: [aType({ resourceType: 'gpu' })] });
    const stated = { priority: 9, cost: 0.5, region: null, resourceType: null, slots: 1, payload: [1], maxAttempts: 1 };
    expect(await submit(stated)).toMatchObject(stated);
  });

  it("and the tenant from the caller's key", async () => {
    const { engine, answered } = await setup();
    const acme = { name: 'key', tenant: 'acme' };
    expect(await answered(engine.submit({ type: 'job' }, acme))).toMatchObject({ task: { tenant: 'acme' } });
    expect(await answered(codeOf(engine.submit({ type: 'job', tenant: 'blue' }, acme)))).toBe('validation_failed');
  });
});

describe('submit refuses', () => {
  const refused = async (input: Record<string, unknown>, code: string, path?: string) => {
    const { engine, answered, clock, store } = await setup({ types: [aType(), aType({ name: 'strict', requires: ['priority'] })] });
    const now = clock.now();
    const filled = JSON.parse(JSON.stringify(input), (_key, value) =>
      typeof value === 'string' && value.startsWith('+') ? now + Number(value) : value,
    );
    const error: unknown = await answered(engine.submit({ type: 'job', ...filled }, caller).catch((thrown: unknown) => thrown));
    expect(error).toBeInstanceOf(TaskRouterError);
    expect(error).toMatchObject({ code, ...(path === undefined ? {} : { errors: [{ path }] }) });
    expect(store.snapshot().tasks).toEqual([]);
  };

  it('an unknown type, naming the known ones', () => refused({ type: 'nope' }, 'unknown_reference', '/body/type'));
  it('a field its type insists on', () => refused({ type: 'strict' }, 'validation_failed', '/body/priority'));
  it('an unknown region', () => refused({ region: 'mars' }, 'validation_failed', '/body/region'));
  it('a required region that is not named', () =>
    refused({ region: null, regionMode: 'require' }, 'validation_failed', '/body/region_mode'));
  it('a deadline in the past', () => refused({ deadline: '+0' }, 'validation_failed', '/body/deadline'));
  it('a deadline before its start', () => refused({ runAt: '+500', deadline: '+400' }, 'validation_failed', '/body/deadline'));
  it('what no pool could ever run', () => refused({ slots: 2 }, 'unroutable'));

  it('but keeps what no pool can run today when asked to, and says why it waits', async () => {
    const { engine, submit, answered } = await setup();
    const { id } = await submit({ slots: 2, acceptUnroutable: true });
    expect(await answered(engine.explain(id, caller))).toMatchObject({ holds: [{ code: 'larger_than_any_pool' }] });
  });

  it('more than it may keep, counting those on their way to the disk', async () => {
    const { engine, answered, store } = await setup({ pools: [aPool({ state: 'paused' })], options: { maxWaiting: 2 } });
    const all = Array.from({ length: 4 }, () => codeOf(engine.submit({ type: 'job' }, caller)));
    expect(await answered(Promise.all(all))).toEqual(['accepted', 'accepted', 'overloaded', 'overloaded']);
    expect(store.counts().byStatus.queued).toBe(2);
  });

  it('everything while it starts or drains', async () => {
    const { engine, answered } = await setup({ isStarted: false });
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('starting');
    await answered(engine.start());
    await answered(engine.drain(0));
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller)))).toBe('draining');
  });
});

describe('an idempotency key', () => {
  const key = (fingerprint = 'a') => ({ idempotency: { key: 'k', fingerprint } });

  it('answers the same task again, as it is now', async () => {
    const { engine, answered, hands, pass } = await setup();
    const first = await answered(engine.submit({ type: 'job' }, caller, key()));
    hands.end(1);
    await pass();
    const again = await answered(engine.submit({ type: 'job' }, caller, key()));
    expect([first.replayed, again.replayed, again.task.id, again.task.status]).toEqual([false, true, first.task.id, 'completed']);
  });

  it('makes one task of two requests at once', async () => {
    const { engine, answered, hands } = await setup();
    const both = await answered(
      Promise.all([engine.submit({ type: 'job' }, caller, key()), engine.submit({ type: 'job' }, caller, key())]),
    );
    expect(new Set(both.map(({ task }) => task.id)).size).toBe(1);
    expect(hands.started).toEqual(['1/1']);
  });

  it('with another body is refused', async () => {
    const { engine, answered } = await setup();
    await answered(engine.submit({ type: 'job' }, caller, key('a')));
    expect(await answered(codeOf(engine.submit({ type: 'job' }, caller, key('b'))))).toBe('idempotency_key_reused');
  });
});

describe('a batch', () => {
  it('refuses its bad items alone and answers in order', async () => {
    const { engine, answered, store } = await setup();
    const items = await answered(engine.submitBatch([{ type: 'job' }, { type: 'nope' }, { type: 'job' }], caller));
    expect(items.map((item) => ('error' in item ? item.error.message.slice(0, 12) : item.task.seq))).toEqual([1, 'Invalid task', 2]);
    expect(store.snapshot().tasks).toHaveLength(2);
  });

  it('that is atomic refuses all, with the paths of the bad ones', async () => {
    const { engine, answered, store } = await setup();
    const call = engine.submitBatch([{ type: 'job' }, { type: 'nope' }], caller, { atomic: true });
    const error: unknown = await answered(call.catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'validation_failed', errors: [{ path: '/body/1/type' }] });
    expect(store.snapshot().tasks).toEqual([]);
  });

  it('that is atomic refuses all for one reused key', async () => {
    const { engine, answered, store } = await setup();
    await answered(engine.submit({ type: 'job' }, caller, { idempotency: { key: 'k', fingerprint: 'a' } }));
    const items = [{ type: 'job' }, { type: 'job', idempotency: { key: 'k', fingerprint: 'b' } }];
    const error: unknown = await answered(engine.submitBatch(items, caller, { atomic: true }).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'validation_failed', errors: [{ path: '/body/1' }] });
    expect(store.snapshot().tasks).toHaveLength(1);
  });
});

describe('retry', () => {
  it('of a task that ended makes a new one like it', async () => {
    const { engine, answered, hands, pass, submit } = await setup();
    const { id } = await submit({ priority: 8, payload: { a: 1 } });
    hands.end(1);
    await pass();
    const { task, created } = await answered(engine.retry(id, caller));
    expect([created, task.seq, task.retryOf, task.priority, task.payload]).toEqual([true, 2, id, 8, { a: 1 }]);
  });

  it('of a task that waits or runs is refused, of an unknown one not found', async () => {
    const { engine, answered, submit } = await setup();
    const { id } = await submit();
    expect(await answered(codeOf(engine.retry(id, caller)))).toBe('wrong_status');
    expect(await answered(codeOf(engine.retry('no such task', caller)))).toBe('not_found');
  });
});

describe('a tenant', () => {
  it('neither sees nor changes the tasks of another', async () => {
    const { engine, answered } = await setup();
    const acme = { name: 'a', tenant: 'acme' };
    const blue = { name: 'b', tenant: 'blue' };
    const { task } = await answered(engine.submit({ type: 'job' }, acme));
    expect(await answered(engine.task(task.id, acme))).toBeDefined();
    expect(await answered(engine.task(task.id, blue))).toBeUndefined();
    expect(await answered(engine.taskLog(task.id, blue))).toBeUndefined();
    expect(await answered(engine.attempts(task.id, blue))).toBeUndefined();
    expect(await answered(engine.explain(task.id, blue))).toBeUndefined();
    expect(await answered(engine.waitFor(task.id, 0, blue))).toBeUndefined();
    expect(await answered(codeOf(engine.cancel(task.id, blue)))).toBe('not_found');
    expect(await answered(codeOf(engine.retry(task.id, blue)))).toBe('not_found');
    expect(await answered(engine.tasks({ filter: {}, limit: 10 }, blue))).toMatchObject({ tasks: [], total: 0 });
    expect(await answered(engine.log({ task: task.id, limit: 10 }, blue))).toMatchObject({ entries: [], total: 0 });
  });
});
