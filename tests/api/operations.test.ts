import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const bulk = '/api/v1/tasks/bulk';

/** One task runs, `tasks` wait behind it. */
async function waiting(tasks: number) {
  const app = await setup();
  await app.submit({ type: 'hold' });
  await turns();
  for (let i = 0; i < tasks; i++) await app.submit({ type: 'hold', priority: 1 + (i % 2), tenant: i % 2 === 0 ? 'acme' : 'zeta' });
  const post = (json: unknown, headers = {}) => app.call('POST', bulk, { json, headers });
  const operation = async (id: string) => (await app.call('GET', `/api/v1/operations/${id}`)).json();
  return { ...app, post, operation };
}

describe('POST /api/v1/tasks/bulk', () => {
  it('says how many match, and does it in the background', async () => {
    const { post, operation, call } = await waiting(4);
    const json = { action: 'cancel', filter: { status: ['queued'], priority_gte: 2 } };
    const dry = await post({ ...json, dry_run: true });
    expect([dry.statusCode, dry.json()]).toEqual([200, { action: 'cancel', matched: 2, matched_is_capped: false }]);
    expect((await call('GET', '/api/v1/tasks?status=cancelled')).json().total).toBe(0);
    const answer = await post(json);
    const begun = answer.json();
    expect([answer.statusCode, answer.headers['location']]).toEqual([202, `/api/v1/operations/${begun.id}`]);
    expect(begun).toMatchObject({ action: 'cancel', filter: json.filter, status: 'running', matched: 2, done: 0, by: 'api' });
    await turns(40);
    expect(await operation(begun.id)).toMatchObject({ status: 'completed', done: 2, ended_at: expect.any(String) });
    expect((await call('GET', '/api/v1/tasks?status=cancelled&priority_gte=2')).json().total).toBe(2);
    const retried = (await post({ action: 'retry', filter: { status: 'cancelled', tenant: 'zeta' } })).json();
    await turns(40);
    expect(await operation(retried.id)).toMatchObject({ action: 'retry', done: 2, filter: { status: ['cancelled'], tenant: 'zeta' } });
    expect((await call('DELETE', `/api/v1/operations/${retried.id}`)).json()).toMatchObject({ status: 'completed' });
    expect((await call('GET', '/api/v1/tasks?status=queued&tenant=zeta')).json().total).toBe(2);
  });

  it('is safe to repeat with a key, and the key is good for one body', async () => {
    const { post } = await waiting(2);
    const json = { action: 'cancel', filter: { status: ['queued'] } };
    const key = { 'idempotency-key': 'once' };
    const first = await post(json, key);
    const second = await post(json, key);
    expect([second.statusCode, second.headers['idempotency-replayed'], second.json().id]).toEqual([202, 'true', first.json().id]);
    expect((await post({ ...json, action: 'retry', filter: { status: ['failed'] } }, key)).json()).toMatchObject({
      ...{ status: 422, code: 'idempotency_key_reused' },
    });
  });

  it('that no task matches begins nothing and leaves nothing behind, also with a key', async () => {
    const { post, store, submit, engine } = await waiting(1);
    const json = { action: 'retry', filter: { status: ['failed'] } };
    const { head } = engine.logBounds();
    for (const headers of [{}, { 'idempotency-key': 'none' }, { 'idempotency-key': 'none' }]) {
      const answer = await post(json, headers);
      expect([answer.statusCode, answer.json()]).toEqual([200, { action: 'retry', matched: 0, matched_is_capped: false }]);
      expect([answer.headers['location'], answer.headers['idempotency-replayed']]).toEqual([undefined, undefined]);
    }
    expect([engine.logBounds().head, await store.operationOfKey(null, 'none'), await store.runningOperations()]).toEqual([
      head,
      undefined,
      [],
    ]);
    const { id } = await submit({ type: 'fail', region: 'us-east', max_attempts: 1 });
    await engine.cancel(id, { name: 'test', tenant: undefined });
    const cancelled = { action: 'retry', filter: { status: ['cancelled'] } };
    expect((await post(cancelled, { 'idempotency-key': 'none' })).statusCode).toBe(202);
  });

  it('what cannot be meant is refused, and nothing is done', async () => {
    const { call, post } = await waiting(1);
    const wrong: [unknown, string][] = [
      [{}, '/body'],
      [{ action: 'cancel' }, '/body'],
      [{ action: 'cancel', filter: {} }, '/body/filter'],
      [{ action: 'delete', filter: { status: ['queued'] } }, '/body/action'],
      [{ action: 'cancel', filter: { status: [] } }, '/body/filter/status'],
      [{ action: 'cancel', filter: { status: 'queued,waiting' } }, '/body/filter/status'],
      [{ action: 'cancel', filter: { status: 1 } }, '/body/filter/status'],
      [{ action: 'cancel', filter: { status: ['failed'] } }, '/body/filter/status'],
      [{ action: 'retry', filter: { status: ['processing'] } }, '/body/filter/status'],
      [{ action: 'retry', filter: { created_after: 'yesterday' } }, '/body/filter/created_after'],
      [{ action: 'retry', filter: { colour: 'red' } }, '/body/filter/colour'],
      [{ action: 'retry', filter: { type: ['no-such'] } }, '/body/filter/type'],
    ];
    for (const [json, path] of wrong) {
      const answer = await post(json);
      expect([json, answer.statusCode >= 400 && answer.statusCode < 500]).toEqual([json, true]);
      expect(answer.json().errors[0].path).toContain(path);
    }
    expect((await call('GET', '/api/v1/logs?event_type=operation_started')).json().total).toBe(0);
  });

  it('an operation that there is not is not found', async () => {
    const { call } = await setup();
    expect((await call('GET', '/api/v1/operations/none')).statusCode).toBe(404);
    expect((await call('DELETE', '/api/v1/operations/none')).statusCode).toBe(404);
  });
});

describe('the list of tasks', () => {
  const form = (fields: Record<string, string>) => ({
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  });

  it('asks before it does something to all that match, and shows how far it got', async () => {
    const { call, submit } = await setup({ pages: true });
    await submit({ type: 'hold' });
    await turns();
    for (const priority of [1, 1, 9]) await submit({ type: 'hold', priority });
    const asked = { action: 'cancel', filter: '?status=queued,completed&priority_lte=5' };
    expect((await call('GET', '/tasks?status=queued&priority_lte=5', { headers: { accept: 'text/html' } })).body).toContain('/tasks/bulk');
    const page = await call('POST', '/tasks/bulk', form(asked));
    expect([page.statusCode, /<h1[^>]*>([^<]*)</.exec(page.body)?.[1]]).toEqual([200, 'Cancel 2 tasks?']);
    expect([...page.body.matchAll(/chip-still">([^<]*)</g)].map(([, words]) => words)).toEqual(['queued', 'priority at most 5']);
    expect((await call('GET', '/api/v1/tasks?status=cancelled')).json().total).toBe(0);
    const key = /name="request_key" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const confirmed = form({ ...asked, request_key: key, confirmed: '1' });
    const [begun, again] = [await call('POST', '/tasks/bulk', confirmed), await call('POST', '/tasks/bulk', confirmed)];
    expect([begun.statusCode, again.headers['location']]).toEqual([303, begun.headers['location']]);
    await turns(40);
    const shown = await call('GET', String(begun.headers['location']), { headers: { accept: 'text/html' } });
    expect(shown.body).toContain('Cancel of 2 tasks <span class="badge badge-completed">');
    expect(shown.body).toContain('href="/tasks?priority_lte=5"');
    expect((await call('GET', '/api/v1/tasks?status=cancelled')).json().total).toBe(2);
    const wrong = form({ ...asked, filter: '?priority_gte=x' });
    const refused = await call('POST', '/tasks/bulk', { ...wrong, headers: { ...wrong.headers, accept: 'application/json' } });
    expect(refused.json()).toMatchObject({ status: 422, errors: [{ path: '/query/priority_gte' }] });
  });

  it('says on its page what cannot be done to any of them, and leads back', async () => {
    const { app, submit } = await setup({ pages: true });
    await submit({ type: 'hold' });
    const asked = form({ action: 'cancel', filter: '?status=completed&type=hold' });
    const page = await app.inject({ method: 'POST', url: '/tasks/bulk', ...asked });
    expect([page.statusCode, /<h1[^>]*>([^<]*)</.exec(page.body)?.[1]]).toEqual([422, 'Nothing to cancel']);
    expect(page.body).toContain('status must be some of delayed, queued, processing to cancel, and it was completed.');
    expect(page.body).toContain('<a class="button" href="/tasks?status=completed&amp;type=hold">Back to the tasks</a>');
  });

  it('refuses an action there is not, and does nothing', async () => {
    const { call, submit } = await setup({ pages: true });
    await submit({ type: 'hold' });
    for (const fields of [{ action: 'delete' }, { action: '' }, { action: 'delete', confirmed: '1' }, {}]) {
      const { payload, headers } = form({ filter: '', ...fields });
      const answer = await call('POST', '/tasks/bulk', { payload, headers: { ...headers, accept: 'application/json' } });
      expect([fields, answer.statusCode, answer.json().errors?.[0]?.path]).toEqual([fields, 422, '/body/action']);
    }
    expect((await call('GET', '/api/v1/logs?event_type=operation_started')).json().total).toBe(0);
  });
});

describe('POST /api/v1/simulate', () => {
  it('is safe to repeat with a key, and the key is good for one body', async () => {
    const { call } = await setup();
    const post = (task_count: number, key: string) =>
      call('POST', '/api/v1/simulate', { json: { task_count }, headers: { 'idempotency-key': key } });
    const [first, second, other] = await Promise.all([post(3, 'a'), post(3, 'a'), post(3, 'b')]);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect([second.json().id === first.json().id, other.json().id === first.json().id]).toEqual([true, false]);
    expect((await post(4, 'a')).json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    await turns(40);
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(6);
  });
});
