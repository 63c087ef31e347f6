import { describe, expect, it } from 'vitest';
import { handPool, setup, turns } from '../helpers/app.ts';

const hold = { type: 'hold', region: 'us-east', region_mode: 'require' };
const pools = [{ ...handPool, name: 'west', region: 'us-west', capacity: 9, typeLimits: { echo: 1 } }];

async function limited() {
  const server = await setup({ pools });
  const { call, submit } = server;
  const put = async (path: string, json: object, expected = 201) =>
    expect((await call('PUT', `/api/v1/${path}`, { json })).statusCode).toBe(expected);
  const quotas = async (query = '') => (await call('GET', `/api/v1/quotas${query}`)).json();
  const find = async (fields: Record<string, unknown>) =>
    (await quotas()).quotas.filter((quota: Record<string, unknown>) =>
      Object.entries(fields).every(([key, value]) => quota[key] === value),
    );
  const west = (fields: object) => submit({ ...hold, region: 'us-west', ...fields });
  return { ...server, put, quotas, find, west };
}

describe('GET /api/v1/quotas', () => {
  it('tells of a tenant what runs, what it borrows, what waits behind its limit, what it spends, and its limits at the door', async () => {
    const { put, find, west } = await limited();
    const spend = { limit: 10, window: 'day' };
    await put('tenants/acme', { max_running: 3, guaranteed: 1, max_waiting: 50, rate: { per_second: 1, burst: 20 }, spend });
    for (let i = 0; i < 5; i++) await west({ tenant: 'acme', cost: 2 });
    await turns();
    const own = { scope: 'tenant', tenant: 'acme', type: null, pool: null };
    expect(await find({ ...own, limit: 'max_running' })).toMatchObject([
      { unit: 'attempts', used: 3, most: 3, guaranteed: 1, borrowed: 2, waiting: 2, until: null },
    ]);
    expect(await find({ ...own, limit: 'spend' })).toMatchObject([{ unit: 'money', used: 6, most: 10, until: '2026-01-02T00:00:00.000Z' }]);
    expect(await find({ ...own, limit: 'max_waiting' })).toMatchObject([{ unit: 'tasks', used: 2, most: 50, waiting: null }]);
    expect(await find({ ...own, limit: 'rate' })).toMatchObject([
      { unit: 'submits', used: 5, most: 20, until: '2026-01-01T00:00:05.000Z' },
    ]);
    await put('tenants/borrower', { guaranteed: 2, borrow: 3, max_running: 9 });
    expect(await find({ tenant: 'borrower' })).toMatchObject([{ limit: 'borrow', used: 0, most: 5, guaranteed: 2, borrowed: 0 }]);
  });

  it('tells of types, of tenants within a type, and of pools', async () => {
    const { put, find, west, submit } = await limited();
    await put('types/echo', { limit_total: 4 }, 200);
    await put('types/hold', { limit_per_tenant: 2 }, 200);
    await put('tenants/large', { type_limits: { hold: 3 } });
    for (let i = 0; i < 4; i++) await west({ tenant: i === 3 ? 'small' : 'large' });
    for (let i = 0; i < 3; i++) await west({ tenant: 'small' });
    await submit({ ...hold, tenant: 'other' }); // fills `hand`
    await submit({ ...hold, tenant: 'another' });
    await turns();
    expect(await find({ scope: 'type', type: 'echo' })).toMatchObject([{ limit: 'limit_total', used: 0, most: 4, waiting: 0 }]);
    expect(await find({ scope: 'tenant_type', type: 'hold', tenant: 'large' })).toMatchObject([
      { limit: 'type_limits', used: 3, most: 3, waiting: 0 },
    ]);
    expect(await find({ scope: 'tenant_type', tenant: 'small' })).toMatchObject([
      { limit: 'limit_per_tenant', used: 2, most: 2, waiting: 2 },
    ]);
    expect(await find({ scope: 'pool', pool: 'hand' })).toMatchObject([{ limit: 'capacity', unit: 'slots', used: 1, most: 1, waiting: 1 }]);
    expect(await find({ scope: 'pool', pool: 'west' })).toMatchObject([{ used: 5, most: 9, waiting: 0 }]);
    expect(await find({ scope: 'pool_type', pool: 'west', type: 'echo' })).toMatchObject([{ limit: 'type_limits', used: 0, most: 1 }]);
  });

  it('lists first what tasks wait behind, then the fullest, and as many as asked for', async () => {
    const { put, quotas, west } = await limited();
    await put('tenants/acme', { max_running: 1 });
    for (let i = 0; i < 3; i++) await west({ tenant: 'acme' });
    await turns();
    const all = await quotas();
    expect(all.quotas[0]).toMatchObject({ tenant: 'acme', limit: 'max_running', waiting: 2 });
    expect([all.total, all.quotas.length]).toEqual([12, 12]); // ten pools, a type in one of them, and the tenant's
    expect(await quotas('?limit=1')).toMatchObject({ total: 12, quotas: [{ tenant: 'acme' }] });
    const shares = all.quotas.slice(1).map(({ used, most }: { used: number; most: number }) => used / most);
    expect(shares).toEqual(shares.toSorted((a: number, b: number) => b - a));
  });

  it.each(['?limit=0', '?limit=x', '?scope=tenant'])('refuses %s', async (query) => {
    const { call } = await setup();
    expect((await call('GET', `/api/v1/quotas${query}`)).json()).toMatchObject({ status: 422, code: 'validation_failed' });
  });

  it('has a page of its own', async () => {
    const { call } = await setup({ pages: true });
    const answer = await call('GET', '/quotas', { headers: { accept: 'text/html' } });
    expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('No task waits behind a limit')]);
  });
});

describe('a task that costs more than its tenant may ever spend', () => {
  const dear = { ...hold, region: 'us-west', tenant: 'thrifty', cost: 6 };

  it('is refused with what is missing, one by one and in a batch, and a preview says so before', async () => {
    const { put, call } = await limited();
    await put('tenants/thrifty', { spend: { limit: 5, window: 'day' } });
    const refused = (await call('POST', '/api/v1/tasks', { json: dear })).json();
    expect(refused).toMatchObject({ status: 422, code: 'unroutable', errors: [{ path: '/body/cost' }] });
    expect(refused.detail).toMatch(/^It costs at least 6, and tenant thrifty may spend 5 in each day\. /);
    const { results } = (await call('POST', '/api/v1/tasks/batch', { json: [dear, { ...dear, cost: 5 }] })).json();
    expect(results.map(({ status }: { status: number }) => status)).toEqual([422, 201]);
    expect((await call('POST', '/api/v1/tasks/preview', { json: dear })).json()).toMatchObject({ refusal: { code: 'unroutable' } });
  });

  it('waits with that reason where that is accepted, until the limit is raised', async () => {
    const { put, call, submit } = await limited();
    await put('tenants/thrifty', { spend: { limit: 5, window: 'day' } });
    const { id } = await submit({ ...dear, accept_unroutable: true });
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}/explain`)).json().holds).toMatchObject([
      { code: 'spend_limit', who: 'quota_owner', need: 6, have: 5, until: null },
    ]);
    await put('tenants/thrifty', { spend: { limit: 6, window: 'day' } }, 200);
    await turns();
    expect((await call('GET', `/api/v1/tasks/${id}`)).json().status).toBe('processing');
  });
});
