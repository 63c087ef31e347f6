import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessOf } from '../../src/api/access.ts';
import { handPool, setup, type TestApp } from '../helpers/app.ts';

const base = '/api/v1';
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const pageOf = ({ app }: TestApp, url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { ...html, ...headers } });

/** With keys: one of an admin, and one that sees a tenant alone; each with the cookie of a browser that signed in. */
async function locked() {
  const server = await setup({ pages: true });
  const send = (headers: Record<string, string>, json: object) => server.call('POST', `${base}/keys`, { json, headers });
  const admin: string = (await send({}, { name: 'me', role: 'admin' })).json().key;
  const made = await send({ authorization: `Bearer ${admin}` }, { name: 'acme', role: 'submit', tenant: 'acme' });
  const signIn = async (key: string) => {
    const answer = await server.app.inject({
      ...{ method: 'POST', url: '/login', payload: new URLSearchParams({ key }).toString() },
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    });
    return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' };
  };
  return { ...server, admin: await signIn(admin), tenant: await signIn(made.json().key) };
}

describe('an address that leads nowhere', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await setup({ pages: true, closed: afterAll });
  });

  it.each([
    ['/there-is-nothing', []],
    ['/nodes', ['/pools']],
    ['/Worker/7', ['/pools']],
    ['/types', ['/quotas']],
    ['/task/1', ['/tasks']],
    ['/taks', ['/tasks']],
    ['/algoritms.html', ['/algorithms']],
    ['/api', ['/docs']],
  ])('%s is a page that says so, with what may have been meant', async (url, links) => {
    const { statusCode, headers, body } = await pageOf(server, url);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([404, 'text/html; charset=utf-8', 'no-store']);
    expect(body).toContain('There is no page here');
    const main = /<main.*<\/main>/s.exec(body)?.[0] ?? '';
    expect([...main.matchAll(/<li><a href="([^"]*)"/g)].map(([, to]) => to)).toEqual(links);
    expect(main).toContain('<a class="button button-primary" href="/">Overview</a>');
  });

  it('shows what was asked for as text', async () => {
    const { body } = await pageOf(server, '/<script>alert(1)</script>');
    expect(body.match(/<script/g)).toHaveLength(2);
  });

  it('is a problem document for programs, below the API, where there is no dashboard, and while there is nothing to show on a page', async () => {
    for (const [url, accept] of [
      ['/nope', '*/*'],
      ['/nope', 'application/json'],
      [`${base}/nope`, html.accept],
    ] as const) {
      const { statusCode, headers } = await server.app.inject({ url, headers: { accept } });
      expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    }
    for (const other of [await setup(), await setup({ pages: true, started: false })]) {
      const { statusCode, headers } = await pageOf(other, '/nope');
      expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    }
  });

  it.each([
    ['/tasks/0199a1b2', '/tasks'],
    ['/tasks/', '/tasks'],
    ['/pools/nope', '/pools'],
    ['/replays/nope', '/replays'],
  ])('%s says that this one is not there, and leads to all of its kind', async (url, all) => {
    const { statusCode, body } = await pageOf(server, url);
    expect([statusCode, body.includes('not found'), body.includes('Try again')]).toEqual([404, true, false]);
    expect(body).toContain(`<a class="button" href="${all}">`);
  });

  it('where only forms are sent says that, and which page has them', async () => {
    const { statusCode, headers, body } = await pageOf(server, '/algorithms/switch');
    expect([statusCode, headers['allow']]).toEqual([405, 'OPTIONS, POST']);
    expect(body).toContain('is where a form is sent to');
    expect(body).toContain('<li><a href="/algorithms">Algorithms</a>');
  });

  it('leads a stranger to the sign-in, and nobody to a page that is closed to them', async () => {
    const shut = await locked();
    const mainOf = async (url: string, headers = {}) => /<main.*<\/main>/s.exec((await pageOf(shut, url, headers)).body)?.[0] ?? '';
    const strange = await mainOf('/nodes');
    expect([strange.includes('href="/login"'), strange.includes('href="/pools"')]).toEqual([true, false]);
    expect(await mainOf('/limits', shut.admin)).toContain('href="/quotas"');
    const tenant = await mainOf('/limits', shut.tenant);
    expect([tenant.includes('href="/quotas"'), tenant.includes('>Tasks</a>')]).toEqual([false, true]);
    expect((await pageOf(shut, '/nope', shut.admin)).body).toContain('Signed in as <b>me</b>');
  });
});

describe('a key of one tenant', () => {
  it.each([
    ['/pools', `${base}/pools`],
    ['/pools/:name', `${base}/pools/:name`],
    ['/algorithms', `${base}/algorithms`],
    ['/tasks', `${base}/tasks`],
    ['/tasks/:id', `${base}/tasks/:id`],
    ['/operations/:id', `${base}/operations/:id`],
    ['/quotas', `${base}/quotas`],
    ['/replays', `${base}/replays`],
    ['/logs', `${base}/logs`],
    ['/keys', `${base}/keys`],
  ])('opens %s like %s', (page, api) => {
    expect(accessOf('GET', page)).toEqual(accessOf('GET', api));
  });

  it('sees pools and algorithms without what all tenants do there', async () => {
    const server = await locked();
    await server.engine.addPool({ ...handPool, name: 'far', executor: 'node', capacity: 0 }, { name: 'me', tenant: undefined });
    for (const url of ['/pools', '/pools/hand', '/algorithms']) expect((await pageOf(server, url, server.tenant)).statusCode).toBe(200);
    const has = async (url: string, text: string) =>
      Promise.all([server.admin, server.tenant].map(async (who) => (await pageOf(server, url, who)).body.includes(text)));
    expect(await has('/pools/far', 'No machine has joined this pool')).toEqual([true, false]);
    expect(await has('/algorithms', 'Who switched when')).toEqual([true, false]);
    expect(await has('/tasks', 'class="top-algorithm"')).toEqual([true, true]);
  });
});

describe('what the dashboard does', () => {
  it('is told by one name, whether a form or the script sent it, and by the key where there are any', async () => {
    const server = await setup({ pages: true });
    const { app, call, engine } = server;
    const form = (headers: Record<string, string> = {}) =>
      app.inject({
        ...{ method: 'POST', url: '/algorithms/switch', payload: 'algorithm=min_cost' },
        headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
    const put = (headers: Record<string, string>) => call('PUT', `${base}/config/algorithm`, { json: { algorithm: 'fifo' }, headers });
    await form();
    expect(engine.algorithm()).toMatchObject({ name: 'min_cost', by: 'dashboard' });
    await put({ 'x-trx-client': 'dashboard' });
    expect(engine.algorithm()).toMatchObject({ name: 'fifo', by: 'dashboard' });
    for (const headers of [{}, { 'x-trx-client': 'root' }] as Record<string, string>[]) {
      await put(headers);
      expect(engine.algorithm().by).toBe('api');
    }
    const locks = await locked();
    await locks.call('PUT', `${base}/config/algorithm`, {
      json: { algorithm: 'priority' },
      headers: { ...locks.admin, 'x-trx-client': 'dashboard' },
    });
    expect(locks.engine.algorithm()).toMatchObject({ name: 'priority', by: 'me' });
  });
});

describe('a switch by a form', () => {
  it('tells which parameters it took back to their defaults', async () => {
    const { app, engine } = await setup({ pages: true });
    await engine.switchAlgorithm({ algorithm: 'priority', params: { aging_per_min: 3 } }, { name: 'test', tenant: undefined });
    const answer = await app.inject({
      ...{ method: 'POST', url: '/algorithms/switch', payload: 'algorithm=priority' },
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(decodeURIComponent(String(answer.headers['set-cookie']))).toContain('At their defaults again: aging_per_min (1, was 3).');
  });
});

describe('the banner of tasks that nothing can run', () => {
  let server: TestApp;
  beforeAll(async () => {
    const simulated = { latencyMs: [1, 2], failureRatio: 0, seed: 1 } as const;
    const pools = [{ ...handPool, name: 'local', executor: 'simulated', types: ['local'], simulated } as const];
    server = await setup({ pages: true, closed: afterAll, pools });
    for (const type of ['local', 'nobodys']) await server.call('PUT', `${base}/types/${type}`, { json: {} });
  });
  const bannerOf = async () => /<div id="doctor">.*?<div id="flash">/s.exec((await pageOf(server, '/tasks')).body)?.[0] ?? '';
  const picky = { type: 'order', priority: 5, cost: 1, region: 'us-east', accept_unroutable: true };

  it.each([
    ['a label', { constraints: 'gpu_memory_gb > 80' }, 'meets gpu_memory_gb &gt; 80'],
    ['a region', { type: 'local', region: 'ap-east', region_mode: 'require' }, 'takes type local is in region ap-east'],
    ['a resource', { type: 'local', resource_type: 'gpu' }, 'takes type local has resource_type gpu'],
    ['a type', { type: 'nobodys' }, 'takes tasks of type nobodys'],
    ['room', { slots: 500 }, 'It wants 500 slots'],
    ['money', { max_cost: 0 }, 'max_cost is 0'],
  ])('names %s, and leads to what helps', async (_what, asked, named) => {
    const { id } = await server.submit({ ...picky, ...asked });
    const banner = await bannerOf();
    expect(banner).toContain(named);
    expect(banner).toContain(`href="/tasks/${id}/explain"`);
    await server.call('DELETE', `${base}/tasks/${id}`);
    expect(await bannerOf()).not.toContain('waits for');
  });

  it('looks again when there are others, and says how many the most are', async () => {
    await server.submit({ ...picky, constraints: 'zone = a' });
    expect(await bannerOf()).toContain('1 task waits for what no pool offers. No pool');
    for (let i = 0; i < 2; i++) await server.submit({ ...picky, constraints: 'zone = b' });
    await server.advance(5_000);
    expect(await bannerOf()).toMatch(/3 tasks wait for what no pool offers\. 2 of them: No pool .* zone = b/);
  });
});

describe('what a page is asked for and cannot be', () => {
  let server: TestApp;
  beforeAll(async () => {
    server = await setup({ pages: true, closed: afterAll });
    await server.submit();
  });
  const pageFor = async (url: string) => {
    const { statusCode, body } = await pageOf(server, url);
    const main = /<main.*<\/main>/s.exec(body)?.[0] ?? '';
    const summary = /role="alert".*?<\/div><\/div>/s.exec(main)?.[0] ?? '';
    return { statusCode, main, summary, rows: [...main.matchAll(/<tr id=/g)].length };
  };
  const statuses = 'delayed, queued, processing, completed, failed, cancelled';

  it.each([
    ['/tasks?status=bogus', `must be one of ${statuses}, and it was bogus`, 'id="f-status-error"'],
    ['/tasks?status=queued,bogus', 'and it was bogus', 'id="f-status-error"'],
    ['/tasks?type=ordr', 'and it was ordr', 'id="f-type-error"'],
    ['/tasks?region=mars', 'must be one of us-east', 'id="f-region-error"'],
    ['/tasks?priority_gte=11', 'must be an integer from 1 to 10', 'id="f-priority_gte-error"'],
    ['/tasks?priority_lte=high', 'must be an integer from 1 to 10', 'id="f-priority_lte-error"'],
    ['/tasks?parts_gte=0', 'must be an integer from 1 to 64', 'id="f-parts_gte-error"'],
    ['/tasks?created_after=soon', 'must be a time', 'id="f-created_after-error"'],
    ['/tasks?limit=7', 'must be one of 50, 100, 200', 'id="f-limit-error"'],
    ['/tasks?tenant=a%20b', 'must be text of 1 to 64 letters', 'id="f-tenant-error"'],
    ['/tasks?page=abc', 'take Older and Newer below it', ''],
    ['/tasks?cursor=x', 'This cursor is not one of this server', ''],
    ['/tasks?refresh=1', 'must be an integer from 5 to 600', ''],
    ['/logs?event_type=exploded', 'must be one of created, queued', 'id="l-event_type-error"'],
    ['/logs?cursor=x', 'This cursor is not one of this server', ''],
    ['/pools?region=mars', 'must be one of us-east', 'id="p-region-error"'],
    ['/pools?page=abc', 'must be an integer from 1 to 1', ''],
    ['/pools?page=2', 'must be an integer from 1 to 1, and it was 2', ''],
  ])('%s is told at its field, and nothing else is shown instead', async (url, told, field) => {
    const { statusCode, main, summary, rows } = await pageFor(url);
    expect([statusCode === 422 || statusCode === 400, rows]).toEqual([true, 0]);
    expect(summary).toContain(told);
    expect(main).toContain(field);
  });

  it('tells all that is wrong at once, and keeps what was asked for in the form', async () => {
    const { main, summary } = await pageFor('/tasks?status=bogus&priority_gte=eleven&created_before=soon&type=order');
    for (const name of ['status', 'priority_gte', 'created_before']) expect(summary).toContain(`href="#f-${name}"`);
    for (const kept of ['value="eleven"', 'value="soon"', '<option value="order" selected>']) expect(main).toContain(kept);
  });

  it.each(['/tasks', '/logs', '/pools'])('%s passes over names it does not know, as others put theirs behind an address', async (path) => {
    const { statusCode, summary, rows } = await pageFor(`${path}?utm_source=mail&fbclid=x&a/b=1&__proto__=1&paused=1`);
    expect([statusCode, summary, rows > 0 || path === '/logs']).toEqual([200, '', true]);
  });

  it('tells the bad value of a filter beside a name it does not know', async () => {
    const { summary } = await pageFor('/tasks?utm_source=mail&status=bogus');
    expect(summary).toContain('and it was bogus');
    expect(summary).not.toContain('utm_source');
  });

  it('takes what a form leaves empty as left out', async () => {
    const form = '/tasks?type=&region=&pool=&tenant=&priority_gte=&priority_lte=&limit=50&paused=1';
    expect(await pageFor(form)).toMatchObject({ statusCode: 200, rows: 1, summary: '' });
    expect(await pageFor('/tasks?status=QUEUED&status=processing&seq=1&parts_lte=1')).toMatchObject({ statusCode: 200, rows: 1 });
    expect(await pageFor('/logs?event_type=queued&task_id=')).toMatchObject({ statusCode: 200, summary: '' });
  });

  it.each([
    ['?status=bogus&type=order', 400, 'Invalid status: bogus'],
    ['?stauts=queued', 422, 'did you mean status?'],
    ['?page=2', 422, 'take Older and Newer below it'],
  ])('is not done to all the others: a filter that cannot be read whole cancels nothing, as %s', async (filter, status, told) => {
    const payload = new URLSearchParams({ action: 'cancel', filter, confirmed: '1', request_key: 'k' });
    const { statusCode, body } = await server.app.inject({
      ...{ method: 'POST', url: '/tasks/bulk', payload: payload.toString() },
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([statusCode, body.includes(told)]).toEqual([status, true]);
    expect((await pageOf(server, '/logs?event_type=cancelled')).body).toContain('No entry matches');
  });

  it('no download holds other entries than asked for', async () => {
    expect((await pageOf(server, '/logs/download?event_type=exploded')).statusCode).toBe(422);
    expect((await pageOf(server, '/logs/download?format=xml')).statusCode).toBe(422);
    expect((await pageOf(server, '/logs/download?event_typ=queued')).statusCode).toBe(422);
    expect((await pageOf(server, '/logs/download?format=csv&event_type=queued')).statusCode).toBe(200);
  });
});

describe('a search without a hit', () => {
  it('says so, names what is called nearly so, and leads to everything', async () => {
    const server = await setup({ pages: true });
    const { statusCode, body } = await pageOf(server, '/search?q=us-east-cpu-pol');
    expect(statusCode).toBe(200);
    const main = /<main.*<\/main>/s.exec(body)?.[0] ?? '';
    expect(main).toContain('Nothing found for “us-east-cpu-pol”');
    expect(main).toContain('href="/pools/us-east-cpu-pool"');
    expect(main).toContain('href="/tasks">All tasks');
    expect((await pageOf(server, '/search?q=order')).headers.location).toBe('/tasks?type=order');
    expect((await pageOf(server, '/search?q=%3Cb%3E')).body).toContain('“&lt;b&gt;”');
  });
});
