import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/core/domain/errors.ts';
import type { CommitFault } from '../../src/store/memory/memory-store.ts';
import { setup, turns } from '../helpers/app.ts';

const base = '/api/v1';

describe('GET /api/v1/system/stats', () => {
  it('has the fields of the original, truthful', async () => {
    const { call, submit, executor, advance } = await setup();
    const [done, , waiting] = [await submit({ type: 'hold' }), await submit({ type: 'fail' }), await submit({ type: 'hold' })];
    await submit({ type: 'hold', run_at: '2026-02-01T00:00:00Z' });
    while (executor.held === 0) await turns(1);
    await advance(2_000);
    executor.finish(done.id, { kind: 'succeeded', result: null });
    await turns(30);
    const stats = (await call('GET', `${base}/system/stats`)).json();
    expect(Object.keys(stats).slice(0, 9)).toEqual([
      ...['tasks_processed', 'tasks_pending', 'tasks_completed', 'tasks_failed', 'average_latency', 'throughput', 'queue_size'],
      ...['worker_utilization', 'scheduler_stats'],
    ]);
    expect(stats).toMatchObject({
      ...{ tasks_processed: 2, tasks_pending: 1, tasks_completed: 1, tasks_failed: 1, average_latency: 2, throughput: 1, queue_size: 0 },
      ...{ scheduler_stats: { tasks_scheduled: 3, tasks_processed: 2, tasks_failed: 1 }, slots_used: 1, slots_total: 52, currency: 'EUR' },
      tasks_by_status: { delayed: 1, queued: 0, processing: 1, completed: 1, failed: 1, cancelled: 0 },
      algorithm: { algorithm: 'fifo', epoch: 1 },
    });
    expect(stats.worker_utilization).toMatchObject({ hand: 100, 'us-east-cpu-pool': 0 });
    expect((await call('GET', `${base}/tasks/${waiting.id}`)).json().status).toBe('processing');
  });
});

describe('health', () => {
  it.each(['', base])('is told in four words at %s/health', async (prefix) => {
    const { call } = await setup();
    const answer = await call('GET', `${prefix}/health`);
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(answer.json()).slice(0, 4)).toEqual(['status', 'database', 'queue', 'scheduler']);
    expect(answer.json()).toMatchObject({
      status: 'healthy',
      database: 'healthy',
      queue: 'healthy',
      scheduler: 'healthy',
      auth: 'loopback',
      storage: 'ok',
    });
    expect((await call('GET', `${prefix}/health/live`)).json()).toEqual({ status: 'live' });
    expect((await call('GET', `${prefix}/health/ready`)).json().status).toBe('ready');
    const verbose = await call('GET', `${prefix}/health/ready?verbose`);
    expect(verbose.body).toBe('started ok\naccepting ok\ndatabase ok\nstorage ok\nqueue ok\nscheduler ok\n');
  });

  it('of a server that starts: nothing but probes, and the step it is at', async () => {
    const { call, engine } = await setup({ started: false });
    expect((await call('GET', '/health/ready')).json()).toMatchObject({
      status: 503,
      code: 'starting',
      errors: [{ path: '/checks/started' }],
    });
    expect((await call('GET', '/health')).json()).toMatchObject({ status: 'degraded', phase: 'starting' });
    expect((await call('GET', '/health/live')).statusCode).toBe(200);
    expect((await call('GET', '/metrics')).statusCode).toBe(200);
    for (const [method, url] of [
      ['GET', `${base}/tasks`],
      ['GET', `${base}/system/stats`],
      ['GET', `${base}/config/algorithm`],
      ['GET', `${base}/events`],
      ['POST', `${base}/tasks`],
    ] as const) {
      const answer = await call(method, url, method === 'POST' ? { json: { type: 'echo' } } : {});
      expect(answer.json(), url).toMatchObject({ status: 503, code: 'starting' });
      expect(Number(answer.headers['retry-after']), url).toBeGreaterThanOrEqual(1);
    }
    await engine.start();
    expect((await call('POST', `${base}/tasks`, { json: { type: 'echo' } })).statusCode).toBe(201);
    expect((await call('GET', '/health/ready')).statusCode).toBe(200);
  });

  it('of a server that stops: reads go on, work is refused', async () => {
    const { call, engine, advance, submit } = await setup();
    const { id } = await submit();
    await turns();
    const drained = engine.drain(0);
    await advance(10_000);
    await drained;
    expect((await call('GET', '/health/ready')).json()).toMatchObject({
      status: 503,
      code: 'draining',
      errors: [{ path: '/checks/accepting' }],
    });
    expect((await call('POST', `${base}/tasks`, { json: { type: 'echo' } })).json()).toMatchObject({ status: 503, code: 'draining' });
    expect((await call('GET', `${base}/tasks/${id}`)).statusCode).toBe(200);
    expect((await call('GET', '/health')).statusCode).toBe(200);
  });

  it('of a full disk: reads 200, writes 503 storage_full, until there is room', async () => {
    let fault: CommitFault | undefined;
    const { call, submit, advance } = await setup({ store: { faults: () => fault } });
    const { id } = await submit({ type: 'hold' });
    fault = { kind: 'full' };
    const refused = await call('POST', `${base}/tasks`, { json: { type: 'echo' } });
    expect(refused.json()).toMatchObject({ status: 503, code: 'storage_full', type: '/problems/storage-full' });
    expect(refused.headers['retry-after']).toBeDefined();
    expect((await call('GET', `${base}/tasks/${id}`)).statusCode).toBe(200);
    expect((await call('GET', `${base}/tasks`)).statusCode).toBe(200);
    expect((await call('GET', '/health')).json().storage).toBe('full');
    expect((await call('GET', '/health/ready')).json()).toMatchObject({ status: 503, code: 'storage_full' });
    fault = undefined;
    await advance(60_000);
    expect((await call('POST', `${base}/tasks`, { json: { type: 'echo' } })).statusCode).toBe(201);
    expect((await call('GET', '/health/ready')).statusCode).toBe(200);
  });
});

describe('metrics', () => {
  it.each(['/metrics', `${base}/metrics`])('are at %s, in the format that is asked for', async (url) => {
    const { call } = await setup();
    expect((await call('GET', url)).headers['content-type']).toContain('text/plain; version=0.0.4');
    const open = await call('GET', url, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(open.headers['content-type']).toContain('application/openmetrics-text');
    expect(open.body).toContain('# EOF');
  });
});

describe('GET /', () => {
  it.each([undefined, '*/*', 'application/json'])('answers the index to Accept %s', async (accept) => {
    const { call } = await setup();
    const answer = await call('GET', '/', { headers: accept === undefined ? {} : { accept } });
    expect(answer.json()).toEqual({
      ...{ name: 'TaskRouterX', version: '0.0.0-test', description: expect.any(String) },
      endpoints: {
        ...{ tasks: `${base}/tasks`, workers: `${base}/workers`, logs: `${base}/logs`, stats: `${base}/system/stats` },
        ...{ health: `${base}/health`, simulate: `${base}/simulate` },
      },
    });
    for (const path of Object.values<string>(answer.json().endpoints).filter((path) => !path.endsWith('simulate')))
      expect((await call('GET', path)).statusCode, path).toBe(200);
  });
});

describe('documentation', () => {
  it('is served from here: no address outside is named', async () => {
    const { call } = await setup();
    const page = await call('GET', '/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const [, asset] of page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      expect((await call('GET', String(asset))).statusCode, asset).toBe(200);
    expect(page.headers['content-security-policy']).not.toMatch(/https?:/);
    expect((await call('GET', '/redoc')).headers['location']).toBe('/docs');
    expect((await call('GET', '/openapi.json')).json().openapi).toBe('3.1.0');
  });

  it('has a page for every kind of problem', async () => {
    const { call } = await setup();
    for (const code of errorCodes) {
      const page = await call('GET', `/problems/${code.replaceAll('_', '-')}`);
      expect([page.statusCode, page.headers['content-type']], code).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.body, code).toContain(`(${code})`);
      expect(page.body).not.toContain('<script');
    }
    expect((await call('GET', '/problems')).body).toContain('/problems/validation-failed');
    expect((await call('GET', '/problems/nope')).statusCode).toBe(404);
  });

  it('is found by machines', async () => {
    const { call } = await setup();
    const catalogue = await call('GET', '/.well-known/api-catalog');
    expect(catalogue.headers['content-type']).toContain('application/linkset+json');
    const [{ anchor: _, ...links }] = catalogue.json().linkset;
    for (const [{ href }] of Object.values<[{ href: string }]>(links)) expect((await call('GET', href)).statusCode, href).toBe(200);
  });
});

describe('long answers', () => {
  it('are compressed for who takes it', async () => {
    const { call, submit } = await setup();
    for (let i = 0; i < 10; i++) await submit();
    const answer = await call('GET', '/openapi.json', { headers: { 'accept-encoding': 'gzip' } }).catch((error: Error) => error);
    expect(answer).toMatchObject({ headers: { 'content-encoding': 'gzip' } });
    expect((await call('GET', `${base}/tasks`)).headers['content-encoding']).toBeUndefined();
  });
});
