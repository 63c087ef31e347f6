import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const unknown = '0190aaaa-0000-7000-8000-000000000000';

async function withTasks(count: number, body: Record<string, unknown> = { type: 'hold' }) {
  const server = await setup();
  for (let i = 0; i < count; i++) await server.submit(body);
  await turns();
  return server;
}

describe('GET /api/v1/tasks', () => {
  it('shows the first ten, newest first, with what the original said and what we add', async () => {
    const { call } = await withTasks(12);
    const list = (await call('GET', tasks)).json();
    expect(list).toMatchObject({ total: 12, page: 1, page_size: 10, total_is_capped: false, prev_cursor: null });
    expect(list.tasks.map((task: { seq: number }) => task.seq)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(list.tasks[0]).toMatchObject({ status: 'queued', reason: { code: expect.any(String), who: expect.any(String) } });
    expect(list.tasks[0]).not.toHaveProperty('payload');
    expect((await call('GET', `${tasks}?page=2`)).json().tasks).toHaveLength(2);
    expect((await call('GET', `${tasks}?page=1000`)).json()).toMatchObject({ tasks: [], total: 12, page: 1000 });
  });

  it('pages by cursor in both directions without gap or repetition', async () => {
    const { call } = await withTasks(7);
    const first = (await call('GET', `${tasks}?limit=3`)).json();
    const second = (await call('GET', `${tasks}?limit=3&cursor=${first.next_cursor}`)).json();
    const third = (await call('GET', `${tasks}?limit=3&cursor=${second.next_cursor}`)).json();
    const seqs = [first, second, third].map((page) => page.tasks.map((task: { seq: number }) => task.seq));
    expect(seqs).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    expect(third.next_cursor).toBeNull();
    const back = (await call('GET', `${tasks}?limit=3&cursor=${third.prev_cursor}`)).json();
    expect(back.tasks.map((task: { seq: number }) => task.seq)).toEqual([4, 3, 2]);
  });

  it('follows its own Link headers to the end', async () => {
    const { call } = await withTasks(5);
    const seen: number[] = [];
    let url: string | undefined = `${tasks}?page_size=2&status=queued,processing`;
    while (url !== undefined) {
      const answer = await call('GET', url);
      seen.push(...answer.json().tasks.map((task: { seq: number }) => task.seq));
      url = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link']))?.[1];
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('filters by everything it offers', async () => {
    const { call, submit } = await setup();
    const a = await submit({ type: 'hold', priority: 2, region: 'eu-west', tenant: 'acme' });
    const b = await submit({ type: 'order', priority: 9, cost: 1, region: 'us-east', run_at: '2026-06-01T00:00:00Z' });
    await turns();
    const seqs = async (query: string) => (await call('GET', `${tasks}?${query}`)).json().tasks.map((task: { seq: number }) => task.seq);
    expect(await seqs('status=PROCESSING')).toEqual([a.seq]);
    expect(await seqs('status=processing,Delayed')).toEqual([b.seq, a.seq]);
    expect(await seqs('status=processing&status=delayed')).toEqual([b.seq, a.seq]);
    expect(await seqs('type=hold')).toEqual([a.seq]);
    expect(await seqs('region=eu-west')).toEqual([a.seq]);
    expect(await seqs('pool=hand')).toEqual([a.seq]);
    expect(await seqs('tenant=acme')).toEqual([a.seq]);
    expect(await seqs(`seq=${b.seq}`)).toEqual([b.seq]);
    expect(await seqs('priority_gte=3')).toEqual([b.seq]);
    expect(await seqs('priority_lte=3')).toEqual([a.seq]);
    expect(await seqs('created_after=2026-01-02T00:00:00Z')).toEqual([]);
    expect(await seqs('created_before=2026-01-02T00:00:00Z')).toEqual([b.seq, a.seq]);
    expect(await seqs('status=queued&type=simulation&region=eu-west')).toEqual([]);
  });

  it.each([
    ['status=nope', 'Invalid status'],
    ['type=nope', 'Invalid task type'],
    ['region=nope', 'Invalid region'],
    ['status=queued,nope', 'Invalid status'],
  ])('answers 400 to %s, as the original', async (query, text) => {
    const { call } = await setup();
    const answer = await call('GET', `${tasks}?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_filter', errors: [{ path: `/query/${query.split('=')[0]}` }] });
    expect(answer.json().detail.startsWith(text)).toBe(true);
  });

  it('refuses a cursor of another list, and what is no cursor', async () => {
    const { call } = await withTasks(3);
    const { next_cursor: cursor } = (await call('GET', `${tasks}?limit=1`)).json();
    const other = await call('GET', `${tasks}?limit=1&status=queued&cursor=${cursor}`);
    expect(other.json()).toMatchObject({ status: 400, code: 'invalid_cursor' });
    for (const wrong of ['x', 'W10', Buffer.from('[1,"o","x",-1]').toString('base64url')]) {
      const answer = await call('GET', `${tasks}?cursor=${wrong}`);
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_cursor', errors: [{ path: '/query/cursor' }] });
    }
  });
});

describe('GET /api/v1/tasks/{id}', () => {
  it.each([unknown, 'nope', 'x'.repeat(400), "1'--", '%00'])('does not find %s', async (id) => {
    const { call } = await setup();
    const answer = await call('GET', `${tasks}/${id}`);
    expect(answer.json()).toMatchObject({ status: 404, code: 'not_found', detail: 'Task not found' });
  });

  it('finds an id whatever its case', async () => {
    const { call, submit } = await setup();
    const { id } = await submit();
    expect((await call('GET', `${tasks}/${id.toUpperCase()}`)).json().id).toBe(id);
  });

  it('answers 304 until something changes', async () => {
    const { call, submit, executor } = await setup();
    const { id } = await submit({ type: 'hold' });
    while (executor.held === 0) await turns(1);
    const { etag } = (await call('GET', `${tasks}/${id}`)).headers;
    const same = await call('GET', `${tasks}/${id}`, { headers: { 'if-none-match': `"0", W/${etag}` } });
    expect(same).toMatchObject({ statusCode: 304, body: '' });
    expect(same.headers['etag']).toBe(etag);
    executor.finish(id, { kind: 'succeeded', result: 1 });
    await turns();
    expect((await call('GET', `${tasks}/${id}`, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(200);
  });
});

describe('DELETE /api/v1/tasks/{id}', () => {
  it('cancels a waiting task for good: 204', async () => {
    const { call, submit } = await withTasks(1);
    const { id } = await submit({ type: 'hold' });
    expect(await call('DELETE', `${tasks}/${id}`)).toMatchObject({ statusCode: 204, body: '' });
    expect((await call('GET', `${tasks}/${id}`)).json().status).toBe('cancelled');
  });

  it('stops a running task: 202, then cancelled', async () => {
    const { call } = await withTasks(1);
    const [task] = (await call('GET', tasks)).json().tasks;
    const answer = await call('DELETE', `${tasks}/${task.id}`);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ id: task.id, cancel_requested_at: expect.any(String) });
    await turns();
    expect((await call('GET', `${tasks}/${task.id}`)).json().status).toBe('cancelled');
  });

  it('refuses a task that has ended: 409', async () => {
    const { call, submit } = await setup();
    const { id } = await submit();
    await turns();
    expect((await call('DELETE', `${tasks}/${id}`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
  });

  it('does not find what is not there', async () => {
    const { call } = await setup();
    for (const id of [unknown, 'nope'])
      expect((await call('DELETE', `${tasks}/${id}`)).json()).toMatchObject({ status: 404, detail: 'Task not found' });
  });

  it('takes the content type that clients send with every request, and no body', async () => {
    const { call, submit } = await withTasks(1);
    const headers = { 'content-type': 'application/json' };
    const { id } = await submit({ type: 'hold' });
    expect((await call('DELETE', `${tasks}/${id}`, { json: { force: true } })).json()).toMatchObject({
      status: 422,
      errors: [{ path: '/body/force' }],
    });
    expect((await call('DELETE', `${tasks}/${id}`, { headers })).statusCode).toBe(204);
  });

  it('holds to If-Match', async () => {
    const { call, submit } = await withTasks(1);
    const { id, version } = await submit({ type: 'hold' });
    const cancel = (tag: string) => call('DELETE', `${tasks}/${id}`, { headers: { 'if-match': tag } });
    expect((await cancel('"1"')).json()).toMatchObject({ status: 412, code: 'version_mismatch' });
    expect((await cancel('W/"x"')).statusCode).toBe(412);
    expect((await cancel(`"${version}"`)).statusCode).toBe(204);
  });
});

describe('POST /api/v1/tasks/{id}/retry', () => {
  it('makes a new task of one that ended', async () => {
    const { call, submit } = await setup();
    const { id } = await submit({ type: 'fail', payload: 'p', priority: 8 });
    await turns();
    const answer = await call('POST', `${tasks}/${id}/retry`);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ retry_of: id, type: 'fail', payload: 'p', priority: 8 });
    expect(answer.headers['location']).toBe(`${tasks}/${answer.json().id}`);
    expect((await call('GET', `${tasks}/${id}`)).json()).toMatchObject({ status: 'failed', error: { code: 'broken' } });
  });

  it('is safe to repeat with a key', async () => {
    const { call, submit } = await setup();
    const [{ id }, other] = [await submit({ type: 'fail' }), await submit({ type: 'fail' })];
    await turns(30);
    const headers = { 'idempotency-key': 'again' };
    const first = await call('POST', `${tasks}/${id}/retry`, { headers });
    const second = await call('POST', `${tasks}/${id}/retry`, { headers });
    expect([second.statusCode, second.json().id, second.headers['idempotency-replayed']]).toEqual([201, first.json().id, 'true']);
    expect((await call('POST', `${tasks}/${other.id}/retry`, { headers })).json()).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
  });

  it('makes a task due that backs off: 200', async () => {
    const { call, submit, executor } = await setup();
    const { id } = await submit({ type: 'hold' });
    while (executor.held === 0) await turns(1);
    executor.finish(id, { kind: 'failed', code: 'flaky', message: 'try again', retryable: true });
    await turns();
    const answer = await call('POST', `${tasks}/${id}/retry`, { headers: { 'content-type': 'application/json' } });
    expect(answer.statusCode).toBe(200);
    expect(['queued', 'processing']).toContain(answer.json().status);
  });

  it('refuses one that waits or runs, and a body', async () => {
    const { call, submit } = await withTasks(1);
    const { id } = await submit({ type: 'hold' });
    expect((await call('POST', `${tasks}/${id}/retry`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
    expect((await call('POST', `${tasks}/${id}/retry`, { json: { priority: 1 } })).statusCode).toBe(422);
    expect((await call('POST', `${tasks}/${unknown}/retry`)).statusCode).toBe(404);
  });
});

describe('what happened to a task', () => {
  it('is its log, with its attempts', async () => {
    const { call, submit } = await setup();
    const { id } = await submit();
    await turns();
    const log = (await call('GET', `${tasks}/${id}/log`)).json();
    expect(log.logs.map((row: { event_type: string }) => row.event_type)).toEqual(['created', 'scheduled', 'completed']);
    expect(log.attempts).toMatchObject([{ attempt: 1, pool: 'hand', outcome: 'succeeded' }]);
    expect((await call('GET', `${tasks}/${unknown}/log`)).statusCode).toBe(404);
  });

  it('is explained in a sentence: waiting, running, ended', async () => {
    const { call, submit } = await withTasks(1);
    const waiting = await submit({ type: 'hold' });
    await turns();
    const explain = async (id: string) => (await call('GET', `${tasks}/${id}/explain`)).json();
    expect(await explain(waiting.id)).toMatchObject({
      ...{ task_id: waiting.id, status: 'queued', strategy: 'fifo', epoch: 1, decision: null },
      holds: [{ code: expect.any(String), who: 'capacity' }],
      summary: expect.stringMatching(/^Waiting: /),
    });
    const [, running] = (await call('GET', tasks)).json().tasks;
    expect(await explain(running.id)).toMatchObject({
      ...{ status: 'processing', holds: [], decision: { attempt: 1, pool: 'hand' } },
      summary: 'Running on hand, chosen by fifo. It was the only pool of its home that may run it.',
    });
    const { id } = await submit({ type: 'hold', run_at: '2026-06-01T00:00:00Z' });
    expect(await explain(id)).toMatchObject({ holds: [{ code: 'delayed_until', until: '2026-06-01T00:00:00.000Z' }] });
    expect((await call('GET', `${tasks}/${unknown}/explain`)).statusCode).toBe(404);
  });
});
