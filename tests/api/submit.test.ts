import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const original = {
  type: 'order',
  priority: 5,
  cost: 1.0,
  region: 'us-east',
  metadata: { submitted_from: 'dashboard', timestamp: '2026-01-01T00:00:00.000Z' },
};

describe('POST /api/v1/tasks', () => {
  it('accepts a task as the original dashboard sends it, its twelve fields first and in order', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: original });
    expect(answer.statusCode).toBe(201);
    const task = answer.json();
    expect(Object.keys(task).slice(0, 12)).toEqual([
      ...['id', 'type', 'priority', 'cost', 'region', 'status', 'enqueued_at', 'started_at', 'completed_at', 'worker_id'],
      ...['algorithm_used', 'task_metadata'],
    ]);
    expect(task).toMatchObject({ ...original, task_metadata: original.metadata, status: 'queued', started_at: null, worker_id: null });
    expect(task.enqueued_at).toBe('2026-01-01T00:00:00.000Z');
    expect(answer.headers['location']).toBe(`${tasks}/${task.id}`);
    expect((await call('GET', `${tasks}/${task.id}`)).json()).toMatchObject({ id: task.id, ...original });
  });

  it('needs nothing but a type where the type needs nothing', async () => {
    const { submit } = await setup();
    expect(await submit({ type: 'echo', payload: 'hello' })).toMatchObject({
      ...{ priority: 5, cost: 1, region: 'us-east', region_mode: 'prefer', slots: 1, max_attempts: 3, tenant: 'default', payload: 'hello' },
      ...{ metadata: null, deadline: null, attempt: 0, actual_cost: null, retry_of: null },
    });
  });

  it('keeps every field that a client may set', async () => {
    const { submit } = await setup();
    const full = {
      ...{
        type: 'echo',
        tenant: 'acme/eu',
        priority: 9,
        cost: 2.5,
        region: 'eu-west',
        region_mode: 'prefer',
        resource_type: 'cpu',
        slots: 1,
      },
      ...{ estimate_ms: 1_000, deadline: '2027-01-01T00:00:00.000Z', max_cost: 100, run_at: '2026-06-01T00:00:00.000Z', timeout_ms: 5_000 },
      ...{ max_attempts: 2, metadata: { a: [1, { b: null }] }, payload: { any: ['json', 1, true, null] } },
    };
    expect(await submit(full)).toMatchObject({ ...full, status: 'delayed', due_at: full.run_at });
  });

  it('reads times of any zone and writes them in UTC', async () => {
    const { submit } = await setup();
    expect(await submit({ type: 'echo', run_at: '2026-06-01T02:00:00+02:00' })).toMatchObject({ run_at: '2026-06-01T00:00:00.000Z' });
  });

  it('takes priority and cost as text too, as the original did', async () => {
    const { submit } = await setup();
    expect(await submit({ ...original, priority: '7', cost: '1.5' })).toMatchObject({ priority: 7, cost: 1.5 });
  });

  it('rounds money to millionths', async () => {
    const { submit } = await setup();
    expect(await submit({ type: 'echo', cost: 0.1234567 })).toMatchObject({ cost: 0.123457 });
  });

  it('returns metadata and payload as they came, whatever is in them', async () => {
    const { submit } = await setup();
    const json = { '': '', ' ': 'é\u0000\u2028', nested: { constructor: 'a word', toString: 1 }, list: [[], {}, null, -0.5, 1e21] };
    expect(await submit({ type: 'echo', metadata: json, payload: json })).toMatchObject({ metadata: json, payload: json });
  });

  it('runs it and shows what became of it', async () => {
    const { call, submit } = await setup();
    const { id } = await submit({ type: 'echo', payload: { n: 1 }, cost: 3 });
    await turns();
    expect((await call('GET', `${tasks}/${id}`)).json()).toMatchObject({
      ...{ status: 'completed', result: { n: 1 }, worker_id: 'hand', pool: 'hand', algorithm_used: 'fifo', attempt: 1 },
      ...{ actual_cost: 3, handled_by: 'test-node', initiated_by: 'test-node', error: null },
    });
  });

  it('names the known types to a client that asks for another', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'nope' } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'unknown_reference', type: '/problems/unknown-reference', instance: tasks });
    expect(answer.json().detail).toMatch(/^Invalid task type.*order.*echo/);
    expect(answer.json().errors).toMatchObject([{ path: '/body/type' }]);
  });

  it('names the field that a type insists on', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'order', priority: 5 } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { path: string }) => error.path)).toEqual(['/body/cost', '/body/region']);
  });

  it('refuses what no pool could ever run, unless told to wait', async () => {
    const { call } = await setup();
    const task = { type: 'echo', slots: 500 };
    expect((await call('POST', tasks, { json: task })).json()).toMatchObject({ status: 422, code: 'unroutable' });
    expect((await call('POST', tasks, { json: { ...task, accept_unroutable: true } })).statusCode).toBe(201);
  });

  it('says when the server is full', async () => {
    const { call, submit } = await setup({ engine: { maxWaiting: 1 } });
    await submit({ type: 'hold' });
    await turns();
    await submit({ type: 'hold' });
    const answer = await call('POST', tasks, { json: { type: 'hold' } });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'overloaded', type: expect.stringContaining('#temporary-reduced-capacity') });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(5);
  });
});

describe('Idempotency-Key', () => {
  it('makes one task of a request that is sent twice', async () => {
    const { call } = await setup();
    const send = (key: string, json: unknown) => call('POST', tasks, { json, headers: { 'idempotency-key': key } });
    const first = await send('abc', { type: 'echo', payload: { a: 1, b: 2 } });
    const again = await send('"abc"', { payload: { b: 2, a: 1 }, type: 'echo' });
    expect(again.statusCode).toBe(201);
    expect(again.json().id).toBe(first.json().id);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect((await call('GET', tasks)).json().total).toBe(1);
  });

  it('refuses the same key for another body', async () => {
    const { call } = await setup();
    const headers = { 'idempotency-key': 'abc' };
    await call('POST', tasks, { json: { type: 'echo', payload: 1 }, headers });
    const other = await call('POST', tasks, { json: { type: 'echo', payload: 2 }, headers });
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });

  it('belongs to a tenant', async () => {
    const { call } = await setup();
    const headers = { 'idempotency-key': 'abc' };
    const [one, other] = await Promise.all(['a', 'b'].map((tenant) => call('POST', tasks, { json: { type: 'echo', tenant }, headers })));
    expect(one?.json().id).not.toBe(other?.json().id);
  });

  it('can be a field, which must agree with the header', async () => {
    const { call, submit } = await setup();
    const first = await submit({ type: 'echo', idempotency_key: 'k' });
    expect(await submit({ type: 'echo', idempotency_key: 'k' })).toMatchObject({ id: first.id });
    const answer = await call('POST', tasks, { json: { type: 'echo', idempotency_key: 'k' }, headers: { 'idempotency-key': 'other' } });
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ path: '/body/idempotency_key' }] });
  });

  it.each(['', 'a b', 'x'.repeat(256), 'é'])('refuses %j as a key', async (key) => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'echo' }, headers: { 'idempotency-key': key } });
    expect(answer.json()).toMatchObject({ status: 400, code: 'bad_header', errors: [{ path: '/headers/idempotency-key' }] });
  });
});

describe('Prefer', () => {
  it('leaves the body out', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'echo' }, headers: { prefer: 'return=minimal' } });
    expect(answer).toMatchObject({ statusCode: 201, body: '' });
    expect(answer.headers).toMatchObject({ 'preference-applied': 'return=minimal', location: expect.stringContaining(tasks) });
  });

  it('answers a submit when the task has ended', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'echo', payload: 7 }, headers: { prefer: 'wait=5' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ status: 'completed', result: 7 });
    expect(answer.headers['preference-applied']).toBe('wait=5');
  });

  it('answers after the time when the task has not ended', async () => {
    const { call, advance, executor } = await setup();
    const answer = call('POST', tasks, { json: { type: 'hold' }, headers: { prefer: 'respond-async, wait=2' } });
    while (executor.held === 0) await turns(1);
    await advance(2_000);
    expect((await answer).json()).toMatchObject({ status: 'processing' });
  });

  it('waits at most 60 s', async () => {
    const { call, advance, executor, submit } = await setup();
    const { id } = await submit({ type: 'hold' });
    while (executor.held === 0) await turns(1);
    const answer = call('GET', `${tasks}/${id}`, { headers: { prefer: 'wait=86400' } });
    await turns();
    await advance(60_000);
    expect((await answer).headers['preference-applied']).toBe('wait=60');
  });

  it('ends a wait as soon as the task ends', async () => {
    const { call, executor, submit } = await setup();
    const { id } = await submit({ type: 'hold' });
    while (executor.held === 0) await turns(1);
    const answer = call('GET', `${tasks}/${id}`, { headers: { prefer: 'wait=30' } });
    await turns();
    executor.finish(id, { kind: 'succeeded', result: 'done' });
    expect((await answer).json()).toMatchObject({ status: 'completed', result: 'done' });
  });

  it('ignores what it does not understand', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'hold' }, headers: { prefer: 'wait=soon, handling=lenient' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['preference-applied']).toBeUndefined();
  });
});
