import { describe, expect, it } from 'vitest';
import { handPool, setup, turns } from '../helpers/app.ts';

const tasks = '/api/v1/tasks';
const gpuBox = { ...handPool, name: 'gpu-box', region: 'eu-west', labels: { gpu_memory_gb: 80, zone: 'a' } };
const asked = [
  { label: 'gpu_memory_gb', op: '>', value: 16 },
  { label: 'spot', op: 'not_exists' },
  { label: 'zone', op: 'in', values: ['a', 'b'] },
];

async function labelled(options: { readonly pages?: boolean } = {}) {
  const made = await setup({ pools: [gpuBox], ...options });
  const { call } = made;
  const pool = async (id: string) => (await call('GET', `${tasks}/${id}`)).json().worker_id;
  const refused = async (json: Record<string, unknown>) => (await call('POST', tasks, { json: { type: 'hold', ...json } })).json();
  const explain = async (id: string) => (await call('GET', `${tasks}/${id}/explain`)).json();
  return { ...made, pool, refused, explain };
}

describe('constraints on labels', () => {
  it.each<[string, unknown]>([
    ['text', 'zone in (b, a, b), gpu_memory_gb > 16, !spot'],
    ['objects', [asked[2], asked[0], asked[1]]],
    ['both', ['!spot', { label: 'zone', op: 'in', values: ['b', 'a'] }, 'gpu_memory_gb > 16, !spot']],
  ])('as %s are the same, and decide where it runs', async (_, constraints) => {
    const { submit, pool, call } = await labelled();
    const task = await submit({ type: 'hold', constraints });
    await turns();
    expect(task['constraints']).toEqual(asked);
    expect((await call('GET', `${tasks}/${task.id}`)).json().constraints).toEqual(asked);
    expect((await call('GET', tasks)).json().tasks[0].constraints).toEqual(asked);
    expect(await pool(task.id)).toBe('gpu-box');
  });

  it.each([[null], [[]]])('%j asks for nothing', async (constraints) => {
    const { submit, pool } = await labelled();
    const task = await submit({ type: 'hold', constraints, region: 'us-east' });
    await turns();
    expect(task['constraints']).toBeNull();
    expect(await pool(task.id)).toBe('hand');
  });

  it('text that cannot be read is refused with the place, and what may stand there', async () => {
    const { refused } = await labelled();
    const message = 'cannot be read at character 13: expected a comma or ), and the text ends there';
    expect(await refused({ constraints: 'zone in (a,b' })).toMatchObject({
      ...{ status: 422, code: 'validation_failed', detail: `constraints ${message}.` },
      errors: [{ path: '/body/constraints', message }],
    });
    const second = await refused({ constraints: ['!spot', 'gb > x'] });
    expect(second.errors).toEqual([
      { path: '/body/constraints/1', message: 'cannot be read at character 6: x must be a number: only numbers are less or greater' },
    ]);
    const third = await refused({ constraints: [{ label: 'gb', op: '>', value: 'x' }] });
    expect(third.errors[0]).toEqual({ path: '/body/constraints/0', message: 'must have a value that is a number, and no values: op is >' });
  });

  it('are part of what is done again', async () => {
    const { submit, call, executor } = await labelled();
    const { id } = await submit({ type: 'hold', constraints: '!spot', regions: ['eu-west'], max_attempts: 1 });
    await turns();
    executor.finish(id, { kind: 'succeeded', result: null });
    await turns();
    const again = (await call('POST', `${tasks}/${id}/retry`)).json();
    expect(again).toMatchObject({ retry_of: id, constraints: [asked[1]], regions: ['eu-west'], region: 'eu-west' });
  });
});

describe('regions', () => {
  it("required: nowhere else; the home is the first of them, or the server's own", async () => {
    const { submit, pool } = await labelled();
    const far = await submit({ type: 'hold', regions: ['eu-west', 'us-west'], region_mode: 'require' });
    const near = await submit({ type: 'hold', regions: ['eu-west', 'us-east'] });
    await turns();
    expect(far).toMatchObject({ region: 'eu-west', regions: ['eu-west', 'us-west'], region_mode: 'require' });
    expect(near).toMatchObject({ region: 'us-east', regions: ['eu-west', 'us-east'], region_mode: 'prefer' });
    expect([await pool(far.id), await pool(near.id)]).toEqual(['gpu-box', 'hand']);
  });

  it('preferred: elsewhere when they are full', async () => {
    const { submit, pool } = await labelled();
    const ids = [];
    for (let i = 0; i < 2; i++) ids.push((await submit({ type: 'hold', regions: ['eu-west'] })).id);
    await turns();
    expect([await pool(ids[0]!), await pool(ids[1]!)]).toEqual(['gpu-box', 'hand']);
  });

  it('are enough where a type insists on a region, and for require', async () => {
    const { call } = await labelled();
    const order = { type: 'order', priority: 5, cost: 1, regions: ['us-west'] };
    expect((await call('POST', tasks, { json: order })).json()).toMatchObject({ region: 'us-west' });
    const homeless = { type: 'hold', region: null, regions: ['us-east'], region_mode: 'require' };
    expect((await call('POST', tasks, { json: homeless })).json()).toMatchObject({ region: null, regions: ['us-east'] });
  });

  it('are refused when there is no such region, each by its place', async () => {
    const { refused } = await labelled();
    expect((await refused({ regions: ['us-east', 'mars'], region: 'venus' })).errors).toEqual([
      { path: '/body/region', message: 'must be one of us-east, us-west, eu-west, ap-east, and it was venus' },
      { path: '/body/regions/1', message: 'must be one of us-east, us-west, eu-west, ap-east, and it was mars' },
    ]);
  });
});

describe('a task that no pool could run', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [
      { constraints: 'gpu_memory_gb > 80' },
      'constraints',
      'No pool that takes type hold meets gpu_memory_gb > 80: there gpu_memory_gb is 80.',
    ],
    [
      { constraints: 'gpu_memory > 8' },
      'constraints',
      'No pool that takes type hold meets gpu_memory > 8: none has the label gpu_memory; labels there are gpu_memory_gb, region, resource_type, zone.',
    ],
    [
      { regions: ['us-west', 'ap-east'], region_mode: 'require' },
      'regions',
      'No pool that takes type hold is in regions us-west, ap-east, and region_mode is require. There are such pools in us-east, eu-west.',
    ],
    [
      { region: 'us-west', region_mode: 'require' },
      'region',
      'No pool that takes type hold is in region us-west, and region_mode is require. There are such pools in us-east, eu-west.',
    ],
    [{ resource_type: 'gpu' }, 'resource_type', 'No pool that takes type hold has resource_type gpu.'],
    [{ slots: 2 }, 'slots', 'It wants 2 slots, and the largest pool that could run it has 1.'],
    [{ max_cost: 0.5 }, 'max_cost', 'The cheapest pool that could run it charges 1 for 1 units, and max_cost is 0.5.'],
  ])('%j is refused with the missing thing, or waits with that reason', async (needs, field, why) => {
    const { refused, submit, explain } = await labelled();
    expect(await refused(needs)).toMatchObject({
      ...{ status: 422, code: 'unroutable', detail: `${why} Change the task, or send accept_unroutable: true to let it wait.` },
      errors: [{ path: `/body/${field}`, message: why }],
    });
    const { id } = await submit({ type: 'hold', ...needs, accept_unroutable: true });
    await turns();
    expect((await explain(id)).holds).toMatchObject([{ summary: why }]);
  });

  it('starts when a pool gets the label, without anything else happening', async () => {
    const { call, submit, pool, explain } = await labelled();
    const { id } = await submit({ type: 'hold', constraints: 'tier = 1', accept_unroutable: true });
    await turns();
    expect(await explain(id)).toMatchObject({
      holds: [{ code: 'no_matching_pool', who: 'operator' }],
      counts: { pools: 10, may_run: 0, out: { type: 8, label: 2 } },
    });
    await call('PATCH', '/api/v1/pools/gpu-box', { json: { labels: { tier: 1 } } });
    await turns();
    expect(await pool(id)).toBe('gpu-box');
  });

  it('may name a region that is still to come', async () => {
    const { call, submit, pool, explain, refused } = await labelled();
    const needs = { region: 'mars', region_mode: 'require', accept_unroutable: true };
    const { id } = await submit({ type: 'hold', ...needs });
    await turns();
    expect((await explain(id)).holds[0].summary).toMatch(/^No pool that takes type hold is in region mars,/);
    const json = { name: 'rover', region: 'mars', resource_type: 'cpu', cost_per_unit: 1, capacity: 1, executor: 'function' };
    await call('POST', '/api/v1/pools', { json });
    await turns();
    expect(await pool(id)).toBe('rover');
    expect((await refused({ ...needs, region: 'no name' })).errors[0]).toMatchObject({ path: '/body/region' });
  });

  it('is not one whose pools are all paused: that waits for the operator', async () => {
    const { call, submit, explain } = await labelled();
    await call('PATCH', '/api/v1/pools/gpu-box', { json: { state: 'paused' } });
    const { id } = await submit({ type: 'hold', constraints: 'gpu_memory_gb > 16' });
    await turns();
    expect(await explain(id)).toMatchObject({ holds: [{ code: 'pools_paused', who: 'operator' }], counts: { out: { state: 1 } } });
  });

  it('in a batch is refused or waits by itself', async () => {
    const { call } = await labelled();
    const items = [{}, { constraints: 'tier' }, { constraints: 'tier', accept_unroutable: true }, { constraints: 'tier =' }];
    const batch = (path: string) => call('POST', `${tasks}/batch${path}`, { json: items.map((item) => ({ type: 'hold', ...item })) });
    const { results } = (await batch('')).json();
    expect(results.map(({ status }: { status: number }) => status)).toEqual([201, 422, 201, 422]);
    expect(results[1].error).toMatchObject({ code: 'unroutable', errors: [{ path: '/body/constraints' }] });
    expect(results[3].error.errors[0].message).toMatch(/^cannot be read at character 7: expected a number, a word or "text"/);
    const whole = (await batch('?atomic=true')).json();
    expect(whole).toMatchObject({ status: 422, errors: [{ path: '/body/3/constraints' }] });
  });
});

describe('the dashboard', () => {
  it('takes regions, constraints and labels from its forms, shows them, and copies them', async () => {
    const { app, engine, call, pool } = await labelled({ pages: true });
    const send = (url: string, fields: Record<string, string>) =>
      app.inject({
        method: 'POST',
        url,
        payload: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const open = async (url: string) => (await app.inject({ url, headers: { accept: 'text/html' } })).body;

    const fields = { type: 'hold', regions: 'eu-west, us-west', region_mode: 'require', constraints: 'zone in (a, b), gpu_memory_gb > 16' };
    const made = await send('/tasks/new', fields);
    expect(made.statusCode).toBe(303);
    const path = String(made.headers.location);
    await turns();
    expect(await pool(path.slice('/tasks/'.length))).toBe('gpu-box');
    const page = await open(path);
    expect(page).toContain('eu-west, us-west (required)');
    expect(page).toContain('<code>gpu_memory_gb &gt; 16, zone in (a, b)</code>');
    expect(await open(`/tasks/new?clone=${path.slice('/tasks/'.length)}`)).toContain('value="gpu_memory_gb &gt; 16, zone in (a, b)"');

    const refused = await send('/tasks/new', { type: 'hold', constraints: 'tier = 1' });
    expect(refused.statusCode).toBe(422);
    expect(refused.body).toContain('id="task-constraints-error"');
    expect((await send('/tasks/new', { type: 'hold', constraints: 'tier = 1', accept_unroutable: 'true' })).statusCode).toBe(303);

    expect(await open('/pools/gpu-box')).toContain('value="gpu_memory_gb = 80, zone = a"');
    await send('/pools/gpu-box', { capacity: '2', labels_before: 'gpu_memory_gb zone', labels: 'zone = c, tier = 1' });
    expect(engine.pools().find((live) => live.pool.name === 'gpu-box')?.pool).toMatchObject({
      capacity: 2,
      labels: { zone: 'c', tier: 1 },
    });
    await turns();
    expect((await call('GET', '/api/v1/pools/gpu-box')).json().current_load).toBe(2);
  });
});
