import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/api/live/frames.ts';
import { setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const order = { type: 'order', priority: 5, cost: 2, region: 'us-east' };

type Server = Awaited<ReturnType<typeof setup>>;
const explain = async ({ call }: Pick<Server, 'call'>, id: string) => (await call('GET', `${tasks}/${id}/explain`)).json();

describe('why a task went where it went', () => {
  it('is told of one that runs: the pools there were, the next best, and how far it was behind', async () => {
    const server = await setup();
    await server.call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'min_cost', params: {} } });
    const { id } = await server.submit(order);
    await turns();
    const { decision, summary } = await explain(server, id);
    expect(decision).toMatchObject({
      ...{ attempt: 1, pool: 'us-east-cpu-pool', algorithm: 'min_cost', epoch: 2 },
      why: {
        ...{ ring: 'home', spilled: false, room: 'free', deadline_at_risk: false, considered: 2, full: 0, out: { type: 1, region: 6 } },
        compared: {
          ...{ by: 'price', unit: 'per unit of work', wins: 'lower', total: 0.5, terms: [], margin: 1.5 },
          runner_up: { pool: 'us-east-gpu-pool', total: 2 },
        },
      },
    });
    expect(summary).toBe('Running on us-east-cpu-pool, chosen by min_cost. It had the least price, 0.5; next was us-east-gpu-pool with 2.');
  });

  it('is told after it ended, after a restart, and whatever decides by then', async () => {
    const first = await setup();
    await first.call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'region_aware', params: {} } });
    const { id } = await first.submit(order);
    await first.advance(60_000);
    const before = await explain(first, id);
    expect(before.status).toMatch(/completed|failed/);
    const { why } = before.decision;
    expect(why.compared.terms).toMatchObject([
      { name: 'distance', weight: 1, value: 0, runner_up: 0, flips: null },
      { name: 'price', weight: 0.25 },
      { name: 'load', weight: 0.25, value: 0, runner_up: 0, flips: null },
    ]);
    await first.call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'fifo', params: {} } });
    const second = await setup({ store: { image: first.store.image() } });
    const after = await explain(second, id);
    expect(after).toMatchObject({ strategy: 'fifo', decision: before.decision, summary: before.summary });
    expect(after.summary).toContain('It had the least score, ');
  });

  it('says that home had no room, and is of the latest attempt', async () => {
    const server = await setup();
    for (let i = 0; i < 15; i++) await server.submit({ type: 'order', priority: 5, cost: 1, region: 'us-east' });
    const { id } = await server.submit(order);
    await turns();
    const { decision, summary } = await explain(server, id);
    expect(decision.why).toMatchObject({ ring: 'any', spilled: true, considered: 8, out: { type: 1 } });
    expect(summary).toContain('Its home had no room.');
  });

  it('when it will start is told in words, or that nobody knows yet', async () => {
    const server = await setup();
    const held = await server.submit({ type: 'hold' });
    const { id } = await server.submit({ type: 'hold' });
    await server.submit({ type: 'hold' });
    await turns();
    expect(await explain(server, id)).toMatchObject({
      forecast: null,
      summary: expect.stringContaining('unknown yet: no slot has come free'),
    });
    await server.advance(30_000);
    await server.call('DELETE', `${tasks}/${held.id}`);
    await turns();
    const { tasks: waiting } = (await server.call('GET', `${tasks}?status=queued`)).json();
    const { forecast, summary } = await explain(server, waiting[0].id);
    expect(forecast.when).toMatch(/^within \d+ (?:s|min)$/);
    expect(summary).toContain(`It is expected to start ${forecast.when}.`);
    expect(forecast.basis).toBe('1 slot came free on 1 pool in the last 30 s');
  });

  it('is in the log, and not in the stream', async () => {
    const server = await setup();
    const { id } = await server.submit(order);
    await turns();
    const { logs } = (await server.call('GET', `${tasks}/${id}/log`)).json();
    expect(logs[1].details).toMatchObject({ worker_pool: 'us-east-cpu-pool', why: { by: 'catalogue', ring: 'home' } });
    expect(frameOf({ seq: 1, at: 0, type: 'scheduled', taskSeq: 1, taskId: id, details: logs[1].details }).json).not.toContain('why');
  });
});
