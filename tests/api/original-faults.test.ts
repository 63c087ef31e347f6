import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';

/** The faults of the first TaskRouterX, each as the rule that keeps it from coming back. Restarts are in tests/e2e/original-restart.test.ts. */
const base = '/api/v1';
/** Slots of the eight pools that run the original's three types. */
const slots = 51;

interface LogRow {
  readonly event_type: string;
  readonly task_id: string;
  readonly details: Record<string, unknown>;
}

const anOrder = (fields: Record<string, unknown> = {}) => ({ type: 'order', priority: 5, cost: 1, region: 'us-east', ...fields });
const get = async ({ call }: TestApp, path: string) => (await call('GET', `${base}${path}`)).json();
const logOf = async (server: TestApp, id: string): Promise<LogRow[]> => (await get(server, `/tasks/${id}/log`)).logs;
const loads = async (server: TestApp): Promise<number[]> =>
  (await get(server, '/workers')).worker_pools.map((pool: { current_load: number }) => pool.current_load);

/** A server all of whose simulated slots are taken. */
async function fullServer(): Promise<TestApp> {
  const server = await setup();
  for (let i = 0; i < slots; i++) await server.submit(anOrder());
  await turns();
  expect((await get(server, '/system/stats')).tasks_by_status).toMatchObject({ processing: slots, queued: 0 });
  return server;
}

describe('a switch of the algorithm', () => {
  it('decides the very next placement, and both task and log name the one that did', async () => {
    const server = await fullServer();
    const early = await server.submit(anOrder({ priority: 1 }));
    const urgent = await server.submit(anOrder({ priority: 10 }));
    await server.call('POST', `${base}/algorithms/switch`, { json: { algorithm: 'priority' } });
    await server.advance(2_000);
    const [first, second] = [await get(server, `/tasks/${urgent.id}`), await get(server, `/tasks/${early.id}`)];
    expect(first.started_at < second.started_at, 'the urgent one went first, though it came last').toBe(true);
    expect([first.algorithm_used, second.algorithm_used]).toEqual(['priority', 'priority']);
    for (const { id } of [early, urgent]) {
      const scheduled = (await logOf(server, id)).find((row) => row.event_type === 'scheduled');
      expect(scheduled?.details).toMatchObject({ algorithm: 'priority' });
    }
  });

  it('leaves what was placed before to the one that placed it', async () => {
    const server = await fullServer();
    await server.call('POST', `${base}/algorithms/switch`, { json: { algorithm: 'min_cost' } });
    const { tasks } = await get(server, '/tasks?page_size=100');
    expect(new Set(tasks.map((task: { algorithm_used: string }) => task.algorithm_used))).toEqual(new Set(['fifo']));
  });
});

describe('a task whose cancel was answered 204', () => {
  it('never runs and stays cancelled', async () => {
    const server = await fullServer();
    const { id } = await server.submit(anOrder({ priority: 10 }));
    expect((await server.call('DELETE', `${base}/tasks/${id}`)).statusCode).toBe(204);
    await server.advance(60_000);
    expect(await get(server, `/tasks/${id}`)).toMatchObject({ status: 'cancelled', started_at: null, worker_id: null, attempt: 0 });
    expect(await get(server, `/tasks/${id}/log`)).toMatchObject({
      attempts: [],
      logs: [{ event_type: 'created' }, { event_type: 'cancelled' }],
    });
    expect(await get(server, '/system/stats')).toMatchObject({ tasks_cancelled: 1, tasks_processed: slots, tasks_pending: 0 });
  });
});

describe('full pools', () => {
  it('lose no task, never take more than they hold, and are empty when nothing runs', async () => {
    const server = await setup();
    await server.call('POST', `${base}/simulate`, { json: { task_count: 120, region_bias: 'ap-east' } });
    const { worker_pools: pools } = await get(server, '/workers');
    const capacities = pools.map((pool: { capacity: number }) => pool.capacity);
    let most = 0;
    for (let ms = 0; ms < 20_000; ms += 100) {
      await server.advance(100);
      const now = await loads(server);
      expect(
        now.every((load, i) => load >= 0 && load <= capacities[i]),
        `${now} of ${capacities}`,
      ).toBe(true);
      most = Math.max(
        most,
        now.reduce((sum, load) => sum + load, 0),
      );
    }
    expect(most).toBe(slots);
    expect(new Set(await loads(server))).toEqual(new Set([0]));
    const stats = await get(server, '/system/stats');
    expect(stats).toMatchObject({ tasks_processed: 120, tasks_pending: 0, queue_size: 0, tasks_by_status: { processing: 0 } });
    expect(new Set(Object.values(stats.worker_utilization))).toEqual(new Set([0]));
  });

  it('keep the place of a task that does not fit, which holds up no other', async () => {
    const server = await setup();
    const running = await server.submit({ type: 'hold' }); // its pool has one slot
    const [first, second] = [await server.submit({ type: 'hold' }), await server.submit({ type: 'hold' })];
    const other = await server.submit(anOrder());
    await turns();
    const statuses = async () =>
      await Promise.all([first, second, other].map(async ({ id }) => (await get(server, `/tasks/${id}`)).status));
    expect(await statuses()).toEqual(['queued', 'queued', 'processing']);
    server.executor.finish(running.id, { kind: 'succeeded', result: null });
    await turns();
    expect(await statuses()).toEqual(['processing', 'queued', 'processing']);
  });

  it('give a freed slot away at once, not at the next tick', async () => {
    const server = await setup();
    const [running, waiting] = [await server.submit({ type: 'hold' }), await server.submit({ type: 'hold' })];
    await turns();
    await server.advance(1_234);
    server.executor.finish(running.id, { kind: 'succeeded', result: null });
    await turns();
    const { completed_at: freed } = await get(server, `/tasks/${running.id}`);
    expect(await get(server, `/tasks/${waiting.id}`)).toMatchObject({ status: 'processing', started_at: freed });
  });
});

describe('health', () => {
  it('says degraded, with 200, of one that can no longer write', async () => {
    let broken = false;
    const server = await setup({ store: { faults: () => (broken ? { kind: 'failed' } : undefined) } });
    broken = true;
    expect((await server.call('POST', `${base}/tasks`, { json: anOrder() })).statusCode).toBe(503);
    const answer = await server.call('GET', `${base}/health`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'degraded', storage: 'failed' });
    expect((await server.call('GET', `${base}/health/ready`)).statusCode).toBe(503);
  });
});

describe('a simulation', () => {
  it('with a reversed range is refused at the request and makes nothing', async () => {
    const server = await setup();
    for (const ranges of [{ priority_range: [8, 2] }, { cost_range: [10, 0.1] }, { cost_range: [0, 1] }])
      expect((await server.call('POST', `${base}/simulate`, { json: { task_count: 10, ...ranges } })).statusCode).toBe(422);
    await server.advance(60_000);
    expect((await get(server, '/tasks')).total).toBe(0);
  });

  it('makes no task that costs nothing, however small the range', async () => {
    const server = await setup();
    await server.call('POST', `${base}/simulate`, { json: { task_count: 20, cost_range: [0.001, 0.004] } });
    await server.advance(5_000);
    const { tasks } = await get(server, '/tasks?page_size=100');
    expect(tasks.map((task: { cost: number }) => task.cost)).toEqual(Array.from({ length: 20 }, () => 0.01));
  });
});

describe('the log', () => {
  it('has every transition, with the outcome, in the words of the original', async () => {
    const server = await setup();
    const started = await server.call('POST', `${base}/simulate`, { json: { task_count: 100 } });
    await server.advance(20_000);
    const { tasks } = await get(server, '/tasks?page_size=100');
    const outcomes = new Set<string>();
    for (const task of tasks) {
      const rows = await logOf(server, task.id);
      expect(rows.map((row) => row.event_type)).toEqual(['created', 'scheduled', task.status]);
      outcomes.add(task.status);
      const [created, scheduled, ended] = rows.map((row) => row.details);
      expect(created).toMatchObject({ priority: task.priority, region: task.region, simulation: started.json().id });
      expect(scheduled).toMatchObject({
        ...{ worker_pool: task.worker_id, algorithm: 'fifo' },
        ...{ region: expect.any(String), cost_per_unit: expect.any(Number) },
      });
      expect(ended).toMatchObject(
        task.status === 'completed'
          ? { attempt: 1, duration_ms: expect.any(Number), actual_cost: expect.any(Number) }
          : { attempt: 1, code: 'simulated_failure', message: expect.any(String) },
      );
    }
    expect(outcomes, 'one attempt in twenty fails, and these tasks have one').toEqual(new Set(['completed', 'failed']));
  });
});
