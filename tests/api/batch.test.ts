import { describe, expect, it } from 'vitest';
import { setup } from '../helpers/app.ts';

const batch = '/api/v1/tasks/batch';
const good = { type: 'echo', payload: 1 };

describe('POST /api/v1/tasks/batch', () => {
  it('answers one result per item, in order; a bad one fails alone', async () => {
    const { call } = await setup();
    const answer = await call('POST', batch, { json: [good, { type: 'nope' }, { ...good, priority: 11 }, 'text', good] });
    expect(answer.statusCode).toBe(200);
    const { results, accepted, refused } = answer.json();
    expect({ accepted, refused }).toEqual({ accepted: 2, refused: 3 });
    expect(results.map((result: { index: number; status: number }) => [result.index, result.status])).toEqual([
      [0, 201],
      [1, 422],
      [2, 422],
      [3, 422],
      [4, 201],
    ]);
    expect(results[0]).toMatchObject({ id: expect.any(String), task_status: 'queued', replayed: false });
    expect(results[1].error).toMatchObject({ code: 'unknown_reference' });
    expect(results[2].error).toMatchObject({ code: 'validation_failed', errors: [{ path: '/body/priority' }] });
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(2);
  });

  it('takes NDJSON and answers it where it is asked for', async () => {
    const { call } = await setup();
    const payload = `${JSON.stringify(good)}\n\n{broken\n${JSON.stringify(good)}`;
    const headers = { 'content-type': 'application/x-ndjson', accept: 'application/x-ndjson' };
    const answer = await call('POST', batch, { payload, headers });
    const lines = answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answer.headers['content-type']).toMatch('application/x-ndjson');
    expect(lines.map(({ status }) => status)).toEqual([201, 422, 201]);
    expect(lines[1].error.code).toBe('malformed_json');
  });

  it('keeps nothing of an atomic batch with one bad item, and names every path', async () => {
    const { call } = await setup();
    const answer = await call('POST', `${batch}?atomic=true`, { json: [good, { ...good, priority: 0 }, { ...good, colour: 'red' }] });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((error: { path: string }) => error.path)).toEqual(['/body/1/priority', '/body/2/colour']);
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(0);
  });

  it('keeps nothing of an atomic batch that the engine refuses in part', async () => {
    const { call } = await setup();
    const answer = await call('POST', `${batch}?atomic=true`, { json: [good, { type: 'nope' }] });
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ path: '/body/1/type' }] });
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(0);
  });

  it('is safe to repeat: item i has the key K/i, or its own', async () => {
    const { call } = await setup();
    const json = [good, { ...good, idempotency_key: 'mine' }, good];
    const send = () => call('POST', batch, { json, headers: { 'idempotency-key': 'K' } });
    const first = (await send()).json().results.map((result: { id: string }) => result.id);
    const again = await send();
    expect(again.json().results.map((result: { id: string; replayed: boolean }) => [result.id, result.replayed])).toEqual(
      first.map((id: string) => [id, true]),
    );
    expect(again.headers['idempotency-replayed']).toBe('true');
    const single = await call('POST', '/api/v1/tasks', { json: good, headers: { 'idempotency-key': 'mine' } });
    expect(single.json().id).toBe(first[1]);
  });

  it('counts depth and keys for each item, not for the batch', async () => {
    const { call } = await setup();
    const wide = { ...good, metadata: Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`k${i}`, i])) };
    const deep = { ...good, payload: JSON.parse('['.repeat(40) + ']'.repeat(40)) };
    const { results } = (await call('POST', batch, { json: [wide, wide, deep] })).json();
    expect(results.map((result: { status: number }) => result.status)).toEqual([201, 201, 422]);
    expect(results[2].error).toMatchObject({ code: 'malformed_json', detail: expect.stringContaining('32') });
  });

  it('takes more than a body of one task may have', async () => {
    const { call } = await setup();
    const large = { ...good, payload: 'x'.repeat(600_000) };
    expect((await call('POST', batch, { json: [large, large] })).json().accepted).toBe(2);
  });

  it.each([
    ['no array', {}],
    ['an empty array', []],
    ['10,001 items', Array.from({ length: 10_001 }, () => 0)],
  ])('refuses %s', async (_, json) => {
    const { call } = await setup();
    expect((await call('POST', batch, { json })).json()).toMatchObject({ status: 422, errors: [{ path: '/body' }] });
  });

  it('refuses a body that is no JSON', async () => {
    const { call } = await setup();
    const answer = await call('POST', batch, { payload: '[{]', headers: { 'content-type': 'application/json' } });
    expect(answer.json()).toMatchObject({ status: 422, code: 'malformed_json' });
  });

  it('refuses metadata that is too large in one item', async () => {
    const { call } = await setup();
    const { results } = (await call('POST', batch, { json: [{ ...good, metadata: { big: 'x'.repeat(70_000) } }, good] })).json();
    expect(results[0].error).toMatchObject({ errors: [{ path: '/body/metadata' }] });
    expect(results[1].status).toBe(201);
  });
});
