import { describe, expect, it } from 'vitest';
import { accessOf } from '../../src/api/access.ts';
import { allows, type Role, roles } from '../../src/core/domain/api-key.ts';
import { handPool, setup, type TestApp } from '../helpers/app.ts';

const base = '/api/v1';
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

interface Asked {
  readonly role: Role;
  readonly name?: string;
  readonly tenant?: string;
  readonly pool?: string;
  readonly expires_at?: string;
}

/** A server with an admin key, and more made with it. */
async function locked(options: Parameters<typeof setup>[0] = {}) {
  const app = await setup(options);
  const first = await app.call('POST', `${base}/keys`, { json: { name: 'admin', role: 'admin' } });
  const admin: string = first.json().key;
  async function make(body: Asked): Promise<string> {
    const answer = await app.call('POST', `${base}/keys`, { json: { name: body.role, ...body }, ...bearer(admin) });
    expect(answer.statusCode).toBe(201);
    return answer.json().key;
  }
  return { ...app, admin, make };
}

describe('keys', () => {
  it('the first one closes the door behind it', async () => {
    const { call } = await setup();
    expect((await call('GET', `${base}/tasks`)).statusCode).toBe(200);
    expect((await call('GET', `${base}/keys/self`)).json()).toEqual({ required: false, key: null });
    const refused = await call('POST', `${base}/keys`, { json: { name: 'me', role: 'submit' } });
    expect([refused.statusCode, refused.json().errors[0].path]).toEqual([422, '/body/role']);
    const made = await call('POST', `${base}/keys`, { json: { name: 'me', role: 'admin' } });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ name: 'me', role: 'admin', tenant: null, pool: null, expires_at: null, created_by: 'api' });
    const shut = await call('GET', `${base}/tasks`);
    expect([shut.statusCode, shut.json().code, shut.headers['www-authenticate']]).toEqual([
      401,
      'unauthenticated',
      'Bearer realm="taskrouterx"',
    ]);
    expect((await call('GET', '/health')).json()).toMatchObject({ status: 'healthy', auth: 'keys' });
    expect((await call('GET', `${base}/tasks`, bearer(made.json().key))).statusCode).toBe(200);
  });

  it('say who works without one, on the page as well, until the first shuts them out', async () => {
    const far = { ...handPool, name: 'far', executor: 'node', capacity: 0 } as const;
    const { call, app } = await setup({ pages: true, pools: [far] });
    const page = async (headers = {}) => (await app.inject({ url: '/keys', headers: { accept: 'text/html', ...headers } })).body;
    expect((await call('GET', `${base}/keys`)).json()).toEqual({ keys: [], without_key: { nodes: [], streams: 0 } });
    expect(await page()).not.toContain('shuts out');
    await call('POST', `${base}/nodes`, { json: { id: 'eu-1', pool: 'far', types: ['*'], slots: 2 } });
    expect((await call('GET', `${base}/keys`)).json().without_key).toEqual({ nodes: ['eu-1'], streams: 0 });
    expect(await page()).toContain('1 worker node (eu-1): what they run goes on until its lease ends');
    const { key } = (await call('POST', `${base}/keys`, { json: { name: 'me', role: 'admin' } })).json();
    expect((await call('GET', `${base}/keys`, bearer(key))).json().without_key).toBeNull();
    expect(await page(bearer(key).headers)).not.toContain('shuts out');
  });

  it('are listed without what opens, and with when they were used', async () => {
    const { call, admin, make } = await locked();
    await make({ role: 'read', expires_at: '2099-01-01T00:00:00Z' });
    const list = await call('GET', `${base}/keys`, bearer(admin));
    expect(list.json().keys).toMatchObject([
      { name: 'admin', role: 'admin', last_used_at: expect.any(String) },
      { name: 'read', expires_at: '2099-01-01T00:00:00.000Z', last_used_at: null },
    ]);
    expect(list.body).not.toContain(admin.slice(15));
    const self = await call('GET', `${base}/keys/self`, bearer(admin));
    expect(self.json()).toMatchObject({ required: true, key: { name: 'admin' } });
  });

  it('open nothing once they are removed, and what was done with them is told by their name', async () => {
    const { call, admin, make } = await locked();
    const key = await make({ role: 'operate', name: 'night-shift' });
    await call('PATCH', `${base}/pools/hand`, { json: { state: 'paused' }, ...bearer(key) });
    const [change] = (await call('GET', `${base}/logs?event_type=pool_changed`, bearer(key))).json().logs;
    expect(change.details).toMatchObject({ by: 'night-shift' });
    expect((await call('DELETE', `${base}/keys/${key.slice(4, 14)}`, bearer(admin))).statusCode).toBe(204);
    expect((await call('GET', `${base}/tasks`, bearer(key))).statusCode).toBe(401);
    expect((await call('DELETE', `${base}/keys/${key.slice(4, 14)}`, bearer(admin))).statusCode).toBe(404);
    expect((await call('DELETE', `${base}/keys/${admin.slice(4, 14)}`, bearer(admin))).statusCode).toBe(204);
    expect((await call('GET', `${base}/tasks`)).statusCode).toBe(200);
  });

  it.each([
    ['garbage', 'Bearer x'],
    ['a megabyte', `Bearer ${'x'.repeat(12_000)}`],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['nothing', ''],
    ['a key that was never made', `Bearer trx_aaaaaaaaaa_${'A'.repeat(43)}`],
  ])('%s opens nothing, and the answer does not say why', async (_what, authorization) => {
    const { call } = await locked();
    const answer = await call('GET', `${base}/tasks`, { headers: { authorization } });
    const none = await call('GET', `${base}/tasks`);
    expect([answer.statusCode, answer.json().detail]).toEqual([401, none.json().detail]);
  });

  it('who guesses is slowed down, who has a key is not', async () => {
    const { call, admin, advance } = await locked();
    const wrong = { headers: { authorization: 'Bearer trx_wrong' } };
    const answers: number[] = [];
    for (let i = 0; i < 12; i++) answers.push((await call('GET', `${base}/tasks`, wrong)).statusCode);
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect((await call('GET', `${base}/tasks`, wrong)).headers['retry-after']).toBeDefined();
    expect((await call('GET', `${base}/tasks`, bearer(admin))).statusCode).toBe(200);
    await advance(60_000);
    expect((await call('GET', `${base}/tasks`, wrong)).statusCode).toBe(401);
  });

  it('TRX_AUTH=off needs none, whatever keys there are', async () => {
    const { call } = await setup({ server: { auth: 'off' } });
    await call('POST', `${base}/keys`, { json: { name: 'me', role: 'admin' } });
    expect((await call('GET', `${base}/tasks`)).statusCode).toBe(200);
    expect((await call('GET', '/health')).json().auth).toBe('off');
  });
});

describe('every route', () => {
  it('opens to the roles of its line in the table, and to no other', async () => {
    const { app, admin, make } = await locked();
    const keys = new Map<Role, string>([['admin', admin]]);
    for (const role of roles) if (role !== 'admin') keys.set(role, await make({ role }));
    const tenantKey = await make({ role: 'submit', name: 'of-acme', tenant: 'acme' });
    const routes = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => ({ method: method.toUpperCase(), path })),
    );
    expect(routes.length).toBeGreaterThan(50);
    for (const { method, path } of routes) {
      const access = accessOf(method, path.replace(/\{([^}]+)\}/g, ':$1'));
      // Nothing of a refused request is looked at; one that is let in may fail for many reasons, and these are others than the door's.
      const ask = (key: string | undefined) =>
        app.inject({ method: method as 'GET', url: path.replace(/\{[^}]+\}/g, 'x'), ...(key === undefined ? {} : bearer(key)) });
      const doorOf = async (key: string | undefined) => {
        if (path === `${base}/events` && key !== undefined && key !== keys.get('node')) return 200; // a stream has no end
        const { statusCode, body } = await ask(key);
        return statusCode === 401 || (statusCode === 403 && /key/.test(body)) ? statusCode : 200;
      };
      if (path === `${base}/keys/{prefix}` || access.roles === 'open') continue;
      expect(await doorOf(undefined), `${method} ${path} without a key`).toBe(401);
      for (const [role, key] of keys) {
        expect(await doorOf(key), `${method} ${path} as ${role}`).toBe(allows(role, access.roles) ? 200 : 403);
      }
      const isOpen = allows('submit', access.roles) && access.ofOneTenant;
      if (path !== `${base}/events`) expect(await doorOf(tenantKey), `${method} ${path} as one tenant`).toBe(isOpen ? 200 : 403);
    }
  });
});

describe('a key of one tenant', () => {
  const acme = { role: 'submit', name: 'of-acme', tenant: 'acme' } as const;
  async function two() {
    const all = await locked();
    const key = await all.make(acme);
    const submit = async (body: object, as: string) =>
      (await all.call('POST', `${base}/tasks`, { json: { type: 'hold', ...body }, ...bearer(as) })).json();
    const theirs: { id: string; seq: number } = await submit({ tenant: 'other' }, all.admin);
    const own: { id: string; tenant: string } = await submit({}, key);
    return { ...all, key, theirs, own };
  }

  it('submits for its tenant and for no other', async () => {
    const { call, key, own } = await two();
    expect(own.tenant).toBe('acme');
    const answer = await call('POST', `${base}/tasks`, { json: { type: 'hold', tenant: 'other' }, ...bearer(key) });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([422, '/body/tenant']);
    const batch = await call('POST', `${base}/tasks/batch`, {
      json: [{ type: 'hold', tenant: 'other' }, { type: 'hold' }],
      ...bearer(key),
    });
    expect(batch.json().results.map((item: { status: number }) => item.status)).toEqual([422, 201]);
  });

  it("sees another tenant's task as one that is not there", async () => {
    const { call, key, theirs } = await two();
    const paths = ['', '/log', '/explain', '/files', '/output'].map((part) => `${base}/tasks/${theirs.id}${part}`);
    for (const path of paths) {
      const [answer, unknown] = [
        await call('GET', path, bearer(key)),
        await call('GET', path.replace(theirs.id, '01950000-0000-7000-8000-00000000dead'), bearer(key)),
      ];
      expect([answer.statusCode, answer.json().detail]).toEqual([404, unknown.json().detail]);
    }
    expect((await call('DELETE', `${base}/tasks/${theirs.id}`, bearer(key))).statusCode).toBe(404);
    expect((await call('POST', `${base}/tasks/${theirs.id}/retry`, bearer(key))).statusCode).toBe(404);
    expect((await call('GET', `${base}/events?task=${theirs.id}`, bearer(key))).statusCode).toBe(404);
  });

  it('lists and counts its own alone', async () => {
    const { call, key, own } = await two();
    const list = (await call('GET', `${base}/tasks`, bearer(key))).json();
    expect([list.total, list.tasks.map(({ id }: { id: string }) => id)]).toEqual([1, [own.id]]);
    expect((await call('GET', `${base}/tasks?tenant=other`, bearer(key))).body).not.toContain('"tenant":"other"');
    for (const path of ['/logs', '/system/stats', '/tenants', '/explain/waiting', '/metrics', '/nodes']) {
      expect((await call('GET', `${base}${path}`, bearer(key))).statusCode).toBe(403);
    }
    expect((await call('GET', `${base}/events`, bearer(key))).statusCode).toBe(403);
  });

  it('finds nothing of another one on any page or list that opens to it', async () => {
    const { app, call, admin, make } = await locked({ pages: true });
    const key = await make(acme);
    const submit = async (as: string, body: object) =>
      (await call('POST', `${base}/tasks`, { json: { type: 'hold', ...body }, ...bearer(as) })).json();
    await call('PUT', `${base}/tenants/zeta-and-sons`, { json: { max_running: 1, guaranteed: 1 }, ...bearer(admin) });
    const theirs = [];
    for (let i = 0; i < 3; i++) theirs.push(await submit(admin, { tenant: 'zeta-and-sons', metadata: { note: 'for zeta-and-sons' } }));
    const own = await submit(key, {});
    const marks = ['zeta-and-sons', ...theirs.map(({ id }) => id)];
    const all = (await call('GET', `${base}/tasks`, bearer(admin))).body;
    expect(marks.filter((mark) => !all.includes(mark))).toEqual([]);
    const tabs = ['', '?tab=explain', '?tab=events', '?tab=json', '/explain'].map((tab) => `/tasks/${own.id}${tab}`);
    const lists = ['', '?status=queued', '?pool=hand', '?tenant=zeta-and-sons', `?seq=${theirs[0].seq}`].map((query) => `/tasks${query}`);
    const pages = [
      ...tabs,
      ...lists,
      '/tasks/new',
      '/pools',
      '/pools/hand',
      '/algorithms',
      `/search?q=%23${theirs[0].seq}`,
      `/search?q=${theirs[0].id}`,
    ];
    const apis = [
      '/tasks',
      '/pools',
      '/pools/hand',
      '/workers',
      '/types',
      '/algorithms',
      '/config/algorithm',
      ...[`/tasks/${own.id}`].flatMap((one) => ['', '/log', '/explain?pools=1'].map((part) => one + part)),
    ];
    for (const url of [...pages, ...apis.map((path) => base + path)]) {
      const { statusCode, headers, body } = await app.inject({
        url,
        headers: { ...bearer(key).headers, ...(url.startsWith(base) ? {} : { accept: 'text/html' }) },
      });
      expect(statusCode, url).toBe(200);
      // What somebody asks for themselves is still in the form.
      const rest =
        url.includes('zeta') || url.includes('search')
          ? body.replaceAll(
              /(?:value|href)="[^"]*"|tenant zeta-and-sons|“[^”]*”|<script type="application\/json".*?<\/script>|<details class="command">.*?<\/details>/gs,
              '',
            )
          : body;
      expect(
        marks.filter((mark) => rest.includes(mark) || String(headers.location).includes(mark)),
        url,
      ).toEqual([]);
    }
  });

  it('is told why it waits, and not for whom', async () => {
    const { call, key, admin, own } = await two();
    const path = `${base}/tasks/${own.id}/explain`;
    expect((await call('GET', path, bearer(admin))).json().holders).toMatchObject([{ tenant: 'other' }]);
    const told = (await call('GET', path, bearer(key))).json();
    expect([told.holds[0].code, told.holders]).toEqual(['no_capacity', []]);
  });

  it('sees the limits of its tenant alone', async () => {
    const { call, key, admin } = await two();
    for (const name of ['acme', 'other']) await call('PUT', `${base}/tenants/${name}`, { json: { max_running: 3 }, ...bearer(admin) });
    expect((await call('GET', `${base}/tenants/acme`, bearer(key))).statusCode).toBe(200);
    expect((await call('GET', `${base}/tenants/other`, bearer(key))).statusCode).toBe(404);
    expect((await call('PUT', `${base}/tenants/acme`, { json: { max_running: 99 }, ...bearer(key) })).statusCode).toBe(403);
  });
});

describe('a key of the nodes of one pool', () => {
  const far = { ...handPool, name: 'far', executor: 'node', types: ['hash'] } as const;
  const near = { ...far, name: 'near' };
  const node = (id: string, pool: string) => ({ id, pool, types: ['hash'], slots: 1 });

  it('joins that pool, and touches no node of another', async () => {
    const { call, admin, make } = await locked({ pools: [far, near] });
    const key = await make({ role: 'node', pool: 'far' });
    await call('PUT', `${base}/types/hash`, { json: {}, ...bearer(admin) });
    const join = async (id: string, pool: string, as: string) =>
      (await call('POST', `${base}/nodes`, { json: node(id, pool), ...bearer(as) })).statusCode;
    expect([await join('a', 'far', key), await join('b', 'near', key), await join('b', 'near', admin)]).toEqual([201, 403, 201]);
    expect(await join('b', 'far', key), 'in place of a node of another pool').toBe(403);
    const change = { json: { state: 'draining' }, ...bearer(key) };
    expect((await call('PATCH', `${base}/nodes/b`, change)).statusCode).toBe(403);
    expect((await call('DELETE', `${base}/nodes/b`, bearer(key))).statusCode).toBe(403);
    expect((await call('PATCH', `${base}/nodes/a`, change)).statusCode).toBe(200);
    expect((await call('DELETE', `${base}/nodes/a`, bearer(key))).statusCode).toBe(204);
  });
});

describe('in the dashboard', () => {
  const html = { accept: 'text/html' };
  const cookieOf = (answer: Awaited<ReturnType<TestApp['call']>>) => String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const signIn = (app: TestApp['app'], key: string, back = '/tasks') =>
    app.inject({
      method: 'POST',
      url: '/login',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:80', host: 'localhost:80' },
      payload: new URLSearchParams({ key, back }).toString(),
    });

  it('a page leads to the sign-in and back', async () => {
    const { app, admin } = await locked({ pages: true });
    const page = await app.inject({ url: '/tasks?status=queued', headers: html });
    expect([page.statusCode, page.headers.location]).toEqual([303, '/login?next=%2Ftasks%3Fstatus%3Dqueued']);
    expect((await app.inject({ url: '/', headers: html })).headers.location).toBe('/login?next=%2F');
    const form = await app.inject({ url: '/login?next=%2Ftasks', headers: html });
    expect([form.statusCode, form.body.includes('value="/tasks"'), form.body.includes('fifo')]).toEqual([200, true, false]);
    const signed = await signIn(app, admin);
    expect([signed.statusCode, signed.headers.location]).toEqual([303, '/tasks']);
    expect(String(signed.headers['set-cookie'])).toMatch(/^trx_session=.*HttpOnly/);
    const cookie = cookieOf(signed);
    const seen = await app.inject({ url: '/tasks', headers: { ...html, cookie } });
    expect([seen.statusCode, seen.body.includes('Signed in as <b>admin</b>')]).toEqual([200, true]);
    expect((await app.inject({ url: `${base}/tasks`, headers: { cookie, 'sec-fetch-site': 'same-origin' } })).statusCode).toBe(200);
    expect((await app.inject({ url: `${base}/tasks`, headers: { cookie, 'sec-fetch-site': 'cross-site' } })).statusCode).toBe(401);
    await app.inject({ method: 'POST', url: '/logout', headers: { ...html, cookie } });
    expect((await app.inject({ url: '/tasks', headers: { ...html, cookie } })).statusCode).toBe(303);
  });

  it('of one tenant shows its tasks, and no figures and doors of all', async () => {
    const { app, make } = await locked({ pages: true });
    const bearerOf = { ...html, authorization: `Bearer ${await make({ role: 'submit', name: 'of-acme', tenant: 'acme' })}` };
    const overview = await app.inject({ url: '/', headers: bearerOf });
    expect([overview.statusCode, overview.headers.location, overview.body]).toEqual([303, '/tasks', '']);
    const tasks = await app.inject({ url: '/tasks', headers: bearerOf });
    expect([tasks.statusCode, tasks.body.includes('href="/logs"')]).toEqual([200, false]);
  });

  it('a wrong key stays at the form, a key of nodes opens no page, another site is never a way back', async () => {
    const { app, admin, make } = await locked({ pages: true });
    const wrong = await signIn(app, 'trx_wrong');
    expect([wrong.statusCode, wrong.body.includes('This key opens nothing here')]).toEqual([401, true]);
    expect((await signIn(app, await make({ role: 'node' }))).statusCode).toBe(403);
    expect((await signIn(app, admin, 'https://evil.example/')).headers.location).toBe('/');
  });

  it('lists keys, makes one that is shown this once, and takes it away, for who has the role admin', async () => {
    const { app, call } = await setup({ pages: true });
    const send = (url: string, fields: Record<string, string>, cookie = '') =>
      app.inject({
        method: 'POST',
        url,
        headers: { ...html, cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      });
    const read = async (cookie: string) => (await app.inject({ url: '/keys', headers: { ...html, cookie } })).body;
    expect(await read('')).toContain('No key is needed');
    const refused = await send('/keys', { name: 'ci', role: 'submit' });
    expect([refused.statusCode, refused.body.includes('must be admin, without an end')]).toEqual([422, true]);
    const first = await send('/keys', { name: 'me', role: 'admin', tenant: '', pool: '', expires_at: '' });
    expect([first.statusCode, first.headers['cache-control']]).toEqual([201, 'no-store']);
    expect(first.body).toMatch(/<code>trx_[a-z2-7]{10}_[\w-]{43}<\/code>.*This browser is signed in/s);
    const me = cookieOf(first);
    const made = await send('/keys', { name: 'ci', role: 'submit', tenant: ' acme ', expires_at: '2099-01-01T00:00' }, me);
    const key = /trx_[a-z2-7]{10}_[\w-]{43}/.exec(made.body)?.[0] ?? '';
    const self = (await call('GET', `${base}/keys/self`, bearer(key))).json().key;
    expect(self).toMatchObject({ name: 'ci', tenant: 'acme', expires_at: '2099-01-01T00:00:00.000Z', created_by: 'me' });
    expect([(await read(me)).includes('Remove ci'), (await read(me)).includes(key)]).toEqual([true, false]);
    const again = await send('/keys', { name: 'ci', role: 'read' }, me);
    expect([again.statusCode, again.body.includes('A key named ci is there already.')]).toEqual([409, true]);
    const night = (await call('POST', `${base}/keys`, { json: { name: 'night', role: 'operate' }, headers: { cookie: me } })).json();
    const operator = cookieOf(await signIn(app, night.key));
    const drawn = (await app.inject({ url: '/tasks', headers: { ...html, cookie: operator } })).body;
    expect([(await send('/keys', { name: 'x', role: 'admin' }, operator)).statusCode, drawn.includes('href="/keys"')]).toEqual([
      403,
      false,
    ]);
    await send(`/keys/${self.prefix}/remove`, {}, me);
    expect((await call('GET', `${base}/keys/self`, bearer(key))).statusCode).toBe(401);
    const last = await send(`/keys/${me}/remove`, {}, me);
    expect(last.statusCode).toBe(404);
  });

  it('a session ends with its key, and with the working day', async () => {
    const { app, call, admin, make, advance } = await locked({ pages: true });
    const key = await make({ role: 'read' });
    const [reader, operator] = [cookieOf(await signIn(app, key)), cookieOf(await signIn(app, admin))];
    const statusFor = async (cookie: string) => (await app.inject({ url: '/tasks', headers: { ...html, cookie } })).statusCode;
    expect([await statusFor(reader), await statusFor(operator)]).toEqual([200, 200]);
    const refused = await app.inject({ method: 'POST', url: '/algorithms/switch', headers: { ...html, cookie: reader } });
    expect(refused.statusCode).toBe(403);
    await call('DELETE', `${base}/keys/${key.slice(4, 14)}`, bearer(admin));
    expect([await statusFor(reader), await statusFor(operator)]).toEqual([303, 200]);
    await advance(12 * 3_600_000);
    expect(await statusFor(operator)).toBe(303);
  });
});
