import { describe, expect, it } from 'vitest';
import { handPool, setup, turns } from '../helpers/app.ts';

const pools = '/api/v1/pools';
const spot = { name: 'spot', region: 'us-east', resource_type: 'gpu', cost_per_unit: 0.25, capacity: 2 };

describe('pools', () => {
  it('are listed in catalogue order with what runs on them', async () => {
    const { call, submit } = await setup();
    await submit({ type: 'hold' });
    await turns();
    const list = (await call('GET', pools)).json().pools;
    expect(list).toHaveLength(9);
    expect(list[0]).toMatchObject({
      name: 'us-east-cpu-pool',
      cost_per_unit: 0.5,
      capacity: 10,
      current_load: 0,
      state: 'active',
      version: 1,
    });
    expect(list[8]).toMatchObject({ name: 'hand', current_load: 1, accepts: ['echo', 'fail', 'hold'], executor: 'function' });
  });

  it('are seen by old clients as worker pools', async () => {
    const { call } = await setup();
    const { worker_pools: workers } = (await call('GET', '/api/v1/workers')).json();
    expect(Object.keys(workers[0])).toEqual(['id', 'name', 'region', 'resource_type', 'cost_per_unit', 'capacity', 'current_load']);
    expect(
      workers
        .slice(0, 8)
        .map((pool: { name: string; cost_per_unit: number; capacity: number }) => [pool.name, pool.cost_per_unit, pool.capacity]),
    ).toEqual([
      ['us-east-cpu-pool', 0.5, 10],
      ['us-east-gpu-pool', 2, 5],
      ['us-west-cpu-pool', 0.6, 8],
      ['us-west-gpu-pool', 2.2, 4],
      ['eu-west-cpu-pool', 0.55, 10],
      ['eu-west-gpu-pool', 2.1, 5],
      ['ap-east-cpu-pool', 0.65, 6],
      ['ap-east-gpu-pool', 2.3, 3],
    ]);
  });

  it('can be added, and take work at once', async () => {
    const { call, submit } = await setup();
    const answer = await call('POST', pools, { json: { ...spot, executor: 'function', capacity: 1 } });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({ location: `${pools}/spot`, etag: '"1"' });
    expect(answer.json()).toMatchObject({
      ...spot,
      capacity: 1,
      speed: 1,
      types: ['*'],
      simulated: null,
      type_limits: {},
      state: 'active',
    });
    await submit({ type: 'hold' });
    const second = await submit({ type: 'hold' });
    await turns();
    expect((await call('GET', `/api/v1/tasks/${second.id}`)).json().worker_id).toBe('spot');
  });

  it('are simulated unless they say otherwise', async () => {
    const { call } = await setup();
    expect((await call('POST', pools, { json: spot })).json()).toMatchObject({
      executor: 'simulated',
      simulated: { latency_ms: [100, 2_000], failure_ratio: 0.05, seed: 1 },
    });
  });

  it('have names of their own: 409', async () => {
    const { call } = await setup();
    expect((await call('POST', pools, { json: { ...spot, name: 'hand' } })).json()).toMatchObject({ status: 409, code: 'already_exists' });
  });

  it('change by merge patch', async () => {
    const { call } = await setup();
    await call('POST', pools, { json: { ...spot, type_limits: { order: 2, query: 1 } } });
    const patch = (json: unknown) =>
      call('PATCH', `${pools}/spot`, { payload: JSON.stringify(json), headers: { 'content-type': 'application/merge-patch+json' } });
    const changed = await patch({ capacity: 7, type_limits: { order: null, simulation: 3 }, simulated: { failure_ratio: 0 } });
    expect(changed.json()).toMatchObject({
      ...{ capacity: 7, cost_per_unit: 0.25, type_limits: { query: 1, simulation: 3 }, version: 2 },
      simulated: { latency_ms: [100, 2_000], failure_ratio: 0, seed: 1 },
    });
    expect(changed.headers['etag']).toBe('"2"');
    expect(
      (
        await patch({ cost_per_unit: 0.1234567, region: 'eu-west', resource_type: 'cpu', types: ['order'], speed: 2, state: 'draining' })
      ).json(),
    ).toMatchObject({
      ...{ cost_per_unit: 0.123457, region: 'eu-west', resource_type: 'cpu', types: ['order'], speed: 2, state: 'draining', capacity: 7 },
    });
    expect((await call('PATCH', `${pools}/spot`, { json: { executor: 'function', simulated: null, types: ['*'] } })).json()).toMatchObject({
      simulated: null,
    });
    expect((await patch({})).json()).toMatchObject({ status: 422, errors: [{ path: '/body', message: 'must have at least one field' }] });
  });

  it('have a carbon intensity, which nobody has to know', async () => {
    const { call } = await setup();
    expect((await call('POST', pools, { json: spot })).json().carbon_grams_per_kwh).toBeNull();
    const patched = async (grams: number | null) =>
      (await call('PATCH', `${pools}/spot`, { json: { carbon_grams_per_kwh: grams } })).json().carbon_grams_per_kwh;
    expect([await patched(61.5), await patched(0), await patched(null)]).toEqual([61.5, 0, null]);
  });

  it('may be left alone for a while when attempts keep failing, by a rule that a patch changes and takes away', async () => {
    const { call } = await setup();
    const cooling = { failures: 5, for_ms: 30_000 };
    expect((await call('POST', pools, { json: spot })).json()).toMatchObject({ cooling: null, cools_until: null });
    const patched = async (change: object | null) => (await call('PATCH', `${pools}/spot`, { json: { cooling: change } })).json().cooling;
    expect([await patched(cooling), await patched({ failures: 2 }), await patched(null)]).toEqual([
      cooling,
      { ...cooling, failures: 2 },
      null,
    ]);
    expect((await call('GET', '/api/v1/logs?event_type=pool_changed')).json().logs[1].details).toMatchObject({
      cooling: { failures: 2, for_ms: 30_000 },
    });
  });

  it('have labels, which a patch adds to, changes and takes away', async () => {
    const { call } = await setup();
    const labels = { gpu_memory_gb: 80, 'topology/zone': 'a', spot: 'yes' };
    expect((await call('POST', pools, { json: { ...spot, labels } })).json().labels).toEqual(labels);
    const patched = await call('PATCH', `${pools}/spot`, { json: { labels: { spot: null, gpu_memory_gb: 40, cuda: '12.4' } } });
    const after = { gpu_memory_gb: 40, 'topology/zone': 'a', cuda: '12.4' };
    expect(patched.json().labels).toEqual(after);
    expect((await call('GET', `${pools}/spot`)).json().labels).toEqual(after);
    expect((await call('GET', '/api/v1/logs?event_type=pool_changed')).json().logs[0].details).toMatchObject({ labels: after });
  });

  it('have at most 64 labels, however they came together', async () => {
    const { call } = await setup();
    const some = (from: number) => Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${from + i}`, i]));
    await call('POST', pools, { json: { ...spot, labels: some(0) } });
    expect((await call('PATCH', `${pools}/spot`, { json: { labels: some(40) } })).json()).toMatchObject({
      status: 422,
      errors: [{ path: '/body/labels', message: 'must be at most 64 labels' }],
    });
    const wrong = await call('PATCH', `${pools}/spot`, { json: { labels: { region: 'mars' } } });
    expect(wrong.json().errors).toEqual([
      { path: '/body/labels/region', message: 'is a field of the pool, which constraints can ask for' },
    ]);
  });

  it('change only against the version that was read', async () => {
    const { call } = await setup();
    const patch = (tag: string) => call('PATCH', `${pools}/hand`, { json: { capacity: 3 }, headers: { 'if-match': tag } });
    expect((await patch('"1"')).statusCode).toBe(200);
    expect((await patch('"1"')).json()).toMatchObject({ status: 412, code: 'version_mismatch' });
    expect((await patch('*')).statusCode).toBe(200);
    expect((await call('DELETE', `${pools}/hand`, { headers: { 'if-match': '"1"' } })).statusCode).toBe(412);
    const { etag } = (await call('GET', `${pools}/hand`)).headers;
    expect(etag).toBe('"3"');
    expect((await call('GET', `${pools}/hand`, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
  });

  it('of two changes at once only one holds', async () => {
    const { call } = await setup();
    const patch = (capacity: number) => call('PATCH', `${pools}/hand`, { json: { capacity }, headers: { 'if-match': '"1"' } });
    const answers = await Promise.all([patch(2), patch(3)]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 412]);
  });

  it('go when nothing runs there: 204, else 409', async () => {
    const { call, submit } = await setup();
    await call('POST', pools, { json: spot });
    expect((await call('DELETE', `${pools}/spot`)).statusCode).toBe(204);
    expect((await call('GET', `${pools}/spot`)).statusCode).toBe(404);
    await submit({ type: 'hold' });
    await turns();
    expect((await call('DELETE', `${pools}/hand`)).json()).toMatchObject({ status: 409, code: 'pool_in_use' });
  });

  it('that are not there: 404', async () => {
    const { call } = await setup();
    expect((await call('GET', `${pools}/nope`)).json()).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call('PATCH', `${pools}/nope`, { json: { capacity: 1 } })).statusCode).toBe(404);
    expect((await call('DELETE', `${pools}/nope`)).statusCode).toBe(404);
  });

  it('need If-Match where the operator wants it: 428', async () => {
    const { call } = await setup({ server: { requireIfMatch: true } });
    for (const [method, url, json] of [
      ['PATCH', `${pools}/hand`, { capacity: 2 }],
      ['DELETE', `${pools}/hand`, undefined],
      ['PUT', '/api/v1/types/order', {}],
      ['PUT', '/api/v1/config/algorithm', { algorithm: 'fifo' }],
    ] as const)
      expect((await call(method, url, { json })).json(), url).toMatchObject({ status: 428, code: 'version_required' });
    expect((await call('PATCH', `${pools}/hand`, { json: { capacity: 2 }, headers: { 'if-match': '"1"' } })).statusCode).toBe(200);
    expect((await call('POST', '/api/v1/algorithms/switch', { json: { algorithm: 'priority' } })).statusCode).toBe(200);
  });

  it('take nothing new while they drain', async () => {
    const { call, submit } = await setup({ pools: [{ ...handPool, name: 'hand2' }] });
    await call('PATCH', `${pools}/hand`, { json: { state: 'draining' } });
    const { id } = await submit();
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().worker_id).toBe('hand2');
  });
});

describe('task types', () => {
  const types = '/api/v1/types';

  it('are listed with where they come from', async () => {
    const { call } = await setup();
    const list = (await call('GET', types)).json().types;
    expect(list.map((type: { name: string; origin: string }) => [type.name, type.origin])).toEqual(
      expect.arrayContaining([
        ['order', 'catalogue'],
        ['echo', 'handler'],
      ]),
    );
    expect((await call('GET', `${types}/order`)).json()).toMatchObject({ name: 'order', requires: ['priority', 'cost', 'region'] });
  });

  it('come, change and go', async () => {
    const { call, submit } = await setup();
    const added = await call('PUT', `${types}/render`, { json: { description: 'pictures', max_attempts: 5, timeout_ms: 1_000 } });
    expect(added.statusCode).toBe(201);
    expect(added.headers).toMatchObject({ location: `${types}/render`, etag: expect.stringMatching(/^"\d+"$/) });
    expect(added.json()).toMatchObject({ name: 'render', origin: 'api', limit_total: null, requires: [], max_attempts: 5 });
    expect(await submit({ type: 'render', accept_unroutable: true })).toMatchObject({ max_attempts: 5, timeout_ms: 1_000 });
    const headers = { 'if-match': String(added.headers['etag']) };
    const changed = await call('PUT', `${types}/render`, { json: { limit_total: 2 }, headers });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({ limit_total: 2, max_attempts: 3, description: '' });
    expect((await call('PUT', `${types}/render`, { json: {}, headers })).statusCode).toBe(412);
    expect((await call('GET', `${types}/render`, { headers: { 'if-none-match': String(changed.headers['etag']) } })).statusCode).toBe(304);
    expect((await call('DELETE', `${types}/render`)).statusCode).toBe(204);
    expect((await call('GET', `${types}/render`)).json()).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call('DELETE', `${types}/render`)).statusCode).toBe(404);
  });

  it('of a handler stay what they are', async () => {
    const { call } = await setup();
    expect((await call('PUT', `${types}/echo`, { json: { max_attempts: 1 } })).json()).toMatchObject({
      origin: 'handler',
      max_attempts: 1,
    });
    expect((await call('DELETE', `${types}/echo`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
  });

  it('have plain names', async () => {
    const { call } = await setup();
    expect((await call('PUT', `${types}/a%20b`, { json: {} })).json()).toMatchObject({ status: 422, errors: [{ path: '/params/name' }] });
  });
});
