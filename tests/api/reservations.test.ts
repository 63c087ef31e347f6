import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const setting = '/api/v1/config/algorithm';
const patch = { 'content-type': 'application/merge-patch+json' };

/** Four tasks run on the pool of four slots, and one that wants all of them waits. */
async function busy(params: Record<string, unknown>) {
  const all = await setup();
  const { call, submit } = all;
  await call('PATCH', '/api/v1/pools/hand', { json: { capacity: 4 }, headers: patch });
  expect((await call('PUT', setting, { json: { algorithm: 'fifo', params } })).json()).toMatchObject({ params });
  const running = [];
  for (let i = 0; i < 4; i++) running.push(await submit({ type: 'hold', estimate_ms: 10_000 }));
  await turns();
  const large = await submit({ type: 'hold', slots: 4, estimate_ms: 10_000 });
  await turns();
  const explain = async (id: string) => (await call('GET', `/api/v1/tasks/${id}/explain`)).json();
  return { ...all, running, large, explain };
}

describe('a task that others pass for too long', () => {
  it('has a pool kept for it, and who waits because of that is told for whom and until when', async () => {
    const { advance, call, executor, explain, large, running, submit } = await busy({ patience_least_ms: 1_000, patience_most_ms: 2_000 });
    await advance(2_000);
    const small = await submit({ type: 'hold', estimate_ms: 60_000 }); // before anything is known of such runs but what they state
    executor.finish(running[0]?.id ?? '', { kind: 'succeeded', result: null });
    await turns();
    const kept = { pool: 'hand', task_id: large.id, task_seq: large.seq, starts_by: expect.stringMatching(/Z$/) };
    expect(await explain(small.id)).toMatchObject({
      holds: [{ code: 'reserved_for_older', who: 'capacity', task_seq: large.seq }],
      kept,
    });
    expect(await explain(large.id)).toMatchObject({ holds: [{ code: 'no_capacity', task_seq: null }], kept });
    expect((await call('GET', '/api/v1/explain/waiting')).json().reasons).toMatchObject([
      { code: 'no_capacity', tasks: 1 },
      { code: 'reserved_for_older', tasks: 1 },
    ]);
    for (const { id } of running.slice(1)) executor.finish(id, { kind: 'succeeded', result: null });
    await turns();
    expect((await call('GET', `/api/v1/tasks/${large.id}`)).json()).toMatchObject({ status: 'processing', pool: 'hand' });
    expect(await explain(small.id)).toMatchObject({ holds: [{ code: 'no_capacity' }], kept: null });
  });

  it('is cancelled: what was kept for it is free at once', async () => {
    const { advance, call, executor, large, running, submit } = await busy({ patience_least_ms: 1_000, patience_most_ms: 2_000 });
    await advance(2_000);
    const small = await submit({ type: 'hold', estimate_ms: 60_000 }); // before anything is known of such runs but what they state
    executor.finish(running[0]?.id ?? '', { kind: 'succeeded', result: null });
    await turns();
    expect((await call('GET', `/api/v1/tasks/${small.id}`)).json().status).toBe('queued');
    expect((await call('DELETE', `/api/v1/tasks/${large.id}`)).statusCode).toBe(204);
    await turns();
    expect((await call('GET', `/api/v1/tasks/${small.id}`)).json().status).toBe('processing');
  });

  it('is passed on as long as nothing is to be kept', async () => {
    const { advance, executor, running, submit, call } = await busy({ reserve: false, patience_least_ms: 0, patience_most_ms: 1_000 });
    await advance(10_000);
    const small = await submit({ type: 'hold', estimate_ms: 60_000 }); // before anything is known of such runs but what they state
    executor.finish(running[0]?.id ?? '', { kind: 'succeeded', result: null });
    await turns();
    expect((await call('GET', `/api/v1/tasks/${small.id}`)).json().status).toBe('processing');
  });
});

describe('strict: global', () => {
  it('lets nothing overtake the first in order, and says which that is', async () => {
    const { executor, explain, large, running, submit } = await busy({ strict: 'global', reserve: false });
    executor.finish(running[0]?.id ?? '', { kind: 'succeeded', result: null });
    const small = await submit({ type: 'hold' });
    await turns();
    expect((await explain(small.id)).holds).toMatchObject([{ code: 'strict_order', task_seq: large.seq }]);
  });

  it('is stored with the epoch', async () => {
    const { call } = await busy({ strict: 'global' });
    const params = { strict: 'global', reserve: true, patience_factor: 5, patience_least_ms: 30_000, patience_most_ms: 600_000 };
    expect((await call('GET', setting)).json()).toMatchObject({ epoch: 2, params });
    const { epochs } = (await call('GET', '/api/v1/algorithms/history')).json();
    expect(epochs[0]).toMatchObject({ epoch: 2, params });
  });

  it.each([
    [{ strict: 'very' }, '/body/params/strict'],
    [{ patience_least_ms: -1 }, '/body/params/patience_least_ms'],
    [{ patience_least_ms: 2, patience_most_ms: 1 }, '/body/params'],
  ])('refuses %j', async (params, path) => {
    const { call } = await setup();
    const answer = await call('PUT', setting, { json: { algorithm: 'fifo', params } });
    expect([answer.statusCode, answer.json()]).toMatchObject([422, { code: 'validation_failed', errors: [{ path }] }]);
  });
});
