import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';

/**
 * What clients of the first TaskRouterX send and rely on: the calls of its documents, what its dashboard reads, and the assertions of its own
 * tests in our words. The dashboard itself is in tests/e2e/original-dashboard.test.ts.
 */
const base = '/api/v1';
const curl = { host: 'localhost:8000', 'user-agent': 'curl/8.5.0', accept: '*/*' };
const requests = { host: 'localhost:8000', 'user-agent': 'python-requests/2.32.3', accept: '*/*', 'accept-encoding': 'gzip, deflate' };
const dashboard = { host: 'localhost:8000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site', accept: '*/*' };
const unknown = '9b2f7c1e-6a56-4f0f-9d53-0c1f2e3d4a5b';

const anOrder = (fields: Record<string, unknown> = {}) => ({ type: 'order', priority: 5, cost: 1, region: 'us-east', ...fields });

/** Submits in order. @returns the ids. */
async function submitAll({ submit }: TestApp, bodies: readonly Record<string, unknown>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await submit(body)).id);
  await turns();
  return ids;
}

async function poolsOf({ call }: TestApp, ids: readonly string[]): Promise<string[]> {
  return await Promise.all(ids.map(async (id) => (await call('GET', `${base}/tasks/${id}`)).json().worker_id));
}

describe('the calls of its README and QUICKSTART', () => {
  it('takes a task from curl, without metadata', async () => {
    const { call } = await setup();
    const payload = '{\n    "type": "order",\n    "priority": 7,\n    "cost": 2.5,\n    "region": "us-east"\n  }';
    const answer = await call('POST', `${base}/tasks`, { payload, headers: { ...curl, 'content-type': 'application/json' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ id: expect.any(String), status: 'queued', priority: 7, cost: 2.5, task_metadata: null });
  });

  it('takes a task from python-requests and answers what it offers to unpack', async () => {
    const { call } = await setup();
    const json = { type: 'simulation', priority: 5, cost: 1.0, region: 'eu-west' };
    const created = await call('POST', `${base}/tasks`, { json, headers: requests });
    expect(created.statusCode).toBe(201);
    expect(created.json().id).toEqual(expect.any(String));
    const stats = await call('GET', `${base}/system/stats`, { headers: requests });
    expect(stats.statusCode).toBe(200);
    expect(stats.json().tasks_processed).toBe(0);
  });

  it.each(['/tasks', '/system/stats', '/workers', '/logs', '/health', '/metrics'])('answers GET %s to curl', async (path) => {
    const { call } = await setup();
    expect((await call('GET', `${base}${path}`, { headers: curl })).statusCode).toBe(200);
  });

  it('answers / to curl with an index whose paths exist', async () => {
    const { call } = await setup();
    const answer = await call('GET', '/', { headers: curl });
    expect(answer.headers['content-type']).toMatch('application/json');
    expect(Object.keys(answer.json())).toEqual(['name', 'version', 'description', 'endpoints']);
    const { endpoints } = answer.json();
    expect(Object.keys(endpoints)).toEqual(['tasks', 'workers', 'logs', 'stats', 'health', 'simulate']);
    const { simulate, ...readable } = endpoints;
    for (const path of Object.values<string>(readable)) expect((await call('GET', path, { headers: curl })).statusCode, path).toBe(200);
    expect((await call('GET', simulate, { headers: curl })).statusCode).toBe(405);
  });

  it('has its documentation at /docs and the document at /openapi.json, from this server alone', async () => {
    const { app } = await setup();
    const docs = await app.inject({ url: '/docs/', headers: { ...curl, accept: 'text/html' } });
    expect(docs.statusCode).toBe(200);
    expect(docs.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect((await app.inject({ url: '/openapi.json', headers: curl })).json().openapi).toMatch(/^3\./);
    for (const url of ['/docs', '/redoc']) {
      const answer = await app.inject({ url, headers: curl });
      expect(answer.statusCode === 200 || String(answer.headers['location']).includes('docs'), url).toBe(true);
    }
  });
});

describe('what its dashboard relies on', () => {
  it('may be called from its page: preflight 200 for ten minutes, then the answer', async () => {
    const { app } = await setup();
    const url = `${base}/tasks`;
    const asks = { ...dashboard, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    const preflight = await app.inject({ method: 'OPTIONS', url, headers: asks });
    expect(preflight.statusCode).toBe(200);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers': expect.stringContaining('content-type'),
      'access-control-max-age': '600',
    });
    const answer = await app.inject({ method: 'POST', url, headers: dashboard, payload: anOrder() });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
  });

  it('lets its page read a refusal too, whose detail is a sentence', async () => {
    const { app } = await setup();
    const answer = await app.inject({ method: 'POST', url: `${base}/tasks`, headers: dashboard, payload: anOrder({ priority: 15 }) });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(answer.json().detail).toBe('priority must be an integer from 1 to 10, and it was 15.');
  });

  it('gets six numbers for its tiles, and whole numbers only in scheduler_stats', async () => {
    const server = await setup();
    await submitAll(server, [anOrder(), anOrder()]);
    await server.advance(2_000);
    const stats = (await server.call('GET', `${base}/system/stats`, { headers: dashboard })).json();
    expect(stats).toMatchObject({ tasks_processed: 2, tasks_pending: 0, queue_size: 0 });
    expect(stats.tasks_completed + stats.tasks_failed).toBe(2);
    expect(stats.average_latency).toBeGreaterThanOrEqual(0.1); // seconds: the page shows it times 1000
    expect(stats.average_latency).toBeLessThanOrEqual(2);
    expect(stats.throughput).toBe(1); // two tasks in the two seconds since the start
    expect(Object.values(stats.scheduler_stats).every(Number.isInteger)).toBe(true);
    expect(stats.scheduler_stats).toMatchObject({ tasks_scheduled: 2, tasks_processed: 2 });
  });

  it('gets the eight pools it was seeded with, in their order', async () => {
    const { call } = await setup();
    const { worker_pools: pools } = (await call('GET', `${base}/workers`, { headers: dashboard })).json();
    const shown = pools.map((pool: Record<string, unknown>) => [
      pool['name'],
      pool['cost_per_unit'],
      pool['capacity'],
      pool['current_load'],
    ]);
    expect(shown.slice(0, 8)).toEqual([
      ['us-east-cpu-pool', 0.5, 10, 0],
      ['us-east-gpu-pool', 2, 5, 0],
      ['us-west-cpu-pool', 0.6, 8, 0],
      ['us-west-gpu-pool', 2.2, 4, 0],
      ['eu-west-cpu-pool', 0.55, 10, 0],
      ['eu-west-gpu-pool', 2.1, 5, 0],
      ['ap-east-cpu-pool', 0.65, 6, 0],
      ['ap-east-gpu-pool', 2.3, 3, 0],
    ]);
    expect(pools[0]).toMatchObject({ id: expect.any(String), region: 'us-east', resource_type: 'cpu' });
  });

  it.each(['fifo', 'priority', 'min_cost'])('switches to %s and reads the name back', async (algorithm) => {
    const { call } = await setup();
    const answer = await call('POST', `${base}/algorithms/switch`, { json: { algorithm }, headers: dashboard });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'success', algorithm });
  });

  it('refuses an algorithm that is not there', async () => {
    const { call } = await setup();
    const answer = await call('POST', `${base}/algorithms/switch`, { json: { algorithm: 'ml_driven' }, headers: dashboard });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail).toContain('min_cost');
  });

  it('simulates with the body of its form', async () => {
    const { call, advance } = await setup();
    const json = { task_count: 50, distribution: 'weighted', priority_range: [1, 10], cost_range: [0.1, 10.0] };
    const started = await call('POST', `${base}/simulate`, { json, headers: dashboard });
    expect(started.statusCode).toBe(200);
    expect(Object.keys(started.json())).toEqual(['id', 'task_count', 'tasks_created', 'start_time', 'status']);
    expect(started.json()).toMatchObject({ task_count: 50, tasks_created: 0, start_time: '2026-01-01T00:00:00.000Z', status: 'running' });
    await advance(10_000);
    const { id } = started.json();
    expect((await call('GET', `${base}/simulate/${id}`)).json()).toMatchObject({ tasks_created: 50, status: 'completed' });
    const { tasks, total } = (await call('GET', `${base}/tasks?page_size=100`)).json();
    expect(total).toBe(50);
    const numbers = tasks.map((task: { task_metadata: { task_number: number } }) => task.task_metadata.task_number);
    expect(numbers.sort((a: number, b: number) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(tasks.every((task: { task_metadata: Record<string, unknown> }) => task.task_metadata['simulation_id'] === id)).toBe(true);
    expect(tasks.every((task: { cost: number }) => task.cost > 0)).toBe(true);
  });
});

describe('the assertions of its own tests', () => {
  it('creates, finds, lists and cancels', async () => {
    const server = await setup();
    const { call } = server;
    const created = await call('POST', `${base}/tasks`, { json: anOrder({ metadata: { customer_id: '12345' } }) });
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({ type: 'order', priority: 5, cost: 1, region: 'us-east', status: 'queued' });
    await submitAll(server, [{ type: 'simulation', priority: 8, cost: 2.5, region: 'eu-west' }]);

    const { id } = created.json();
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ id, type: 'order', task_metadata: { customer_id: '12345' } });
    expect((await call('GET', `${base}/tasks/${unknown}`)).statusCode).toBe(404);

    const list = (await call('GET', `${base}/tasks`)).json();
    expect(list).toMatchObject({ total: 2, page: 1, page_size: 10 });
    expect(list.tasks).toHaveLength(2);
    const none = await call('GET', `${base}/tasks?status=queued&type=simulation&region=eu-west`);
    expect(none.json()).toMatchObject({ total: 0, tasks: [] }); // it runs already

    expect((await call('DELETE', `${base}/tasks/${unknown}`)).statusCode).toBe(404);
    expect((await call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(202); // running: it refused that with 400
    await turns();
    expect((await call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(409); // it has ended: 400 as well
    const waiting = await call('POST', `${base}/tasks`, { json: anOrder({ run_at: '2026-02-01T00:00:00Z' }) });
    expect(await call('DELETE', `${base}/tasks/${waiting.json().id}`)).toMatchObject({ statusCode: 204, body: '' });
  });

  it('simulates traffic', async () => {
    const { call } = await setup();
    const json = { task_count: 100, distribution: 'random', region_bias: 'us-east', priority_range: [1, 10], cost_range: [0.1, 5.0] };
    const answer = await call('POST', `${base}/simulate`, { json });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: expect.any(String), task_count: 100, status: 'running' });
  });

  it('takes fifty tasks from ten clients at once, with no timer in the way', async () => {
    const { call } = await setup(); // whose time stands still: an answer that waited for any would never come
    const client = async (n: number) => {
      const answers = [];
      for (let i = 0; i < 5; i++)
        answers.push(await call('POST', `${base}/tasks`, { json: anOrder({ metadata: { test_id: `${n}-${i}` } }) }));
      return answers;
    };
    const answers = (await Promise.all(Array.from({ length: 10 }, (_, n) => client(n)))).flat();
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 50 }, () => 201));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(50);
    expect((await call('GET', `${base}/tasks`)).json().total).toBe(50);
  });

  it('runs each task in its own region while there is room', async () => {
    const server = await setup();
    const ids = await submitAll(server, [
      anOrder(),
      { type: 'simulation', priority: 8, cost: 2.5, region: 'eu-west' },
      { type: 'query', priority: 3, cost: 0.5, region: 'us-west' },
    ]);
    expect(await poolsOf(server, ids)).toEqual(['us-east-cpu-pool', 'eu-west-cpu-pool', 'us-west-cpu-pool']);
  });

  it('places nothing where everything is full, and loses nothing', async () => {
    const server = await setup();
    const ids = await submitAll(
      server,
      Array.from({ length: 52 }, () => anOrder()),
    );
    const last = (await server.call('GET', `${base}/tasks/${ids[51]}`)).json();
    expect(last).toMatchObject({ status: 'queued', worker_id: null, algorithm_used: null, started_at: null });
    expect((await server.call('GET', `${base}/system/stats`)).json()).toMatchObject({ tasks_pending: 1, queue_size: 1 });
  });
});

describe('the pool each algorithm chooses', () => {
  async function switched(algorithm: string): Promise<TestApp> {
    const server = await setup();
    await server.call('POST', `${base}/algorithms/switch`, { json: { algorithm } });
    return server;
  }
  const times = (count: number, pool: string): string[] => Array.from({ length: count }, () => pool);

  it('fifo: the first of the region with room, then the first with room anywhere', async () => {
    const server = await switched('fifo');
    const ids = await submitAll(
      server,
      Array.from({ length: 16 }, () => anOrder({ region: 'eu-west' })),
    );
    expect(await poolsOf(server, ids)).toEqual([...times(10, 'eu-west-cpu-pool'), ...times(5, 'eu-west-gpu-pool'), 'us-east-cpu-pool']);
  });

  it('priority of 3 and less: most free slots; of 4 and more: the cheapest', async () => {
    const server = await switched('priority');
    const low = await submitAll(
      server,
      Array.from({ length: 6 }, () => anOrder({ priority: 2, region: 'us-west' })),
    );
    // 8 free against 4 down to 4 against 4, where the catalogue's order decides; then 3 against 4.
    expect(await poolsOf(server, low)).toEqual([...times(5, 'us-west-cpu-pool'), 'us-west-gpu-pool']);
    const high = await submitAll(
      server,
      [4, 7, 10].map((priority) => anOrder({ priority, region: 'us-west' })),
    );
    expect(await poolsOf(server, high)).toEqual(times(3, 'us-west-cpu-pool'));
  });

  it('min_cost: the cheapest of the region, though another region is cheaper', async () => {
    const server = await switched('min_cost');
    const ids = await submitAll(
      server,
      Array.from({ length: 10 }, () => anOrder({ region: 'ap-east' })),
    );
    expect(await poolsOf(server, ids)).toEqual([
      ...times(6, 'ap-east-cpu-pool'),
      ...times(3, 'ap-east-gpu-pool'),
      'us-east-cpu-pool', // nothing left at home: the cheapest of all
    ]);
  });
});
