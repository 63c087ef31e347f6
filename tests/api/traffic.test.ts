import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const simulate = '/api/v1/simulate';

describe('POST /api/v1/simulate', () => {
  it('starts as the original did, and really makes its tasks', async () => {
    const { call, advance } = await setup();
    const json = { task_count: 120, distribution: 'random', priority_range: [1, 10], cost_range: [0.1, 10.0] };
    const answer = await call('POST', simulate, { json });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      id: expect.any(String),
      task_count: 120,
      tasks_created: 0,
      start_time: '2026-01-01T00:00:00.000Z',
      status: 'running',
    });
    await advance(60_000);
    const done = (await call('GET', `${simulate}/${answer.json().id}`)).json();
    expect(done).toMatchObject({
      tasks_created: 120,
      status: 'completed',
      end_time: expect.any(String),
      input: { distribution: 'random', pattern: null },
    });
    const { tasks, total } = (await call('GET', '/api/v1/tasks?page_size=100')).json();
    expect(total).toBe(120);
    expect(tasks[0].task_metadata).toEqual({ simulation_id: answer.json().id, task_number: 120 });
    expect(
      tasks.every((task: { cost: number; type: string }) => task.cost >= 0.01 && ['order', 'simulation', 'query'].includes(task.type)),
    ).toBe(true);
    expect((await call('GET', '/api/v1/system/stats')).json()).toMatchObject({ tasks_pending: 0, queue_size: 0, slots_used: 0 });
  });

  it('follows a pattern over time, and the same seed makes the same tasks', async () => {
    const { call, advance } = await setup();
    const run = async () => {
      const { id } = (await call('POST', simulate, { json: { task_count: 20, pattern: 'steady', rate: 10, seed: 7 } })).json();
      await advance(500);
      const half = (await call('GET', `${simulate}/${id}`)).json().tasks_created;
      await advance(30_000);
      const { tasks } = (await call('GET', '/api/v1/tasks?page_size=20')).json();
      return { half, drawn: tasks.map((task: Record<string, unknown>) => [task['type'], task['priority'], task['cost'], task['region']]) };
    };
    const first = await run();
    expect(first.half).toBeGreaterThan(0);
    expect(first.half).toBeLessThan(20);
    expect(await run()).toEqual(first);
  });

  it('stops when told to; what it made stays', async () => {
    const { call, advance } = await setup();
    const { id } = (await call('POST', simulate, { json: { task_count: 100, pattern: 'steady', rate: 10 } })).json();
    await advance(1_000);
    const stopped = await call('DELETE', `${simulate}/${id}`);
    expect(stopped.statusCode).toBe(200);
    expect(stopped.json()).toMatchObject({ status: 'stopped' });
    await advance(60_000);
    const { tasks_created: created } = (await call('GET', `${simulate}/${id}`)).json();
    expect(created).toBe(stopped.json().tasks_created);
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(created);
  });

  it('is told in the log', async () => {
    const { call, advance } = await setup();
    const { id } = (await call('POST', simulate, { json: { task_count: 1, region_bias: 'eu-west' } })).json();
    await advance(5_000);
    const types = (await call('GET', '/api/v1/logs?task_id=system')).json().logs.map((row: { event_type: string }) => row.event_type);
    expect(types).toEqual(expect.arrayContaining(['simulation_started', 'simulation_ended']));
    expect((await call('GET', '/api/v1/logs?event_type=created')).json().logs[0].details).toMatchObject({ simulation: id });
  });

  it('that is not there: 404', async () => {
    const { call } = await setup();
    for (const id of ['nope', '0190aaaa-0000-7000-8000-000000000000']) {
      expect((await call('GET', `${simulate}/${id}`)).json()).toMatchObject({ status: 404, detail: 'Simulation not found' });
      expect((await call('DELETE', `${simulate}/${id}`)).statusCode).toBe(404);
    }
  });
});

describe('GET /api/v1/logs', () => {
  it('shows every committed change, newest first', async () => {
    const { call, submit } = await setup();
    const { id } = await submit();
    await turns();
    const list = (await call('GET', '/api/v1/logs?page_size=100')).json();
    expect(list.logs.slice(0, 3).map((row: { event_type: string }) => row.event_type)).toEqual(['completed', 'scheduled', 'created']);
    expect(list.logs[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      task_id: id,
      timestamp: '2026-01-01T00:00:00.000Z',
      event_type: 'completed',
      details: expect.any(Object),
    });
    expect(list.logs[1].details).toMatchObject({ worker_pool: 'hand', algorithm: 'fifo', region: 'us-east', cost_per_unit: 1 });
    expect(list.logs[2].details).toEqual({ priority: 5, region: 'us-east' });
    expect(list).toMatchObject({ page: 1, page_size: 100, total: list.logs.length });
  });

  it('filters by task and by event, and pages', async () => {
    const { call, submit } = await setup();
    const [one] = [await submit(), await submit()];
    await turns();
    const rows = async (query: string) => (await call('GET', `/api/v1/logs?${query}`)).json().logs;
    expect(await rows(`task_id=${one.id}`)).toHaveLength(3);
    expect(await rows(`task_id=${one.id}&event_type=created`)).toHaveLength(1);
    expect(await rows('event_type=created')).toHaveLength(2);
    expect(await rows('task_id=nope')).toEqual([]);
    const seen: string[] = [];
    let url: string | undefined = '/api/v1/logs?limit=2';
    while (url !== undefined) {
      const answer = await call('GET', url);
      seen.push(...answer.json().logs.map((row: { id: string }) => row.id));
      url = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link']))?.[1];
    }
    const head = (await call('GET', '/api/v1/system/stats')).json().seq;
    expect(seen).toEqual(Array.from({ length: head }, (_, i) => String(head - i)));
  });
});
