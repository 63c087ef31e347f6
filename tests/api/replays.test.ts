import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';
import { eventClient } from '../helpers/event-stream.ts';

const replays = '/api/v1/replays';
const strategies = ['fifo', { algorithm: 'min_cost', params: {} }, { order: 'priority', place: 'least_loaded' }];

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
    const [end, begin] = (await app.call('GET', '/api/v1/logs?task_id=system'))
      .json()
      .logs.filter(({ event_type }: { event_type: string }) => event_type.startsWith('replay_'));
    const url = `${replays}/${id}`;
    expect(begin.details).toMatchObject({ replay: id, algorithms: ['fifo', 'min_cost', 'priority+least_loaded'], tasks: 300, url });
    expect(end.details).toMatchObject({ replay: id, status: 'completed', fidelity: result.fidelity.score, url });
    expect(end.details.cards[0].cost).toBe(result.cards[0].figures.cost);
    expect(JSON.stringify([begin, end])).not.toMatch(/"[a-z]+[A-Z]\w*":/);
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
    ['an unknown name', { strategies: ['fifo', 'lottery'] }, '/body/strategies/1/algorithm'],
    ['a name that is none', { strategies: ['fifo', 7] }, '/body/strategies/1'],
    ['an unknown field of a strategy', { strategies: [{ algorithm: 'fifo', colour: 'red' }] }, '/body/strategies/0/colour'],
    ['a strategy of nothing', { strategies: [{}] }, '/body/strategies/0'],
    ['a strategy told twice', { strategies: ['sjf', 'fifo', { order: 'fifo' }, { algorithm: 'sjf' }] }, '/body/strategies/3'],
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

const job = (id: number, submit: number, run: number, processors: number) =>
  `${id} ${submit} 0 ${run} ${processors} -1 -1 ${processors} ${2 * run} -1 1 3 1 1 1 1 -1 -1`;
const log = (jobs = 300) =>
  ['; MaxProcs: 64', ...Array.from({ length: jobs }, (_, i) => job(i + 1, 10 * i, 60 + (i % 7) * 100, 1 + ((i * 7) % 64)))].join('\n');

/** A form with a file. */
function upload(file: string | Buffer, fields: Record<string, string>, name = 'log.swf') {
  const boundary = 'of-the-test';
  const part = (head: string, content: string | Buffer) => [
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ];
  const parts = Object.entries(fields).flatMap(([field, value]) => part(`name="${field}"`, value));
  const payload = Buffer.concat([...parts, ...part(`name="trace"; filename="${name}"`, file), Buffer.from(`--${boundary}--\r\n`)]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

/** Files are read in their own time. */
async function resultOf({ call }: TestApp, { headers }: Awaited<ReturnType<TestApp['call']>>) {
  for (;;) {
    const { status, result, error } = (await call('GET', headers['location'] as string)).json();
    if (status === 'completed') return result;
    expect([status, error]).toEqual(['running', null]);
    await turns();
  }
}

describe('POST /api/v1/replays with a trace', () => {
  it('replays it on a machine of its own, gzip or plain alike, and can activate what it tried', async () => {
    const app = await setup();
    const request = JSON.stringify({ strategies: [{ algorithm: 'fifo' }, { algorithm: 'sjf' }], seed: 3 });
    const plain = await app.call('POST', replays, upload(log(), { request }));
    expect([plain.statusCode, plain.json()]).toMatchObject([
      202,
      {
        progress: { total: 300 },
        source: { kind: 'trace', name: 'log.swf', processors: null },
        from: '1970-01-01T00:00:00.000Z',
        to: '1970-01-01T00:49:50.000Z',
      },
    ]);
    const result = await resultOf(app, plain);
    expect(result).toMatchObject({ fidelity: null, actual: null, as_run: null, tasks: { replayed: 300 } });
    const [fifo, sjf] = result.cards;
    expect(fifo.differences).toBeNull();
    expect(sjf.differences.mean_wait_ms).toMatchObject({ absolute: sjf.figures.wait_ms.mean - fifo.figures.wait_ms.mean });
    expect(sjf.figures.wait_ms.mean).toBeLessThan(fifo.figures.wait_ms.mean);
    expect(fifo.figures.tenants).toMatchObject([{ tenant: 'user-3', tasks: 300 }]);

    const zipped = await app.call('POST', replays, upload(gzipSync(log()), { strategies: 'fifo, sjf', seed: '3' }));
    expect(await resultOf(app, zipped)).toEqual(result);
    const answer = await app.call('POST', `${zipped.headers['location']}/activation`, { json: { algorithm: 'sjf' } });
    expect([answer.statusCode, answer.json().algorithm]).toEqual([200, 'sjf']);
    const [row] = (await app.call('GET', '/api/v1/logs?event_type=algorithm_switched')).json().logs;
    expect(row.details.receipt).toMatchObject({ source: { kind: 'trace', name: 'log.swf' }, fidelity: null });
  });

  it('replays tasks on the pools there are, with those that are tried out', async () => {
    const app = await setup();
    const tasks = [
      'submitted_at,run_ms,type,region,slots',
      ...Array.from({ length: 40 }, (_, i) => `${1_000 * i},60000,order,us-east,${i === 7 ? 500 : 1}`),
    ].join('\n');
    const request = JSON.stringify({
      strategies: [{ algorithm: 'min_cost' }],
      pools: [{ name: 'more', region: 'us-east', capacity: 40, cost_per_unit: 0 }],
    });
    const answer = await app.call('POST', replays, upload(tasks, { request }, 'tasks.csv'));
    expect(answer.statusCode).toBe(202);
    const result = await resultOf(app, answer);
    expect(result.notes).toEqual(['line 9: dropped, no pool could ever run it']);
    expect(result.cards[0].figures).toMatchObject({ tasks: 39, completed: 39, cost: 0 });
  });

  it('makes tasks, on the pools or on one machine', async () => {
    const app = await setup();
    for (const [generate, more] of [
      [{ pattern: 'spike', tasks: 200, load: 0.5 }, {}],
      [{ pattern: 'lublin', tasks: 200 }, { processors: 128 }],
    ] as const) {
      const answer = await app.call('POST', replays, { json: { strategies, generate, ...more } });
      expect([answer.statusCode, answer.json().source]).toEqual([
        202,
        { kind: 'generated', name: generate.pattern, processors: null, ...more },
      ]);
      const result = await resultOf(app, answer);
      expect(result.cards.map((card: { figures: { completed: number } }) => card.figures.completed)).toEqual([200, 200, 200]);
    }
  });

  it('refuses what cannot be replayed, with the field and the line', async () => {
    const app = await setup();
    const ask = async (what: string, options: object, path: string, message: RegExp) => {
      const answer = await app.call('POST', replays, options);
      expect([answer.statusCode, answer.json().errors?.[0]], what).toEqual([422, { path, message: expect.stringMatching(message) }]);
    };
    for (const [what, form, path, message] of [
      ['a broken line', upload(`${log(3)}\n4 5 0`, { strategies: 'fifo' }), '/body/trace', /line 5: .*this line has 3/],
      ['no machine', upload(job(1, 0, 10, 2), { strategies: 'fifo' }), '/body/trace', /processors/],
      ['damaged gzip', upload(gzipSync(log()).subarray(0, 200), { strategies: 'fifo' }), '/body/trace', /damaged or cut off/],
      ['no file', upload('', { strategies: 'fifo' }), '/body/trace', /is missing/],
      ['an unknown strategy', upload(log(3), { strategies: 'fifo,lottery' }), '/body/strategies/1/algorithm', /must be one of/],
      ['an unknown field', upload(log(3), { strategies: 'fifo', colour: 'red' }), '/body/colour', /is no field/],
      ['a window', upload(log(3), { request: '{"strategies":[{"algorithm":"fifo"}],"window":{}}' }), '/body/window', /own history/],
      [
        'pools beside a machine of its own',
        upload(log(3), { request: '{"strategies":[{"algorithm":"fifo"}],"pools":[{"name":"hand"}]}' }),
        '/body/trace',
        /one machine/,
      ],
      ['processors that are none', upload(log(3), { strategies: 'fifo', processors: 'many' }), '/body/processors', /integer/],
    ] as const)
      await ask(what, form, path, message);
    for (const [what, more, path] of [
      ['lublin without a machine', { generate: { pattern: 'lublin', tasks: 5 } }, '/body/processors'],
      ['a window beside made tasks', { generate: { pattern: 'spike', tasks: 5 }, window: {} }, '/body/window'],
      ['a machine for the own history', { processors: 5 }, '/body/processors'],
      ['a machine and pools', { generate: { pattern: 'spike', tasks: 5 }, processors: 5, pools: [{ name: 'hand' }] }, '/body/pools'],
    ] as const)
      await ask(what, { json: { strategies, ...more } }, path, /./);
    expect((await app.call('GET', replays)).json()).toEqual({ replays: [] });
    const large = await app.call('POST', replays, upload(Buffer.alloc(33 * 1_048_576, '; \n'), { strategies: 'fifo' }));
    expect([large.statusCode, large.json().errors]).toEqual([
      413,
      [{ path: '/body/trace', message: expect.stringContaining('at most 33,554,432 bytes (32 MiB)') }],
    ]);
  });
});
