import { describe, expect, it } from 'vitest';
import { setup, turns } from '../helpers/app.ts';

const waiting = '/api/v1/explain/waiting';
const order = { type: 'order', priority: 5, cost: 1, region: 'us-east' };

describe('GET /api/v1/explain/waiting', () => {
  it('nothing waits: nothing is listed', async () => {
    const { call } = await setup();
    expect((await call('GET', waiting)).json()).toMatchObject({ tasks: 0, reasons: [], groups: [], groups_total: 0 });
  });

  it('counts by reason and by need, names the oldest, and says who can clear it', async () => {
    const { call, submit, advance } = await setup();
    const running = await submit({ type: 'hold' });
    await turns();
    const oldest = await submit({ type: 'hold' });
    await advance(2_000);
    await submit({ type: 'hold' });
    await submit({ type: 'echo', tenant: 'acme' });
    const strange = { ...order, resource_type: 'gpu', region_mode: 'require', slots: 999, accept_unroutable: true };
    const large = await submit(strange);
    await submit({ ...order, run_at: '2100-01-01T00:00:00Z' });
    await turns();
    const { reasons, groups, tasks, groups_total } = (await call('GET', waiting)).json();
    expect([tasks, groups_total]).toEqual([5, 3]);
    expect(reasons).toEqual([
      {
        ...{ code: 'no_capacity', who: 'capacity', tasks: 3, past_max_wait: 0, groups: 2 },
        ...{ oldest_task_id: oldest.id, oldest_ready_at: oldest['enqueued_at'] },
      },
      {
        ...{ code: 'larger_than_any_pool', who: 'submitter', tasks: 1, past_max_wait: 0, groups: 1 },
        ...{ oldest_task_id: large.id, oldest_ready_at: large['enqueued_at'] },
      },
      { code: 'delayed_until', who: 'time', tasks: 1, past_max_wait: 0, groups: 0, oldest_task_id: null, oldest_ready_at: null },
    ]);
    expect(groups[0]).toEqual({
      ...{
        code: 'no_capacity',
        who: 'capacity',
        summary: 'The one pool that could run it is full.',
        until: null,
        tasks: 2,
        past_max_wait: 0,
      },
      ...{ oldest_task_id: oldest.id, oldest_ready_at: oldest['enqueued_at'], tenant: null },
      needs: {
        ...{ type: 'hold', resource_type: null, regions: ['us-east'], region_mode: 'prefer', slots: 1, parts: 1 },
        ...{ max_cost_per_unit: null, constraints: [] },
      },
    });
    const narrow = (await call('GET', `${waiting}?code=larger_than_any_pool&limit=1`)).json();
    expect(narrow.groups).toMatchObject([
      { code: 'larger_than_any_pool', needs: { resource_type: 'gpu', region_mode: 'require', slots: 999 } },
    ]);
    expect([narrow.groups_total, narrow.reasons.length, (await call('GET', `${waiting}?limit=0`)).statusCode]).toEqual([1, 3, 422]);
    expect((await call('GET', `/api/v1/tasks/${running.id}/explain`)).json().holds).toEqual([]);
  });

  it("tells a tenant's limit apart by tenant, and a task that backs off from one that was asked to wait", async () => {
    const { call, submit, executor } = await setup();
    await call('PUT', '/api/v1/types/hold', { json: { limit_per_tenant: 1 } });
    await call('PATCH', '/api/v1/pools/hand', { json: { capacity: 9 }, headers: { 'content-type': 'application/merge-patch+json' } });
    const failing = await submit({ type: 'hold', tenant: 'late', max_attempts: 3 });
    for (const tenant of ['acme', 'acme', 'acme', 'zeta', 'zeta']) await submit({ type: 'hold', tenant });
    await turns();
    executor.finish(failing.id, { kind: 'failed', code: 'broken', message: 'try again', retryable: true });
    await turns();
    const { reasons, groups } = (await call('GET', waiting)).json();
    expect(reasons).toMatchObject([
      { code: 'tenant_type_limit', who: 'quota_owner', tasks: 3, groups: 2 },
      { code: 'backing_off', who: 'time', tasks: 1 },
    ]);
    expect(groups).toMatchObject([
      { tenant: 'acme', tasks: 2, summary: 'Of type hold at most 1 may run at once for tenant acme, and 1 does.' },
      { tenant: 'zeta', tasks: 1 },
    ]);
  });

  it('what waits longer than its strategy promises is counted, explained, told of and on the overview', async () => {
    const { call, submit, advance } = await setup({ pages: true });
    const json = { algorithm: 'priority', params: { aging_per_min: 2, patience_least_ms: 1_000, patience_factor: 0 } };
    await call('PUT', '/api/v1/config/algorithm', { json });
    await submit({ type: 'hold', timeout_ms: 3_600_000 });
    await turns();
    const task = await submit({ type: 'hold', priority: 8 });
    const passed = async () => (await call('GET', `/api/v1/tasks/${task.id}/explain`)).json().max_wait;
    const until = new Date(Date.parse(String(task['enqueued_at'])) + 60_000).toISOString();
    await advance(48_000);
    expect(await passed()).toEqual({
      ...{ newer_until: until, past_from: until, is_past: false },
      summary: `Newer work may come before it in the order for at most 12 s more, until ${until}.`,
    });
    expect((await call('GET', '/api/v1/system/stats')).json()).toMatchObject({
      tasks_past_max_wait: 0,
      oldest_ready_at: task['enqueued_at'],
    });
    await advance(30_000);
    expect(await passed()).toMatchObject({ is_past: true, summary: expect.stringContaining(`since ${until}`) });
    const page = (await call('GET', `/tasks/${task.id}`, { headers: { accept: 'text/html' } })).body;
    expect(page).toContain('It has waited longer than its strategy promises');
    expect((await call('GET', waiting)).json()).toMatchObject({
      reasons: [{ code: 'no_capacity', past_max_wait: 1 }],
      groups: [{ past_max_wait: 1 }],
    });
    expect((await call('GET', '/api/v1/system/stats')).json().tasks_past_max_wait).toBe(1);
    const { logs } = (await call('GET', '/api/v1/logs?event_type=wait_bound_passed')).json();
    expect(logs).toMatchObject([{ task_id: 'system', details: { tasks: 1, groups: [{ type: 'hold', oldest: task.id }] } }]);
    const overview = (await call('GET', '/', { headers: { accept: 'text/html' } })).body;
    expect(overview).toContain('<span>1 task has waited longer than the strategy promises.');
    expect(overview).toContain('id="past-max-wait"');
    await call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'priority', params: { aging_per_min: 1e-9 } } });
    expect(await passed()).toMatchObject({ newer_until: expect.any(String), is_past: false });
    await call('PUT', '/api/v1/config/algorithm', { json: { algorithm: 'priority', params: { aging_per_min: 1e-15 } } });
    expect(await passed()).toMatchObject({ newer_until: null, past_from: null, is_past: false });
  });
});
