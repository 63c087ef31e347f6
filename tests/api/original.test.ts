import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

/** The contract of the original TaskRouterX: what its dashboard, its README and its own tests send and expect. */
const base = '/api/v1';
const task = { type: 'order', priority: 5, cost: 1.0, region: 'us-east', metadata: { customer_id: '12345' } };
const unknown = '7b1f6c58-64c4-4b1a-9c5e-3f8d2a1b0c9d';

describe("the original's tests", () => {
  it('create a task', async () => {
    const { call } = await setup();
    const answer = await call('POST', `${base}/tasks`, { json: task, headers: { authorization: 'Bearer whatever' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      id: expect.any(String),
      type: 'order',
      priority: 5,
      cost: 1.0,
      region: 'us-east',
      status: 'queued',
    });
    expect((await call('POST', `${base}/tasks`, { json: { ...task, priority: 15 } })).statusCode).toBe(422);
  });

  it('list tasks', async () => {
    const { call, submit } = await setup();
    await submit(task);
    await submit({ ...task, type: 'simulation', region: 'eu-west' });
    expect((await call('GET', `${base}/tasks`)).json()).toMatchObject({
      total: 2,
      page: 1,
      page_size: 10,
      tasks: [{ type: 'simulation' }, { type: 'order' }],
    });
    expect((await call('GET', `${base}/tasks?status=queued&type=simulation&region=eu-west`)).statusCode).toBe(200);
  });

  it('get a task, or 404', async () => {
    const { call, submit } = await setup();
    const { id } = await submit(task);
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ id, type: 'order' });
    expect((await call('GET', `${base}/tasks/${unknown}`)).json()).toMatchObject({ status: 404, detail: 'Task not found' });
  });

  it('cancel a task: 204, 404, and 409 for one that ended', async () => {
    const { call, submit, advance } = await setup();
    await call('PATCH', `${base}/pools/hand`, { json: { state: 'paused' } });
    const { id } = await submit({ type: 'echo' });
    expect((await call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(204);
    expect((await call('DELETE', `${base}/tasks/${unknown}`)).statusCode).toBe(404);
    const done = await submit({ ...task, region: 'us-west' });
    await advance(60_000);
    expect((await call('DELETE', `${base}/tasks/${done.id}`)).statusCode).toBe(409);
  });

  it('simulate traffic', async () => {
    const { call } = await setup();
    const json = { task_count: 100, distribution: 'random', region_bias: 'us-east', priority_range: [1, 10], cost_range: [0.1, 5.0] };
    const answer = await call('POST', `${base}/simulate`, { json });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: expect.any(String), task_count: 100, status: 'running' });
  });

  it('find it healthy', async () => {
    const { call } = await setup();
    expect((await call('GET', `${base}/health`)).json().status).toBe('healthy');
  });

  it('create fifty tasks from ten threads', async () => {
    const { call } = await setup();
    const threads = Array.from({ length: 10 }, async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await call('POST', `${base}/tasks`, { json: task })).statusCode);
      return statuses;
    });
    expect((await Promise.all(threads)).flat()).toEqual(Array.from({ length: 50 }, () => 201));
    expect((await call('GET', `${base}/tasks`)).json().total).toBe(50);
  });
});

describe("the original's dashboard", () => {
  it('fills its tiles, bars and lists', async () => {
    const { call, submit, advance } = await setup();
    await submit(task);
    await advance(60_000);
    const stats = (await call('GET', `${base}/system/stats`)).json();
    for (const tile of ['tasks_processed', 'tasks_pending', 'tasks_completed', 'tasks_failed', 'average_latency', 'queue_size'])
      expect(stats[tile], tile).toBeTypeOf('number');
    for (const pool of (await call('GET', `${base}/workers`)).json().worker_pools)
      expect(pool).toMatchObject({
        name: expect.any(String),
        resource_type: expect.any(String),
        cost_per_unit: expect.any(Number),
        capacity: expect.any(Number),
        current_load: 0,
      });
    const { tasks } = (await call('GET', `${base}/tasks?page=1&page_size=10`)).json();
    expect(tasks[0]).toMatchObject({ worker_id: 'us-east-cpu-pool', algorithm_used: 'fifo' });
  });

  it('shows refusals as text', async () => {
    const { call } = await setup();
    for (const [url, json] of [
      [`${base}/tasks`, { ...task, cost: null }],
      [`${base}/simulate`, { task_count: null }],
      [`${base}/algorithms/switch`, { algorithm: 5 }],
    ] as const)
      expect((await call('POST', url, { json })).json().detail, url).toBeTypeOf('string');
  });
});

describe('its contract', () => {
  it('wants the first four fields of its own types', async () => {
    const { call } = await setup();
    for (const field of ['type', 'priority', 'cost', 'region'] as const) {
      const { [field]: _, ...rest } = task;
      const answer = await call('POST', `${base}/tasks`, { json: rest });
      expect(answer.json(), field).toMatchObject({ status: 422, errors: [{ path: `/body/${field}` }] });
    }
    const { metadata: _, ...bare } = task;
    expect((await call('POST', `${base}/tasks`, { json: bare })).json()).toMatchObject({ task_metadata: null });
    expect((await call('POST', `${base}/tasks`, { json: { ...task, metadata: null } })).statusCode).toBe(201);
  });

  it.each([
    ['fifo', { region: 'eu-west', priority: 5 }, 'eu-west-cpu-pool'],
    ['priority', { region: 'us-west', priority: 2 }, 'us-west-cpu-pool'],
    ['min_cost', { region: 'ap-east', priority: 9 }, 'ap-east-cpu-pool'],
  ])('%s sends %j to %s', async (algorithm, fields, pool) => {
    const { call, submit } = await setup();
    expect((await call('POST', `${base}/algorithms/switch`, { json: { algorithm } })).json()).toEqual({ status: 'success', algorithm });
    const { id } = await submit({ ...task, ...fields });
    await turns();
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({
      status: 'processing',
      worker_id: pool,
      algorithm_used: algorithm,
    });
  });

  it('loses nothing when all pools are full, and the load returns to zero', async () => {
    const { call, advance } = await setup();
    await call('POST', `${base}/simulate`, { json: { task_count: 120 } });
    await advance(300_000);
    const stats = (await call('GET', `${base}/system/stats`)).json();
    expect([stats.tasks_processed, stats.tasks_pending, stats.slots_used]).toEqual([120, 0, 0]);
  });

  it('documents lie where they lay', async () => {
    const { call } = await setup();
    expect((await call('GET', '/docs')).statusCode).toBe(200);
    expect((await call('GET', '/redoc')).statusCode).toBe(302);
    expect((await call('GET', '/openapi.json')).statusCode).toBe(200);
    expect((await call('GET', '/nope')).json().detail).toMatch(/^Not Found/);
    expect((await call('PUT', `${base}/tasks`)).json().detail).toMatch(/^Method Not Allowed/);
  });
});
