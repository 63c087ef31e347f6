import { describe, expect, it } from 'vitest';
import { handPool, setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const hold = { type: 'hold', region: 'us-east', region_mode: 'require' };

interface Unblock {
  readonly change: string;
  readonly who: string;
  readonly subject: string | null;
  readonly to: number | string | null;
  readonly starts_on: string | null;
  readonly summary: string;
}

const hopeless = ['no_matching_pool', 'larger_than_any_pool', 'price_cap'];

/** Pools by region, so that what blocks one task leaves the others alone: here `hand` of us-east is full, and each other region has its own story. */
const pools = [
  { ...handPool, name: 'west', region: 'us-west', capacity: 9 },
  { ...handPool, name: 'paused', region: 'eu-west', state: 'paused' as const },
  { ...handPool, name: 'east', region: 'ap-east', capacity: 9, labels: { zone: 'a' } },
  { ...handPool, name: 'south', region: 'sa-east', capacity: 4 },
];

async function blocked() {
  const server = await setup({ pools });
  const { call, submit } = server;
  const put = async (path: string, json: object) => expect((await call('PUT', `/api/v1/${path}`, { json })).statusCode).toBeLessThan(300);
  await submit(hold); // fills the one slot of us-east
  await put('tenants/limited', { max_running: 1 });
  await put('tenants/thrifty', { spend: { limit: 5, window: 'day' } });
  await put('tenants/hasty', { rate: { per_second: 0.1, burst: 1 } });
  await submit({ ...hold, region: 'us-west', tenant: 'limited' });
  await submit({ ...hold, region: 'us-west', tenant: 'thrifty', cost: 4 });
  await turns();
  const explain = async (id: string) => (await call('GET', `${tasks}/${id}/explain?pools=1`)).json();
  /** What it waits for, and what would start it. */
  const waitOf = async (id: string) => {
    const { status, holds, unblock, pools: table, summary } = await explain(id);
    const cures = (unblock as readonly Unblock[]).map(({ change, who, subject, to, starts_on }) => [change, who, subject, to, starts_on]);
    const makers = new Set((unblock as readonly Unblock[]).map(({ who }) => who));
    for (const { code, who } of holds as readonly { code: string; who: string }[])
      if (hopeless.includes(code)) expect(makers, `${code}: whoever can clear it is told how`).toContain(who);
    const told = (unblock as readonly Unblock[]).map((one) => one.summary);
    return { id, status, code: holds[0]?.code, who: holds[0]?.who, cures, told, table, summary };
  };
  const told = async (body: Record<string, unknown>) => {
    const { id } = await submit({ ...hold, accept_unroutable: true, ...body });
    await turns();
    return waitOf(id);
  };
  return { ...server, told, waitOf, put };
}

describe('waiting tasks, each blocked for a reason of its own, with the code and the cure', () => {
  it('capacity: one more slot', async () => {
    const { told, call } = await blocked();
    const { id, ...waits } = await told({});
    expect(waits).toMatchObject({ code: 'no_capacity', who: 'capacity' });
    expect(waits.cures).toContainEqual(['add_capacity', 'operator', 'hand', 2, 'hand']);
    expect(waits.cures).toContainEqual(['allow_region', 'submitter', 'us-west', null, 'west']);
    const etag = (await call('GET', '/api/v1/pools/hand')).headers['etag'];
    const raised = await call('PATCH', '/api/v1/pools/hand', { json: { capacity: 2 }, headers: { 'if-match': String(etag) } });
    expect(raised.statusCode).toBe(200);
    await turns();
    expect((await call('GET', `${tasks}/${id}`)).json()).toMatchObject({ status: 'processing', pool: 'hand' });
  });

  it('capacity, behind others: slots for all that go first', async () => {
    const { told } = await blocked();
    for (let i = 0; i < 3; i++) await told({});
    expect((await told({})).cures).toContainEqual(['add_capacity', 'operator', 'hand', 5, 'hand']);
  });

  it('region: another one', async () => {
    const { told } = await blocked();
    const waits = await told({ region: 'mars' });
    expect(waits).toMatchObject({ code: 'no_matching_pool', who: 'operator' });
    expect(waits.cures).toContainEqual(['allow_region', 'submitter', 'us-west', null, 'west']);
    expect(waits.cures).toContainEqual(['add_pool', 'operator', null, 'for type hold, in region mars', null]);
    expect(waits.table[0].checks).toContainEqual({ check: 'region', ok: false, need: 'mars', have: expect.any(String) });
  });

  it('resource: any kind of it', async () => {
    const { told } = await blocked();
    const waits = await told({ region: 'us-west', resource_type: 'gpu' });
    expect(waits).toMatchObject({ code: 'no_matching_pool', who: 'operator' });
    const pool = 'for type hold, with resource_type gpu, in region us-west';
    expect(waits.cures).toEqual([
      ['drop_resource_type', 'submitter', null, null, 'west'],
      ['add_pool', 'operator', null, pool, null],
    ]);
    expect(waits.told).toContain(`Add a pool ${pool}.`);
  });

  it('label: without the constraint', async () => {
    const { told } = await blocked();
    const waits = await told({ region: 'ap-east', constraints: 'zone = b' });
    expect(waits).toMatchObject({ code: 'no_matching_pool', who: 'operator' });
    expect(waits.cures).toEqual([
      ['drop_constraint', 'submitter', 'zone = b', null, 'east'],
      ['set_labels', 'operator', 'east', 'zone = b', null],
    ]);
    expect(waits.told).toContain('Give east labels that meet zone = b; it has zone: a. It could run on east then, once there is room.');
    expect(waits.table[0]).toMatchObject({ pool: 'east', may_run: false });
    expect(waits.table[0].checks).toContainEqual({ check: 'label', ok: false, need: 'zone = b', have: 'zone: a' });
  });

  it('label, on no pool of its own: another pool', async () => {
    const { told, call } = await blocked();
    const { id, ...waits } = await told({ region: 'us-west', constraints: 'region = mars, gpu' });
    expect(waits.cures).toEqual([
      ['add_pool', 'operator', null, 'for type hold, in region us-west, with labels that meet gpu, region = mars', null],
    ]);
    const labels = await told({ region: 'us-east', constraints: 'gpu, zone = b' });
    expect(labels.cures).toEqual([['set_labels', 'operator', 'hand', 'gpu, zone = b', null]]);
    const patched = await call('PATCH', '/api/v1/pools/hand', { json: { labels: { gpu: 1, zone: 'b' } } });
    expect(patched.statusCode).toBe(200);
    await turns();
    const after = (await call('GET', `${tasks}/${labels.id}/explain`)).json();
    expect(after.holds[0]).toMatchObject({ code: 'no_capacity' });
  });

  it('type: a pool that takes it', async () => {
    const { told, call } = await blocked();
    const json = { ...handPool, name: 'picky', region: 'mars', types: ['echo'] };
    const { resourceType: resource_type, costPerUnit: cost_per_unit, name, region, capacity, types, executor } = json;
    const body = { resource_type, cost_per_unit, name, region, capacity, types, executor };
    expect((await call('POST', '/api/v1/pools', { json: body })).statusCode).toBe(201);
    for (const one of ['hand', 'west', 'paused', 'east', 'south'])
      expect((await call('PATCH', `/api/v1/pools/${one}`, { json: { types: ['echo'] } })).statusCode).toBe(200);
    const waits = await told({ region: 'mars' });
    expect(waits).toMatchObject({ code: 'no_matching_pool', who: 'operator' });
    expect(waits.cures).toEqual([['add_type', 'operator', 'picky', 'hold', null]]);
    expect(waits.told).toEqual(['Let picky take type hold. It could run on picky then, once there is room.']);
  });

  it('slots, parts and price: less of them, or a larger pool, also while all are full', async () => {
    const { told } = await blocked();
    const wide = await told({ slots: 3 }); // hand has one slot, and it is taken
    expect(wide).toMatchObject({ code: 'larger_than_any_pool', who: 'submitter' });
    expect(wide.cures).toContainEqual(['fewer_slots', 'submitter', null, 1, null]);
    expect(wide.cures.some(([change, , pool]) => change === 'add_capacity' && pool === 'hand')).toBe(true);
    const many = await told({ parts: 3 });
    expect(many).toMatchObject({ code: 'larger_than_any_pool', who: 'submitter' });
    expect(many.cures).toContainEqual(['fewer_parts', 'submitter', null, 1, null]);
    const cheap = await told({ max_cost: 0.5 });
    expect(cheap).toMatchObject({ code: 'price_cap', who: 'submitter' });
    expect(cheap.cures).toEqual([['raise_max_cost', 'submitter', null, 1, null]]);
  });

  it('quota: one more at once for the tenant', async () => {
    const { told, put, call } = await blocked();
    const { id, ...waits } = await told({ region: 'us-west', tenant: 'limited' });
    expect(waits).toMatchObject({ code: 'tenant_limit', who: 'quota_owner' });
    expect(waits.cures).toEqual([['raise_tenant_limit', 'quota_owner', 'limited', 2, 'west']]);
    await put('tenants/limited', { max_running: 2 });
    await turns();
    expect((await call('GET', `${tasks}/${id}`)).json()).toMatchObject({ status: 'processing', pool: 'west' });
  });

  it('spend: the money that is missing', async () => {
    const { told, put, call } = await blocked();
    const { id, ...waits } = await told({ region: 'us-west', tenant: 'thrifty', cost: 4 });
    expect(waits).toMatchObject({ code: 'spend_limit', who: 'quota_owner' });
    expect(waits.cures).toEqual([['raise_spend_limit', 'quota_owner', 'thrifty', 8, 'west']]);
    await put('tenants/thrifty', { spend: { limit: 8, window: 'day' } });
    await turns();
    expect((await call('GET', `${tasks}/${id}`)).json()).toMatchObject({ status: 'processing', pool: 'west' });
  });

  it('paused pool: resume it', async () => {
    const { told } = await blocked();
    const waits = await told({ region: 'eu-west' });
    expect(waits).toMatchObject({ code: 'pools_paused', who: 'operator' });
    expect(waits.cures).toContainEqual(['resume_pool', 'operator', 'paused', 'active', 'paused']);
  });

  it('the reservation of another task: slots for that one and for itself', async () => {
    const { told, waitOf, put, call, advance, executor, submit } = await blocked();
    const south = { region: 'sa-east', estimate_ms: 10_000 };
    await put('config/algorithm', { algorithm: 'fifo', params: { patience_least_ms: 1_000, patience_most_ms: 2_000 } });
    const [first] = [await submit({ ...hold, ...south, slots: 3 }), await submit({ ...hold, ...south })];
    await turns();
    const large = await told({ ...south, slots: 4 });
    expect(large).toMatchObject({ code: 'no_capacity' });
    await advance(2_000); // its patience ends, and the pool is kept for it
    // Told before anything is known of such runs but what they state.
    const { id } = await told({ ...south, estimate_ms: 60_000 });
    executor.finish(first?.id ?? '', { kind: 'succeeded', result: null });
    await turns();
    const waits = await waitOf(id);
    expect(waits).toMatchObject({ code: 'reserved_for_older', who: 'capacity' });
    expect(waits.summary).toContain('keeps it for task');
    expect(waits.cures).toContainEqual(['add_capacity', 'operator', 'south', 6, 'south']);
    const raised = await call('PATCH', '/api/v1/pools/south', { json: { capacity: 6 } });
    expect(raised.statusCode).toBe(200);
    await turns();
    const status = async (task: string) => (await call('GET', `${tasks}/${task}`)).json().status;
    expect([await status(large.id), await status(id)]).toEqual(['processing', 'processing']);
  });

  it('not before: without run_at it would start', async () => {
    const { told } = await blocked();
    const waits = await told({ region: 'us-west', run_at: '2100-01-01T00:00:00Z' });
    expect(waits).toMatchObject({ status: 'delayed', code: 'delayed_until', who: 'time' });
    expect(waits.cures).toEqual([['drop_run_at', 'submitter', null, null, 'west']]);
  });

  it('rate: refused at the door, with when to come back, and a preview says so before', async () => {
    const { call } = await blocked();
    const json = { ...hold, region: 'us-west', tenant: 'hasty' };
    expect((await call('POST', tasks, { json })).statusCode).toBe(201);
    const { refusal } = (await call('POST', `${tasks}/preview`, { json })).json();
    expect(refusal).toMatchObject({ code: 'rate_limited', retry_after_s: 10 });
    const refused = await call('POST', tasks, { json });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '10']);
  });

  it('all at once: the groups of waiting work are the same reasons, and add up', async () => {
    const { told, call } = await blocked();
    const bodies = [
      {},
      { region: 'mars' },
      { region: 'us-west', resource_type: 'gpu' },
      { region: 'ap-east', constraints: 'zone = b' },
      { region: 'us-west', tenant: 'limited' },
      { region: 'us-west', tenant: 'thrifty', cost: 4 },
      { region: 'eu-west' },
      { region: 'us-west', run_at: '2100-01-01T00:00:00Z' },
    ];
    const codes: string[] = [];
    for (const body of bodies) codes.push((await told(body)).code);
    const { tasks: total, reasons, groups } = (await call('GET', '/api/v1/explain/waiting')).json();
    expect(total).toBe(bodies.length);
    expect(reasons.map(({ code }: { code: string }) => code).sort()).toEqual([...new Set(codes)].sort());
    expect(reasons.reduce((sum: number, reason: { tasks: number }) => sum + reason.tasks, 0)).toBe(total);
    expect(groups.reduce((sum: number, group: { tasks: number }) => sum + group.tasks, 0)).toBe(total - 1); // one is delayed
  });
});

describe('every pool with every demand', () => {
  it('comes in pages, the closest pools first', async () => {
    const { call, submit } = await setup({
      pools: Array.from({ length: 150 }, (_, i) => ({ ...handPool, name: `p${i}`, region: 'far', capacity: 1 })),
    });
    await submit(hold);
    const { id } = await submit(hold);
    await turns();
    const first = (await call('GET', `${tasks}/${id}/explain?pools=1`)).json();
    expect([first.pools.length, first.next_cursor, first.pools[0].pool]).toEqual([100, '100', 'hand']);
    const second = (await call('GET', `${tasks}/${id}/explain?pools=1&cursor=100`)).json();
    expect([second.pools.length, second.next_cursor]).toEqual([59, null]);
    const names = [...first.pools, ...second.pools].map(({ pool }: { pool: string }) => pool);
    expect(new Set(names).size).toBe(159);
    expect((await call('GET', `${tasks}/${id}/explain`)).json()).toMatchObject({ pools: [], next_cursor: null });
    expect((await call('GET', `${tasks}/${id}/explain?pools=2`)).statusCode).toBe(422);
  });
});
