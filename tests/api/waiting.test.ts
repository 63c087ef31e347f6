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
        ...{ code: 'no_capacity', who: 'capacity', tasks: 3, groups: 2 },
        ...{ oldest_task_id: oldest.id, oldest_ready_at: oldest['enqueued_at'] },
      },
      {
        ...{ code: 'larger_than_any_pool', who: 'submitter', tasks: 1, groups: 1 },
        ...{ oldest_task_id: large.id, oldest_ready_at: large['enqueued_at'] },
      },
      { code: 'delayed_until', who: 'time', tasks: 1, groups: 0, oldest_task_id: null, oldest_ready_at: null },
    ]);
    expect(groups[0]).toEqual({
      ...{ code: 'no_capacity', who: 'capacity', summary: 'The one pool that could run it is full.', until: null, tasks: 2 },
      ...{ oldest_task_id: oldest.id, oldest_ready_at: oldest['enqueued_at'], tenant: null },
      needs: {
        ...{ type: 'hold', resource_type: null, regions: ['us-east'], region_mode: 'prefer', slots: 1 },
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
});
