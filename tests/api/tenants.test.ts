import { describe, expect, it } from 'vitest';
import { handPool, setup, turns } from '../helpers/app.ts';

const tenants = '/api/v1/tenants';
const tasks = '/api/v1/tasks';

describe('tenants', () => {
  it('come, change and go', async () => {
    const { call } = await setup();
    const limits = {
      ...{ max_running: 8, guaranteed: 2, borrow: 3, weight: 2.5, max_waiting: 100, rate: { per_second: 10, burst: 3 } },
      spend: { limit: 12.5, window: 'day' },
      type_limits: { hold: 1, echo: 0 },
    };
    const added = await call('PUT', `${tenants}/acme`, { json: limits });
    expect(added.statusCode).toBe(201);
    expect(added.headers).toMatchObject({ location: `${tenants}/acme`, etag: '"1"' });
    expect(added.json()).toMatchObject({ name: 'acme', ...limits, running: 0, waiting: 0, version: 1 });
    expect(added.json().limits).toEqual([
      { policy: 'tenant', quota: 3, window_s: 0.3, left: 3, reset_s: 0 },
      { policy: 'tenant-waiting', quota: 100, window_s: null, left: 100, reset_s: null },
    ]);
    const replaced = await call('PUT', `${tenants}/acme`, { json: { weight: 1 }, headers: { 'if-match': '"1"' } });
    expect(replaced.json()).toMatchObject({
      max_running: null,
      guaranteed: 0,
      borrow: null,
      weight: 1,
      rate: null,
      spend: null,
      spending: null,
      type_limits: {},
      limits: [],
      version: 2,
    });
    expect((await call('PUT', `${tenants}/acme`, { json: {}, headers: { 'if-match': '"1"' } })).json()).toMatchObject({ status: 412 });
    const { etag } = (await call('GET', `${tenants}/acme`)).headers;
    expect((await call('GET', `${tenants}/acme`, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
    expect((await call('DELETE', `${tenants}/acme`, { headers: { 'if-match': '"1"' } })).statusCode).toBe(412);
    expect((await call('DELETE', `${tenants}/acme`)).statusCode).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect((await call(method, `${tenants}/acme`)).json()).toMatchObject({ status: 404, code: 'not_found' });
    expect((await call('PATCH', `${tenants}/acme`, { json: { weight: 1 } })).statusCode).toBe(404);
  });

  it('change by merge patch', async () => {
    const { call } = await setup();
    await call('PUT', `${tenants}/acme`, { json: { max_running: 8, rate: { per_second: 2 } } });
    const patch = (json: unknown, headers = {}) =>
      call('PATCH', `${tenants}/acme`, {
        payload: JSON.stringify(json),
        headers: { 'content-type': 'application/merge-patch+json', ...headers },
      });
    expect((await patch({ guaranteed: 3, rate: { burst: 9 } })).json()).toMatchObject({
      ...{ max_running: 8, guaranteed: 3, rate: { per_second: 2, burst: 9 }, version: 2 },
    });
    const rest = { borrow: 1, weight: 3, max_waiting: 4, max_running: null, rate: null };
    expect((await patch(rest, { 'if-match': '"2"' })).json()).toMatchObject({ ...rest, guaranteed: 3, version: 3 });
    expect((await patch({ weight: 1 }, { 'if-match': '"2"' })).statusCode).toBe(412);
    expect((await patch({ rate: { burst: 9 } })).json()).toMatchObject({ status: 422, errors: [{ path: '/body/rate/per_second' }] });
    expect((await patch({})).statusCode).toBe(422);
    expect((await patch({ spend: { limit: 3 } })).json()).toMatchObject({ status: 422, errors: [{ path: '/body/spend/window' }] });
    expect((await patch({ spend: { window: 'day' } })).json()).toMatchObject({ status: 422, errors: [{ path: '/body/spend/limit' }] });
    await patch({ spend: { limit: 3, window: 'day' } });
    expect((await patch({ spend: { window: 'month' } })).json()).toMatchObject({ spend: { limit: 3, window: 'month' } });
    expect((await patch({ spend: { limit: 1.25 } })).json()).toMatchObject({ spend: { limit: 1.25, window: 'month' } });
    expect((await patch({ spend: null })).json()).toMatchObject({ spend: null, spending: null });
    await patch({ type_limits: { hold: 1, echo: 2 } });
    expect((await patch({ type_limits: { hold: null, echo: 3, fail: 0 } })).json()).toMatchObject({ type_limits: { echo: 3, fail: 0 } });
    expect((await patch({ type_limits: { holt: 1 } })).json()).toMatchObject({ status: 422, errors: [{ path: '/body/type_limits/holt' }] });
  });

  it('are named as tasks name them, slashes included', async () => {
    const { call } = await setup();
    const added = await call('PUT', `${tenants}/${encodeURIComponent('portal/user-7')}`, { json: {} });
    expect(added.headers['location']).toBe(`${tenants}/portal%2Fuser-7`);
    expect((await call('GET', `${tenants}/portal%2Fuser-7`)).json()).toMatchObject({ name: 'portal/user-7' });
    expect((await call('PUT', `${tenants}/a%20b`, { json: {} })).json()).toMatchObject({ status: 422, errors: [{ path: '/params/name' }] });
  });

  it('are listed with what they use, and the busiest of those without limits beside them', async () => {
    const { call, submit } = await setup();
    await call('PUT', `${tenants}/acme`, { json: { max_running: 1 } });
    for (const tenant of ['acme', 'acme', 'blue']) await submit({ type: 'hold', tenant });
    await turns();
    const list = (await call('GET', tenants)).json();
    expect(list.tenants).toMatchObject([{ name: 'acme', max_running: 1, running: 1, waiting: 1 }]);
    expect(list.unlimited).toEqual([{ name: 'blue', running: 0, waiting: 1 }]);
  });

  it('take only limits that make sense: 422 says which', async () => {
    const { call } = await setup();
    const refused = async (json: unknown) => (await call('PUT', `${tenants}/acme`, { json })).json();
    for (const [json, path] of [
      [{ max_running: -1 }, '/body/max_running'],
      [{ guaranteed: null }, '/body/guaranteed'],
      [{ max_running: 1, guaranteed: 2 }, '/body/guaranteed'],
      [{ weight: 0 }, '/body/weight'],
      [{ rate: { per_second: 0 } }, '/body/rate/per_second'],
      [{ rate: { burst: 3 } }, '/body/rate/per_second'],
      [{ rate: { per_second: 1, burst: 0 } }, '/body/rate/burst'],
      [{ spend: { limit: -1, window: 'day' } }, '/body/spend/limit'],
      [{ spend: { limit: 1, window: 'week' } }, '/body/spend/window'],
      [{ spend: { limit: 1 } }, '/body/spend/window'],
      [{ type_limits: { hold: -1 } }, '/body/type_limits/hold'],
      [{ type_limits: { hold: null } }, '/body/type_limits/hold'],
      [{ type_limits: { nope: 1 } }, '/body/type_limits/nope'],
      [{ colour: 'red' }, '/body/colour'],
    ] as const)
      expect(await refused(json), path).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ path }] });
    expect((await call('PUT', `${tenants}/acme?force=perhaps`, { json: {} })).statusCode).toBe(422);
  });

  it('need If-Match where the operator wants it: 428', async () => {
    const { call } = await setup({ server: { requireIfMatch: true } });
    expect((await call('PUT', `${tenants}/acme`, { json: {} })).statusCode).toBe(201);
    for (const [method, json] of [
      ['PUT', {}],
      ['PATCH', { weight: 1 }],
      ['DELETE', undefined],
    ] as const)
      expect((await call(method, `${tenants}/acme`, { json })).json(), method).toMatchObject({ status: 428, code: 'version_required' });
  });

  it('change all together or not at all, and everything that is wrong is told at once', async () => {
    const { call, submit } = await setup();
    const made = (await call('PUT', `${tenants}/acme`, { json: { max_running: 5 } })).json();
    const paths = async (json: object) =>
      (await call('PATCH', `${tenants}/acme`, { json })).json().errors.map(({ path }: { path: string }) => path);
    expect(await paths({ weight: 2, rate: { burst: 3 }, spend: { limit: 4 } })).toEqual(['/body/rate/per_second', '/body/spend/window']);
    expect(await paths({ weight: 2, guaranteed: 9, type_limits: { nope: 1, hold: 1, no: 2 } })).toEqual([
      '/body/guaranteed',
      '/body/type_limits/nope',
      '/body/type_limits/no',
    ]);
    for (let i = 0; i < 3; i++) await submit({ type: 'hold', tenant: 'acme' });
    await turns();
    const low = (await call('PATCH', `${tenants}/acme`, { json: { weight: 2, max_running: 0, max_waiting: 1 } })).json();
    expect(low).toMatchObject({ code: 'quota_in_use', errors: [{ path: '/body/max_running' }, { path: '/body/max_waiting' }] });
    expect(low.detail).toMatch(
      /^1 attempts run of tenant acme: .* 2 tasks wait of tenant acme: .* Wait until there are fewer, or send force=true to set them/,
    );
    expect((await call('GET', `${tenants}/acme`)).json()).toMatchObject({
      weight: made.weight,
      max_running: 5,
      max_waiting: null,
      rate: null,
    });
    const all = { weight: 2, rate: { per_second: 4, burst: 3 }, spend: { limit: 9, window: 'day' }, type_limits: { hold: 1 } };
    expect((await call('PATCH', `${tenants}/acme`, { json: all })).json()).toMatchObject(all);
  });

  it('get no limit below what they use, unless it is meant', async () => {
    const { call, submit } = await setup();
    await submit({ type: 'hold', tenant: 'acme' });
    await turns();
    expect((await call('PUT', `${tenants}/acme`, { json: { max_running: 0 } })).json()).toMatchObject({
      ...{
        status: 409,
        code: 'quota_in_use',
        errors: [{ path: '/body/max_running', message: 'must be at least 1, as many attempts run' }],
      },
      detail: expect.stringContaining('force=true'),
    });
    expect((await call('PUT', `${tenants}/acme`, { json: { type_limits: { hold: 0 } } })).json()).toMatchObject({
      ...{ status: 409, code: 'quota_in_use', errors: [{ path: '/body/type_limits/hold' }] },
    });
    expect((await call('PUT', `${tenants}/acme?force=true`, { json: { max_running: 0 } })).statusCode).toBe(201);
    expect((await call('PATCH', '/api/v1/types/hold', { json: { limit_total: 0 } })).json()).toMatchObject({
      status: 409,
      code: 'quota_in_use',
    });
    expect((await call('PATCH', '/api/v1/types/hold?force=true', { json: { limit_total: 0 } })).statusCode).toBe(200);
  });
});

describe('what a tenant spends', () => {
  it('is told, and a task that waits for money is told why and until when', async () => {
    const { call, submit } = await setup();
    await call('PUT', `${tenants}/acme`, { json: { spend: { limit: 3, window: 'day' } } });
    await submit({ type: 'echo', tenant: 'acme' });
    await turns();
    await submit({ type: 'hold', tenant: 'acme', cost: 1.5 });
    const { id } = await submit({ type: 'echo', tenant: 'acme' });
    await turns();
    const { spending } = (await call('GET', `${tenants}/acme`)).json();
    expect(spending).toMatchObject({ spent: 1, reserved: 1.5, left: 0.5 });
    expect(spending.until).toMatch(/T00:00:00\.000Z$/);
    const { holds, forecast } = (await call('GET', `${tasks}/${id}/explain`)).json();
    expect(holds[0]).toMatchObject({ code: 'spend_limit', who: 'quota_owner', need: 1, have: 0.5, until: spending.until });
    expect(forecast.start_ms[0]).toBeGreaterThan(0);
    expect((await call('GET', '/api/v1/explain/waiting')).json()).toMatchObject({
      ...{ reasons: [{ code: 'spend_limit', tasks: 1 }], groups: [{ code: 'spend_limit', tenant: 'acme', until: spending.until }] },
    });
    const refused = await call('PATCH', `${tenants}/acme`, { json: { spend: { limit: 1 } } });
    expect(refused.json()).toMatchObject({ status: 409, code: 'quota_in_use', errors: [{ path: '/body/spend/limit' }] });
    await call('PATCH', `${tenants}/acme`, { json: { spend: { limit: 9 } } });
    await turns();
    expect((await call('GET', `${tasks}/${id}/explain`)).json().holds[0]).toMatchObject({ code: 'no_capacity' });
  });
});

describe('limits of a type', () => {
  it('change by merge patch, and the rest stays', async () => {
    const { call } = await setup();
    await call('PUT', '/api/v1/types/render', { json: { description: 'pictures', max_attempts: 5 } });
    const limits = { limit_total: 4, limit_per_tenant: 2, limit_waiting: 50, rate: { per_second: 0.5, burst: 1 } };
    const changed = await call('PATCH', '/api/v1/types/render', { json: { ...limits, rate: { per_second: 0.5 } } });
    expect(changed.headers['etag']).toBe('"2"');
    expect(changed.json()).toMatchObject({ name: 'render', description: 'pictures', max_attempts: 5, origin: 'api', ...limits });
    const others = {
      description: '',
      requires: ['cost'],
      timeout_ms: 9,
      max_attempts: 1,
      resource_type: 'gpu',
      rate: null,
      limit_waiting: null,
    };
    expect((await call('PATCH', '/api/v1/types/render', { json: others })).json()).toMatchObject({ ...others, limit_total: 4 });
    expect((await call('PATCH', '/api/v1/types/render', { json: { limit_total: 1 }, headers: { 'if-match': '"2"' } })).statusCode).toBe(
      412,
    );
    expect((await call('PATCH', '/api/v1/types/nope', { json: { limit_total: 1 } })).statusCode).toBe(404);
  });
});

it('tenants of a type take turns when that is set', async () => {
  const { call, submit } = await setup({ pools: [{ ...handPool, name: 'two', capacity: 2, state: 'paused' }] });
  const type = (json: object) => call('PATCH', '/api/v1/types/hold', { json });
  expect((await call('GET', '/api/v1/types/hold')).json()).toMatchObject({ between_tenants: 'fifo' });
  expect((await type({ between_tenants: 'fair' })).json()).toMatchObject({ status: 422, errors: [{ path: '/body/between_tenants' }] });
  expect((await type({ between_tenants: 'round_robin' })).json()).toMatchObject({ between_tenants: 'round_robin' });
  await submit({ type: 'hold', tenant: 'acme' }); // runs
  await turns();
  for (const tenant of ['acme', 'acme', 'blue']) await submit({ type: 'hold', tenant });
  await call('PATCH', '/api/v1/pools/two', { json: { state: 'active' } });
  await turns();
  const running = (await call('GET', `${tasks}?status=processing`)).json().tasks as { tenant: string }[];
  expect(running.map(({ tenant }) => tenant).sort()).toEqual(['acme', 'acme', 'blue']);
  const put = await call('PUT', '/api/v1/types/render', { json: { between_tenants: 'round_robin' } });
  expect(put.json()).toMatchObject({ between_tenants: 'round_robin' });
});

describe('a submit under limits', () => {
  const policies = '"tenant";q=3;w=1, "tenant-waiting";q=5;qu="tasks"';

  it('is told what is left of them', async () => {
    const { call, submit } = await setup();
    await call('PUT', `${tenants}/acme`, { json: { rate: { per_second: 10, burst: 3 }, max_waiting: 5 } });
    await submit({ type: 'hold', tenant: 'acme' }); // runs
    const answer = await call('POST', tasks, { json: { type: 'hold', tenant: 'acme' } });
    expect(answer.headers).toMatchObject({ 'ratelimit-policy': policies, ratelimit: '"tenant";r=1;t=1, "tenant-waiting";r=4' });
    expect((await call('POST', tasks, { json: { type: 'hold' } })).headers['ratelimit']).toBeUndefined();
  });

  it('too fast: 429 with the time to wait', async () => {
    const { call, submit, advance } = await setup();
    await call('PUT', `${tenants}/acme`, { json: { rate: { per_second: 0.5, burst: 1 } } });
    const { id } = await submit({ type: 'hold', tenant: 'acme' });
    const refused = await call('POST', tasks, { json: { type: 'hold', tenant: 'acme' } });
    expect(refused.json()).toMatchObject({
      ...{ type: 'https://iana.org/assignments/http-problem-types#quota-exceeded', status: 429, code: 'rate_limited' },
      ...{ 'violated-policies': ['tenant'], detail: 'tenant acme may submit 0.5 tasks a second, 1 at once. Try again in 2 s.' },
    });
    expect(refused.headers).toMatchObject({ 'retry-after': '2', ratelimit: '"tenant";r=0;t=2', 'ratelimit-policy': '"tenant";q=1;w=2' });
    await advance(1_999);
    expect((await call('POST', `${tasks}/${id}/retry`)).statusCode).toBe(409);
    expect((await call('POST', tasks, { json: { type: 'hold', tenant: 'acme' } })).statusCode).toBe(429);
    await advance(1);
    expect((await call('POST', tasks, { json: { type: 'hold', tenant: 'acme' } })).statusCode).toBe(201);
  });

  it('behind too many: 429, and in a batch for each item', async () => {
    const { call } = await setup();
    await call('PATCH', '/api/v1/types/hold', { json: { limit_waiting: 2 } });
    const batch = await call('POST', `${tasks}/batch`, { json: Array(4).fill({ type: 'hold' }) });
    expect(batch.json()).toMatchObject({
      accepted: 2,
      refused: 2,
      results: [{}, {}, { status: 429, error: { code: 'quota_exceeded' } }, {}],
    });
    const refused = await call('POST', `${tasks}/batch?atomic=true`, { json: Array(9).fill({ type: 'hold' }) });
    expect(refused.json()).toMatchObject({ status: 429, code: 'quota_exceeded', 'violated-policies': ['type-waiting'] });
    expect(refused.headers['retry-after']).toBeDefined();
  });

  it('of a retry counts as one', async () => {
    const { call, submit } = await setup();
    await call('PUT', `${tenants}/default`, { json: { rate: { per_second: 0.001, burst: 2 } } });
    const { id } = await submit({ type: 'echo', payload: 1 });
    await turns();
    const again = await call('POST', `${tasks}/${id}/retry`);
    expect([again.statusCode, again.headers['ratelimit']]).toEqual([201, '"tenant";r=0;t=2000']);
    expect((await call('POST', `${tasks}/${id}/retry`)).json()).toMatchObject({ status: 429, code: 'rate_limited' });
  });
});
