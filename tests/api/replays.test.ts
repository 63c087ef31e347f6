import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';
import { eventClient } from '../helpers/event-stream.ts';

const replays = '/api/v1/replays';
const strategies = [{ algorithm: 'fifo' }, { algorithm: 'min_cost' }, { order: 'priority', place: 'least_loaded' }];

/** Lets replays go on when it is opened. */
function aGate() {
  let open = () => {};
  const replayGate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { replayGate, open: () => open() };
}

/** Five minutes of traffic on the demo pools. */
async function history({ call, advance }: TestApp): Promise<void> {
  await call('POST', '/api/v1/simulate', { json: { task_count: 300, pattern: 'poisson', rate: 2, seed: 3 } });
  await advance(300_000);
}

describe('POST /api/v1/replays', () => {
  it('answers at once, and has the cards when it is done', async () => {
    const { replayGate, open } = aGate();
    const app = await setup({ replayGate });
    await history(app);
    const answer = await app.call('POST', replays, { json: { strategies } });
    expect(answer.statusCode).toBe(202);
    const { id } = answer.json();
    expect(answer.headers['location']).toBe(`${replays}/${id}`);
    expect(answer.json()).toMatchObject({ status: 'running', progress: { done: 0, total: 300 }, result: null, seed: 1 });
    open();
    await turns();
    const done = (await app.call('GET', `${replays}/${id}`)).json();
    expect(done).toMatchObject({ status: 'completed', progress: { done: 300, total: 300 }, error: null });
    const { result } = done;
    expect(result.cards.map((card: { algorithm: string }) => card.algorithm)).toEqual(['fifo', 'min_cost', 'priority+least_loaded']);
    expect(result.tasks).toEqual({ replayed: 300, unfinished: 0, carried_over: 0, missing: 0 });
    expect(result.fidelity).toMatchObject({ is_good: true, warning: null });
    expect(result.fidelity.score).toBeGreaterThanOrEqual(0.95);
    expect(result.actual.cost).toBeCloseTo(result.as_run.figures.cost, 6);
    expect((await app.call('GET', replays)).json().replays).toMatchObject([{ id, status: 'completed' }]);
  });

  it('activates one of its strategies, with a receipt in the log', async () => {
    const { replayGate, open } = aGate();
    const app = await setup({ replayGate });
    await history(app);
    const { id } = (await app.call('POST', replays, { json: { strategies, seed: 4 } })).json();
    const activation = `${replays}/${id}/activation`;
    const early = await app.call('POST', activation, { json: { algorithm: 'min_cost' } });
    expect([early.statusCode, early.json().code]).toEqual([409, 'wrong_status']);
    open();
    await turns();
    const unknown = await app.call('POST', activation, { json: { algorithm: 'sjf' } });
    expect([unknown.statusCode, unknown.json().detail]).toEqual([422, expect.stringContaining('It has tried fifo, min_cost')]);
    const answer = await app.call('POST', activation, { json: { algorithm: 'priority+least_loaded' } });
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { algorithm: 'priority+least_loaded', epoch: 2 }]);
    expect((await app.call('GET', '/api/v1/config/algorithm')).json().algorithm).toBe('priority+least_loaded');
    const [row] = (await app.call('GET', '/api/v1/logs?event_type=algorithm_switched')).json().logs;
    expect(row.details.receipt).toEqual({
      ...{ replay: id, from: expect.any(String), to: expect.any(String), fidelity: expect.any(Number) },
      promised: {
        algorithm: 'priority+least_loaded',
        mean_wait_ms: expect.any(Number),
        p95_wait_ms: expect.any(Number),
        cost: expect.any(Number),
      },
      before: expect.objectContaining({ algorithm: 'fifo' }),
    });
  });

  it('switches only while nobody else has, and asks which when one was tried twice', async () => {
    const app = await setup();
    await history(app);
    const twice = [{ algorithm: 'priority' }, { algorithm: 'priority', params: { aging_per_min: 2 } }, { algorithm: 'sjf' }];
    const { id } = (await app.call('POST', replays, { json: { strategies: twice } })).json();
    await turns();
    const activate = (json: object, tag?: string) =>
      app.call('POST', `${replays}/${id}/activation`, { json, headers: tag === undefined ? {} : { 'if-match': tag } });
    const which = await activate({ algorithm: 'priority' });
    expect([which.statusCode, which.json().errors]).toEqual([
      422,
      [{ path: '/body/algorithm', message: expect.stringContaining('more than once') }],
    ]);
    expect((await activate({ algorithm: 'priority', params: { aging_per_min: 3 } })).json().detail).toContain('with other parameters');
    const answer = await activate({ algorithm: 'priority', params: { aging_per_min: 2 } }, '"1"');
    expect([answer.statusCode, answer.json().params]).toMatchObject([200, { aging_per_min: 2 }]);
    const late = await activate({ algorithm: 'sjf' }, '"1"');
    expect([late.statusCode, late.json().code]).toEqual([412, 'version_mismatch']);
  });

  it('streams how far it is, and ends with it', async () => {
    const { replayGate, open } = aGate();
    const app = await setup({ replayGate });
    await history(app);
    const started = await app.call('POST', replays, { json: { strategies } });
    expect(started.headers['retry-after']).toBe('1');
    const path = `${started.headers['location']}/events`;
    const client = await eventClient(() => app.app, path);
    expect(client.frames.at(-1)).toMatchObject({
      id: 0,
      event: 'progress',
      data: { status: 'running', progress: { done: 0, total: 300 } },
    });
    open();
    await app.advance(250);
    await client.until(() => client.ended);
    expect(client.frames.at(-1)).toMatchObject({ event: 'ended', data: { status: 'completed', progress: { done: 300, total: 300 } } });
    expect((await app.call('GET', path, { headers: { 'last-event-id': 'end' } })).statusCode).toBe(204);
    const again = await app.call('GET', path, { headers: { 'last-event-id': '7' } });
    expect([again.statusCode, again.payload]).toEqual([200, expect.stringContaining('event: ended')]);
  });

  it('has no stream for what is not there, or not asked for rightly', async () => {
    const app = await setup();
    await history(app);
    const { id } = (await app.call('POST', replays, { json: { strategies: [{ algorithm: 'fifo' }] } })).json();
    await turns();
    for (const [name, headers, status, code] of [
      ['nope', {}, 404, 'not_found'],
      [id, { 'last-event-id': 'seven' }, 400, 'bad_header'],
      [id, { accept: 'image/png' }, 406, 'not_acceptable'],
    ] as const) {
      const answer = await app.call('GET', `${replays}/${name}/events`, { headers: headers as Record<string, string> });
      expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    }
  });

  it('runs one at a time, can be cancelled, and leaves nothing behind', async () => {
    const { replayGate, open } = aGate();
    const app = await setup({ replayGate });
    await history(app);
    const { id } = (await app.call('POST', replays, { json: { strategies } })).json();
    const second = await app.call('POST', replays, { json: { strategies } });
    expect([second.statusCode, second.json().detail]).toEqual([409, expect.stringContaining(`Replay ${id} is running`)]);
    const cancelled = await app.call('DELETE', `${replays}/${id}`);
    expect([cancelled.statusCode, cancelled.json()]).toMatchObject([200, { status: 'cancelled', result: null, error: 'it was cancelled' }]);
    open();
    await turns();
    expect((await app.call('GET', `${replays}/${id}`)).json().status).toBe('cancelled');
    expect((await app.call('DELETE', `${replays}/${id}`)).statusCode).toBe(409);
    expect((await app.call('POST', replays, { json: { strategies } })).statusCode).toBe(202);
    await turns();
  });

  it.each([
    ['no strategy', { strategies: [] }, '/body/strategies'],
    ['an unknown strategy', { strategies: [{ algorithm: 'lottery' }] }, '/body/strategies/0/algorithm'],
    ['a window without history', { strategies, window: { from: '2025-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z' } }, '/body/window'],
    ['a window in the future', { strategies, window: { to: '2030-01-01T00:00:00Z' } }, '/body/window/to'],
    ['a window turned round', { strategies, window: { from: '2025-12-31T00:00:00Z', to: '2025-12-30T00:00:00Z' } }, '/body/window/from'],
    ['a new pool without a region', { strategies, pools: [{ name: 'moon', capacity: 3 }] }, '/body/pools/0'],
    ['a pool told twice', { strategies, pools: [{ name: 'hand' }, { name: 'hand' }] }, '/body/pools/1/name'],
  ])('refuses %s', async (_, json, path) => {
    const { call } = await setup();
    const answer = await call('POST', replays, { json });
    expect([answer.statusCode, answer.json().errors]).toEqual([422, [expect.objectContaining({ path })]]);
    expect((await call('GET', replays)).json()).toEqual({ replays: [] });
  });

  it('knows no other replays', async () => {
    const { call } = await setup();
    for (const [method, url] of [
      ['GET', `${replays}/nope`],
      ['DELETE', `${replays}/nope`],
    ] as const) {
      expect((await call(method, url)).statusCode).toBe(404);
    }
    expect((await call('POST', `${replays}/nope/activation`, { json: { algorithm: 'fifo' } })).statusCode).toBe(404);
  });
});
