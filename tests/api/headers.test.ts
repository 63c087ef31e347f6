import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup, type TestApp } from '../helpers/app.ts';
import type { OpenApi } from '../helpers/openapi-check.ts';

let server: TestApp;
beforeAll(async () => {
  server = await setup({ closed: afterAll });
});

const everywhere = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': expect.any(String),
};

/** Every route of the document, with whatever it answers to a request without sense, and what is in no document. */
function everyRoute(): readonly (readonly [method: string, url: string])[] {
  const { paths } = server.app.swagger() as unknown as OpenApi;
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const),
  );
  const others = [
    '/openapi.json',
    '/redoc',
    '/docs',
    '/docs/json',
    '/docs/static/swagger-ui.css',
    '/problems',
    '/problems/internal',
    '/.well-known/api-catalog',
  ];
  return [
    ...documented.filter(([, url]) => !url.endsWith('/events')),
    ...others.map((url) => ['GET', url] as const),
    ['GET', '/nope'],
    ['PUT', '/'],
    ['GET', '/%zz'],
  ];
}

describe('headers', () => {
  it('are safe on every route, whatever it answers', async () => {
    const routes = everyRoute();
    expect(routes.length).toBeGreaterThan(40);
    for (const [method, url] of routes) {
      const { headers, statusCode } = await server.app.inject({ method: method as 'GET', url });
      const said = `${method} ${url} ${statusCode}`;
      expect(headers, said).toMatchObject(everywhere);
      const policy = String(headers['content-security-policy']);
      expect(policy, said).toContain("default-src 'none'");
      expect(policy, said).toContain("frame-ancestors 'none'");
      expect(policy, said).not.toMatch(/unsafe-eval|https?:|\*/);
      if (!url.startsWith('/docs')) expect(policy, said).not.toContain('unsafe-inline');
      expect(headers, said).not.toHaveProperty('strict-transport-security'); // plain http on loopback
      expect(headers, said).not.toHaveProperty('x-powered-by');
      expect(headers, said).not.toHaveProperty('server');
      if (url !== '/%zz') expect(headers['x-request-id'], said).toMatch(/^[\w-]+$/);
    }
  });

  it('let nothing of the API be kept by a cache', async () => {
    for (const url of ['/api/v1/tasks', '/api/v1/system/stats', '/health'])
      expect((await server.call('GET', url)).headers['cache-control']).toBe('no-store');
  });

  it('echo a request id that is safe to log, and make one otherwise', async () => {
    const id = async (given: string) =>
      (await server.call('GET', '/health', { headers: { 'x-request-id': given } })).headers['x-request-id'];
    expect(await id('order-4711/retry:2')).toBe('order-4711/retry:2');
    for (const bad of ['a b', 'x'.repeat(129), '<script>', '"']) expect(await id(bad)).not.toBe(bad);
    const refused = await server.call('GET', '/nope', { headers: { 'x-request-id': 'mine' } });
    expect(refused.json().request_id).toBe('mine');
  });
});

describe('a fault', () => {
  it('answers no more than a number, and is logged under it', async () => {
    const broken = await setup();
    const secret = 'SELECT * FROM secrets';
    broken.engine.stats = () => {
      throw new Error(secret);
    };
    const answer = await broken.app.inject({ method: 'GET', url: '/api/v1/system/stats' });
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal', request_id: answer.headers['x-request-id'] });
    expect(answer.body).not.toContain(secret);
    expect(answer.body).not.toMatch(/\.ts|node_modules| at /);
    expect(broken.faults.at(-1)).toContain(secret);
  });
});
