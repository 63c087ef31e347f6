import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';

/**
 * What clients of the first TaskRouterX send and rely on, beside original.test.ts: the calls of its documents as they are sent, the types its
 * clients declare, and the pool each algorithm chooses. Its dashboard itself is in tests/e2e/original-dashboard.test.ts.
 */
const base = '/api/v1';
const curl = { host: 'localhost:8000', 'user-agent': 'curl/8.5.0', accept: '*/*' };
const requests = { host: 'localhost:8000', 'user-agent': 'python-requests/2.32.3', accept: '*/*', 'accept-encoding': 'gzip, deflate' };

const anOrder = (fields: Record<string, unknown> = {}) => ({ type: 'order', priority: 5, cost: 1, region: 'us-east', ...fields });

describe('the calls of its README and QUICKSTART', () => {
  it('takes a task from curl, without metadata', async () => {
    const { call } = await setup();
    const payload = '{\n    "type": "order",\n    "priority": 7,\n    "cost": 2.5,\n    "region": "us-east"\n  }';
    const answer = await call('POST', `${base}/tasks`, { payload, headers: { ...curl, 'content-type': 'application/json' } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ id: expect.any(String), status: 'queued', priority: 7, cost: 2.5, task_metadata: null });
  });

  it('takes a task from python-requests, and counts it when it has ended', async () => {
    const { call, advance } = await setup();
    const json = { type: 'simulation', priority: 5, cost: 1.0, region: 'eu-west' };
    const created = await call('POST', `${base}/tasks`, { json, headers: requests });
    expect(created.statusCode).toBe(201);
    expect(created.json().id).toEqual(expect.any(String));
    await turns();
    const processed = async () => (await call('GET', `${base}/system/stats`, { headers: requests })).json().tasks_processed;
    expect(await processed()).toBe(0);
    await advance(2_000);
    expect(await processed()).toBe(1);
  });

  it('answers every line of its table of endpoints to curl', async () => {
    const { call } = await setup();
    for (const path of ['/', `${base}/tasks`, `${base}/system/stats`, `${base}/workers`, `${base}/logs`, `${base}/health`]) {
      const answer = await call('GET', path, { headers: curl });
      expect([answer.statusCode, answer.headers['content-type']], path).toEqual([200, expect.stringContaining('application/json')]);
    }
    const posts: [string, unknown, number][] = [
      ['/tasks', anOrder(), 201],
      ['/algorithms/switch', { algorithm: 'min_cost' }, 200],
      ['/simulate', { task_count: 10 }, 200],
    ];
    for (const [path, json, status] of posts)
      expect((await call('POST', base + path, { json, headers: curl })).statusCode, path).toBe(status);
  });
});

describe('the types its clients declare', () => {
  const text = expect.any(String);
  const whole = expect.toSatisfy(Number.isInteger);
  const number = expect.any(Number);

  it('of a task', async () => {
    const { call, advance } = await setup();
    await call('POST', `${base}/tasks`, { json: anOrder({ metadata: { a: 1 } }) });
    await advance(2_000);
    const [task] = (await call('GET', `${base}/tasks`)).json().tasks;
    expect(task).toMatchObject({
      ...{ id: text, type: 'order', priority: whole, cost: number, region: 'us-east', status: text, worker_id: 'us-east-cpu-pool' },
      ...{ algorithm_used: 'fifo', task_metadata: { a: 1 } },
    });
    for (const field of ['enqueued_at', 'started_at', 'completed_at'])
      expect(new Date(task[field]).toISOString(), 'a time in UTC that says so').toBe(task[field]);
  });

  it('of a pool', async () => {
    const { call } = await setup();
    for (const pool of (await call('GET', `${base}/workers`)).json().worker_pools)
      expect(pool).toEqual({
        ...{ id: text, name: text, region: text, resource_type: expect.stringMatching(/^[cg]pu$/) },
        ...{ cost_per_unit: number, capacity: whole, current_load: whole },
      });
  });

  it('of the statistics', async () => {
    const { call, submit, advance } = await setup();
    await submit(anOrder());
    await advance(2_000);
    const stats = (await call('GET', `${base}/system/stats`)).json();
    expect(stats).toMatchObject({
      ...{ tasks_processed: whole, tasks_pending: whole, tasks_failed: whole, tasks_completed: whole, queue_size: whole },
      ...{ average_latency: number, throughput: number },
    });
    expect(Object.values(stats.worker_utilization)).toEqual(Array.from({ length: 9 }, () => number));
    expect(Object.values(stats.scheduler_stats)).toEqual([whole, whole, whole]);
  });

  it('of the log, also where it tells of no task', async () => {
    const { call, submit } = await setup();
    await submit(anOrder());
    await call('POST', `${base}/algorithms/switch`, { json: { algorithm: 'priority' } });
    const { logs, total, page, page_size: size } = (await call('GET', `${base}/logs?page_size=100`)).json();
    expect([total, page, size]).toEqual([logs.length, 1, 100]);
    for (const row of logs)
      expect(row).toEqual({ id: text, task_id: text, timestamp: text, event_type: text, details: expect.any(Object) });
    expect(new Set(logs.map((row: { event_type: string }) => row.event_type))).toContain('algorithm_switched');
  });
});

describe('the pool each algorithm chooses', () => {
  async function switched(algorithm: string): Promise<TestApp> {
    const server = await setup();
    await server.call('POST', `${base}/algorithms/switch`, { json: { algorithm } });
    return server;
  }
  const orders = (count: number, fields: Record<string, unknown>) => Array.from({ length: count }, () => anOrder(fields));
  const times = (count: number, pool: string): string[] => Array.from({ length: count }, () => pool);

  it('fifo: the first of the region with room, then the first with room anywhere', async () => {
    const pools = await placed(await switched('fifo'), orders(16, { region: 'eu-west' }));
    expect(pools).toEqual([...times(10, 'eu-west-cpu-pool'), ...times(5, 'eu-west-gpu-pool'), 'us-east-cpu-pool']);
  });

  it('priority of 3 and less: most free slots; of 4 and more: the cheapest', async () => {
    const server = await switched('priority');
    // 8 free against 4, down to 4 against 4 where the catalogue's order decides; then 3 against 4.
    expect(await placed(server, orders(6, { priority: 2, region: 'us-west' }))).toEqual([
      ...times(5, 'us-west-cpu-pool'),
      'us-west-gpu-pool',
    ]);
    const urgent = [4, 6, 10].map((priority) => anOrder({ priority, region: 'us-west' }));
    expect(await placed(server, urgent)).toEqual(times(3, 'us-west-cpu-pool'));
  });

  it('min_cost: the cheapest of the region, though another region is cheaper', async () => {
    const pools = await placed(await switched('min_cost'), orders(10, { region: 'ap-east' }));
    // With nothing left at home, the cheapest of all.
    expect(pools).toEqual([...times(6, 'ap-east-cpu-pool'), ...times(3, 'ap-east-gpu-pool'), 'us-east-cpu-pool']);
  });
});

/** Submits in order. @returns the name of the pool each task runs on. */
async function placed({ call, submit }: TestApp, bodies: readonly Record<string, unknown>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) ids.push((await submit(body)).id);
  await turns();
  return await Promise.all(ids.map(async (id) => (await call('GET', `${base}/tasks/${id}`)).json().worker_id));
}
