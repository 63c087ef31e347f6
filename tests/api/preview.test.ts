import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const preview = '/api/v1/tasks/preview';
const order = { type: 'order', priority: 5, cost: 2, region: 'us-east' };

describe('POST /api/v1/tasks/preview', () => {
  it('says where it would start and for how much, and the submit that follows goes there', async () => {
    const { call, submit } = await setup();
    const answer = await call('POST', preview, { json: order });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      {
        ...{ starts_now: true, infeasible: false, refusal: null, holds: [], pool: 'us-east-cpu-pool', region: 'us-east' },
        ...{ strategy: 'fifo', epoch: 1, cost: { least: 1, most: 1 }, forecast: { start_ms: [0, 0] }, strategies: [] },
        summary: 'It would start now on us-east-cpu-pool, for 1. It came first in the catalogue; next was us-east-gpu-pool.',
      },
    ]);
    const { id } = await submit(order);
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().pool).toBe('us-east-cpu-pool');
  });

  it('stores nothing', async () => {
    const { call } = await setup();
    const before = (await call('GET', '/api/v1/system/stats')).json();
    for (let i = 0; i < 3; i++) await call('POST', `${preview}?strategies=all`, { json: { ...order, tenant: `t${i}` } });
    expect((await call('GET', '/api/v1/system/stats')).json()).toEqual(before);
    expect((await call('GET', '/api/v1/tasks')).json().total).toBe(0);
  });

  it('says why it would wait, with the pools that might run it and their prices', async () => {
    const { call, submit } = await setup();
    await submit({ type: 'hold' });
    await submit({ type: 'hold' });
    await turns();
    expect((await call('POST', preview, { json: { type: 'hold', cost: 3 } })).json()).toMatchObject({
      ...{ starts_now: false, pool: null, cost: { least: 3, most: 3 }, forecast: null },
      holds: [{ code: 'no_capacity' }, { code: 'behind_in_order', ahead: 1 }],
      counts: { may_run: 1, full: 1 },
      summary:
        'It would wait: The one pool that could run it is full. When it starts is unknown yet: no slot has come free lately on a pool that it may use.',
    });
  });

  it('of a delayed one: where it would go were it due, and that it waits until then', async () => {
    const { call } = await setup();
    const answer = (await call('POST', preview, { json: { ...order, run_at: '2100-01-01T00:00:00Z' } })).json();
    expect(answer).toMatchObject({ starts_now: false, pool: 'us-east-cpu-pool' });
    expect(answer.holds).toMatchObject([{ code: 'delayed_until', until: '2100-01-01T00:00:00.000Z' }]);
    expect(answer.forecast.start_ms[0]).toBe(Date.parse('2100-01-01') - Date.parse(answer.as_of));
  });

  it('infeasible is said first, with what a submit would be refused with', async () => {
    const { call } = await setup();
    const large = { ...order, slots: 999 };
    expect((await call('POST', preview, { json: large })).json()).toMatchObject({
      ...{ starts_now: false, infeasible: true, pool: null, cost: null, forecast: null, refusal: { code: 'unroutable' } },
      holds: [{ code: 'larger_than_any_pool', who: 'submitter', need: 999 }],
      summary: expect.stringMatching(/^It could never start as it is: /),
    });
    const kept = (await call('POST', preview, { json: { ...large, accept_unroutable: true } })).json();
    expect([kept.infeasible, kept.refusal]).toEqual([true, null]);
  });

  it('tries other strategies, those named or all', async () => {
    const { call } = await setup();
    const task = { ...order, region: 'ap-east', priority: 2 };
    const { strategies } = (await call('POST', `${preview}?strategies=min_cost,least_loaded`, { json: task })).json();
    expect(strategies).toMatchObject([
      { algorithm: 'min_cost', starts_now: true, pool: 'ap-east-cpu-pool' },
      { algorithm: 'least_loaded', starts_now: true, pool: expect.any(String) },
    ]);
    const unknown = await call('POST', `${preview}?strategies=min_cost,nonsense`, { json: task });
    expect([unknown.statusCode, unknown.json().code]).toEqual([422, 'unknown_reference']);
  });

  it('refuses what is no task, like a submit', async () => {
    const { call } = await setup();
    const told = async (url: string, json: object) => {
      const answer = await call('POST', url, { json });
      const { status, code, detail, errors } = answer.json();
      return { status, code, detail, errors };
    };
    for (const json of [
      ...[{ type: 'nope' }, { ...order, priority: 11 }, { ...order, surprise: 1 }, { ...order, region: 'mars' }],
      ...[
        { ...order, constraints: 'zone ~ a' },
        { ...order, deadline: '2000-01-01T00:00:00Z' },
      ],
    ]) {
      const refused = await told(preview, json);
      expect([refused, refused.status]).toEqual([await told('/api/v1/tasks', json), 422]);
    }
  });

  it('refuses a preview where a submit would be, once that is asked for', async () => {
    const { call } = await setup();
    const limits = { max_waiting: 0, rate: { per_second: 1, burst: 1 } };
    expect((await call('PUT', '/api/v1/tenants/acme', { json: limits })).statusCode).toBe(201);
    const { refusal, starts_now } = (await call('POST', preview, { json: { ...order, tenant: 'acme' } })).json();
    expect([starts_now, refusal]).toMatchObject([true, { code: 'quota_exceeded', retry_after_s: 5 }]);
  });
});
