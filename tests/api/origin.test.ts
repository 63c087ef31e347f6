import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup, type TestApp } from '../helpers/app.ts';

let server: TestApp;
beforeAll(async () => {
  server = await setup({ closed: afterAll });
});

const tasks = '/api/v1/tasks';
const dashboard = 'http://localhost:3000';
const post = (headers: Record<string, string>) => server.call('POST', tasks, { json: { type: 'echo' }, headers });

describe("the original's dashboard on another port", () => {
  it('may ask first, as browsers do: 200, for ten minutes', async () => {
    const answer = await server.call('OPTIONS', tasks, {
      headers: {
        origin: dashboard,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
        'sec-fetch-site': 'same-site',
      },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': dashboard, 'access-control-max-age': '600', vary: 'origin' });
    expect(answer.headers['access-control-allow-methods']).toMatch(/POST.*DELETE/);
    expect(answer.headers['access-control-allow-headers']).toContain('content-type');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('may then do everything, and reads refusals too', async () => {
    const headers = { origin: dashboard, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    const answer = await post(headers);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['access-control-allow-origin']).toBe(dashboard);
    expect(answer.headers['access-control-expose-headers']).toContain('location');
    const refused = await server.call('POST', tasks, { json: { type: 'nope' }, headers });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([422, dashboard]);
    for (const url of ['/api/v1/system/stats', '/api/v1/workers', `${tasks}?page=1&page_size=10`])
      expect((await server.call('GET', url, { headers })).headers['access-control-allow-origin'], url).toBe(dashboard);
    expect((await server.call('DELETE', `${tasks}/${answer.json().id}`, { headers })).statusCode).not.toBe(403);
    expect((await server.call('GET', '/nope', { headers })).headers['access-control-allow-origin']).toBe(dashboard);
  });
});

describe('a foreign page', () => {
  const foreign: readonly Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:3001' },
    { origin: 'https://localhost:3000' },
    { origin: 'http://localhost:3000.evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ];

  it.each(foreign)('with %j changes nothing: 403', async (headers) => {
    const before = (await server.call('GET', tasks)).json().total;
    const answer = await post(headers);
    expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden' });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    for (const [method, url] of [
      ['DELETE', `${tasks}/x`],
      ['PATCH', '/api/v1/pools/hand'],
      ['PUT', '/api/v1/config/algorithm'],
      ['POST', '/api/v1/simulate'],
      ['POST', `${tasks}/x/retry`],
    ] as const)
      expect((await server.call(method, url, { headers })).statusCode, url).toBe(403);
    expect((await server.call('GET', tasks)).json().total).toBe(before);
  });

  it('is told no when it asks first', async () => {
    const answer = await server.call('OPTIONS', tasks, {
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('can read nothing', async () => {
    const answer = await server.call('GET', tasks, { headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('our own pages and programs', () => {
  it.each([
    {},
    { origin: 'http://localhost:8000', host: 'localhost:8000', 'sec-fetch-site': 'same-origin' },
    { origin: 'https://trx.example', host: 'trx.example', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ] as Record<string, string>[])('pass with %j', async (headers) => {
    expect((await post(headers)).statusCode).toBe(201);
  });
});

describe('Host', () => {
  it.each(['localhost', 'LOCALHOST:8000', '127.0.0.1:9', '[::1]:8000', '[::1]', 'trx.example', 'trx.example:443'])(
    '%s is ours',
    async (host) => {
      expect((await server.call('GET', '/health', { headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    '127.0.0.2',
    '[::2]',
    '0.0.0.0',
    'localhost@evil.example',
  ])('%j is not: 421', async (host) => {
    await server.call('GET', '/health', { headers: { host: 'localhost' } }); // what was right before does not help
    const answer = await server.call('GET', '/health', { headers: { host } });
    expect(answer.json()).toMatchObject({ status: 421, code: 'misdirected' });
  });
});
