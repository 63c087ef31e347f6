import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const batch = `${tasks}/batch`;
const gone = '01990000-0000-7000-8000-000000000000';

describe('depends_on', () => {
  it('makes a task wait, says for whom, and hands it what they returned', async () => {
    const { call, submit, executor } = await setup();
    const parent = await submit({ type: 'hold' });
    const child = await submit({ type: 'echo', depends_on: [{ task: parent.id, name: 'first' }], on_parent_failure: 'run' });
    expect(child).toMatchObject({ status: 'delayed', depends_on: [{ task: parent.id, name: 'first' }], on_parent_failure: 'run' });
    const [listed] = (await call('GET', `${tasks}?status=delayed`)).json().tasks;
    expect(listed).toMatchObject({ reason: { code: 'waiting_for_dependency', who: 'submitter', need: 1, have: 0, task_seq: parent.seq } });
    expect((await call('GET', `${tasks}/${child.id}/explain`)).json().summary).toContain(`first (${parent.id})`);
    await expect.poll(() => executor.held).toBe(1);
    executor.finish(parent.id, { kind: 'succeeded', result: { rows: 7 } });
    await expect.poll(async () => (await call('GET', `${tasks}/${child.id}`)).json().status).toBe('completed');
    expect((await call('GET', `${tasks}/${child.id}`)).json().result).toEqual({ rows: 7 });
  });

  it('refuses what is not there, naming each', async () => {
    const { call } = await setup();
    const answer = await call('POST', tasks, { json: { type: 'echo', depends_on: [gone, 0, 'x'] } });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 'unknown_reference',
      errors: [{ path: '/body/depends_on/0' }, { path: '/body/depends_on/1' }, { path: '/body/depends_on/2' }],
    });
    for (const depends_on of [[{}], [1.5], [{ task: gone, name: '../up' }], Array.from({ length: 65 }, () => gone), gone])
      expect((await call('POST', tasks, { json: { type: 'echo', depends_on } })).statusCode).toBe(422);
    expect((await call('POST', tasks, { json: { type: 'echo', ref: 'a' } })).json()).toMatchObject({ errors: [{ path: '/body/ref' }] });
  });

  it('tells parents and children of a task', async () => {
    const { call, submit } = await setup();
    const parent = await submit({ type: 'hold' });
    const child = await submit({ type: 'echo', depends_on: [parent.id], on_parent_failure: 'skip' });
    expect((await call('GET', `${tasks}/${parent.id}/dependencies`)).json()).toEqual({
      on_parent_failure: null,
      parents: [],
      children: [{ task: child.id, name: parent.id, type: 'echo', status: 'delayed' }],
      more_children: false,
    });
    expect((await call('GET', `${tasks}/${child.id}/dependencies`)).json()).toMatchObject({
      on_parent_failure: 'skip',
      parents: [{ task: parent.id, status: 'processing' }],
    });
    expect((await call('GET', `${tasks}/${gone}/dependencies`)).statusCode).toBe(404);
  });

  it('is previewed with what it waits for, and without a promise when', async () => {
    const { call, submit } = await setup();
    const parent = await submit({ type: 'hold' });
    const json = { type: 'echo', depends_on: [parent.id] };
    const answer = (await call('POST', `${tasks}/preview`, { json })).json();
    expect(answer.holds.map(({ code }: { code: string }) => code)).toContain('waiting_for_dependency');
    expect(answer.forecast).toBeNull();
    expect((await call('POST', `${tasks}/preview`, { json: { type: 'echo', depends_on: [gone] } })).statusCode).toBe(422);
  });
});

describe('a batch of tasks that depend on each other', () => {
  const pipeline = [
    { type: 'echo', payload: 1, ref: 'one' },
    { type: 'echo', payload: 2 },
    { type: 'echo', ref: 'sum', depends_on: ['one', { task: 1, name: 'two' }] },
    { type: 'echo', depends_on: ['sum'] },
  ];

  it('runs in order, each on what came before', async () => {
    const { call } = await setup();
    const { results } = (await call('POST', `${batch}?atomic=true`, { json: pipeline })).json();
    expect(results.map(({ task_status }: { task_status: string }) => task_status)).toEqual(['queued', 'queued', 'delayed', 'delayed']);
    await expect.poll(async () => (await call('GET', `${tasks}/${results[3].id}`)).json().result).toEqual({ one: 1, two: 2 });
  });

  it('is found again by the key of the batch', async () => {
    const { call } = await setup();
    const headers = { 'idempotency-key': 'pipeline' };
    const first = (await call('POST', batch, { json: pipeline, headers })).json();
    const again = await call('POST', batch, { json: pipeline, headers });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json().results.map(({ id }: { id: string }) => id)).toEqual(first.results.map(({ id }: { id: string }) => id));
  });

  it('counts places as they were sent, those that are no task included', async () => {
    const { call } = await setup();
    const { results } = (
      await call('POST', batch, { json: ['text', pipeline[0], { type: 'echo', depends_on: [1] }, { type: 'echo', depends_on: [0] }] })
    ).json();
    await turns();
    expect(results.map(({ status }: { status: number }) => status)).toEqual([422, 201, 201, 422]);
    expect((await call('GET', `${tasks}/${results[2].id}`)).json().depends_on).toEqual([{ task: results[1].id, name: 'one' }]);
  });

  it('is refused as a whole for a circle when atomic', async () => {
    const { call, store } = await setup();
    const json = [{ type: 'echo', ref: 'a', depends_on: ['b'] }, { type: 'echo', ref: 'b', depends_on: ['a'] }, { type: 'echo' }];
    const answer = await call('POST', `${batch}?atomic=true`, { json });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([
      { path: '/body/0/depends_on', message: expect.stringContaining('0 -> 1 -> 0') },
      { path: '/body/1/depends_on' },
    ]);
    expect(store.lastSeq()).toBe(0);
  });
});
