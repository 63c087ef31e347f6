import { describe, expect, it } from 'vitest';
import { type SetupOptions, setup, turns } from '../helpers/app.ts';
import { aPool } from '../helpers/engine.ts';

const base = '/api/v1';
const far = aPool({ name: 'far', executor: 'node', capacity: 0, simulated: null, types: ['order', 'query'], labels: { site: 'far' } });

/** A server with a pool of nodes, and nodes that say what the test has them say. */
async function setupNodes(options: SetupOptions = {}) {
  const server = await setup({ pools: [far], ...options });
  const { call } = server;

  async function join(id = 'eu-1', body: Record<string, unknown> = {}) {
    const answer = await call('POST', `${base}/nodes`, { json: { id, pool: 'far', types: ['order'], slots: 2, ...body } });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    const { session } = answer.json();
    const say = (what: string, json?: unknown) =>
      call('POST', `${base}/nodes/${id}/${what}`, { headers: { 'node-session': session }, ...(json === undefined ? {} : { json }) });
    return {
      session,
      say,
      async fetch(): Promise<{ lease: string; task_id: string }[]> {
        await turns();
        return (await say('leases?wait=0')).json().leases;
      },
    };
  }

  /** Only nodes can run it. */
  const order = (body: Record<string, unknown> = {}) =>
    server.submit({ type: 'order', priority: 5, region: 'us-east', cost: 1, constraints: ['site = far'], ...body });

  return { ...server, join, order };
}

describe('the node protocol', () => {
  it('runs a task: register, poll, report; each answer says who gave it', async () => {
    const { call, join, order } = await setupNodes();
    const node = await join();
    const { id } = await order({ payload: { n: 1 }, metadata: { m: 2 } });
    await turns();
    const polled = await node.say('leases?wait=0&max=5');
    expect(polled.headers['x-served-by']).toBe('test-node');
    const [lease, ...rest] = polled.json().leases;
    expect(rest).toEqual([]);
    expect(lease).toMatchObject({
      task_id: id,
      attempt: 1,
      type: 'order',
      payload: { n: 1 },
      metadata: { m: 2 },
      tenant: 'default',
      slots: 1,
    });
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({
      ...{ status: 'processing', node_id: 'eu-1', handled_by: 'eu-1', initiated_by: 'test-node', worker_id: 'far' },
    });
    const done = await node.say(`leases/${lease.lease}/result`, { outcome: 'succeeded', result: [1] });
    expect([done.statusCode, done.json()]).toEqual([200, { lease: lease.lease, status: 200, outcome: 'succeeded' }]);
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'completed', result: [1], node_id: 'eu-1' });
    expect((await call('GET', `${base}/tasks/${id}/log`)).json().attempts).toMatchObject([{ node_id: 'eu-1', outcome: 'succeeded' }]);
  });

  it('runs parts: each has a lease of its own, and its report is kept until the others have ended', async () => {
    const { call, join, order } = await setupNodes();
    const node = await join('eu-1', { parts: true });
    const { id } = await order({ parts: 2 });
    await turns();
    const leases: { lease: string; part: number; parts: number }[] = (await node.say('leases?wait=0')).json().leases;
    expect(leases.map(({ part, parts }) => [part, parts])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const [first, second] = leases.map(({ lease }) => lease);
    const shown = (await call('GET', `${base}/nodes/eu-1`)).json();
    expect([shown.parts, shown.leases.map((one: { part: number }) => one.part)]).toEqual([true, [0, 1]]);
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ placement_nodes: ['eu-1', 'eu-1'], node_id: 'eu-1' });
    const kept = await node.say(`leases/${first}/result`, { outcome: 'succeeded', result: 'zero' });
    expect([kept.statusCode, kept.json()]).toEqual([202, { lease: first, status: 202 }]);
    const both = await node.say('results', {
      results: [first, second].map((lease, i) => ({ lease, outcome: 'succeeded', result: ['zero', 'one'][i] })),
    });
    expect(both.json().results.map(({ status, outcome }: { status: number; outcome: string }) => [status, outcome])).toEqual([
      [200, 'succeeded'],
      [200, 'succeeded'],
    ]);
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'completed', result: ['zero', 'one'] });
    expect((await call('POST', `${base}/nodes`, { json: { id: 'n', pool: 'far', types: ['order'], slots: 1, parts: 1 } })).statusCode).toBe(
      422,
    );
  });

  it('refuses tasks of several parts where no node runs parts, and says so', async () => {
    const { call, join } = await setupNodes();
    await join();
    const refused = await call('POST', `${base}/tasks`, {
      json: { type: 'order', priority: 5, region: 'us-east', cost: 1, parts: 2, constraints: ['site = far'] },
    });
    expect([refused.statusCode, refused.json().code, refused.json().detail]).toEqual([422, 'unroutable', expect.stringContaining('parts')]);
  });

  it('is a name service, and shows nodes beside the pools of the original', async () => {
    const { call, join, order, advance } = await setupNodes();
    const node = await join('eu-1', { types: ['order', 'query'], agent: 'bash/1' });
    await join('eu-2', { types: ['query'] });
    await order();
    const [lease] = await node.fetch();
    const ids = async (query: string) => (await call('GET', `${base}/nodes${query}`)).json().nodes.map((one: { id: string }) => one.id);
    expect(await ids('?type=order')).toEqual(['eu-1']);
    expect(await ids('?type=query&pool=far')).toEqual(['eu-1', 'eu-2']);
    expect(await ids('?pool=nope')).toEqual([]);
    expect((await call('GET', `${base}/workers`)).json().nodes).toMatchObject([{ id: 'eu-1' }, { id: 'eu-2' }]);
    expect((await call('GET', `${base}/nodes/eu-1`)).json()).toMatchObject({
      ...{ pool: 'far', slots: 2, slots_used: 1, state: 'live', agent: 'bash/1' },
      leases: [{ lease: lease?.lease, type: 'order', stop: null }],
    });
    expect((await call('GET', `${base}/pools/far`)).json()).toMatchObject({ capacity: 4, current_load: 1 });
    await advance(15_000);
    expect(await ids('?type=order')).toEqual([]);
    expect(await ids('?state=silent')).toEqual(['eu-1', 'eu-2']);
  });

  it('drains a node, and lets it go: what it still had runs again', async () => {
    const { call, join, order } = await setupNodes();
    const node = await join();
    const { id } = await order();
    const [lease] = await node.fetch();
    expect((await call('PATCH', `${base}/nodes/eu-1`, { json: { state: 'draining' } })).json()).toMatchObject({ state: 'draining' });
    await order();
    expect(await node.fetch()).toEqual([]);
    const wrong = await call('DELETE', `${base}/nodes/eu-1`, { headers: { 'node-session': 'x' } });
    expect([wrong.statusCode, wrong.json().code]).toEqual([409, 'node_replaced']);
    expect((await call('DELETE', `${base}/nodes/eu-1`)).statusCode).toBe(204);
    await turns();
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'failed', error: { code: 'lost' } });
    const late = await node.say(`leases/${lease?.lease}/result`, { outcome: 'succeeded' });
    expect([late.statusCode, late.json().code]).toEqual([404, 'unknown_node']);
    expect((await call('DELETE', `${base}/nodes/eu-1`)).statusCode).toBe(404);
    expect((await call('PATCH', `${base}/nodes/eu-1`, { json: { state: 'live' } })).statusCode).toBe(404);
    const log = (await call('GET', `${base}/logs?task_id=system`)).json();
    expect(JSON.stringify(log)).toContain('node_left');
  });

  it('tells progress and log lines of what runs, and what to stop of what does not', async () => {
    const { call, join, order } = await setupNodes();
    const node = await join();
    const { id } = await order();
    const [lease] = await node.fetch();
    const read = async (headers = {}) => call('GET', `${base}/tasks/${id}`, { headers });
    const before = await read();
    const known = { 'if-none-match': String(before.headers['etag']) };
    expect([before.json().progress, (await read(known)).statusCode]).toEqual([null, 304]);
    const notes = [
      { lease: lease?.lease, progress: { ratio: 0.5, note: 'half' } },
      { lease: 'gone', log: 'hello' },
    ];
    expect((await node.say('notes', { notes })).json()).toEqual({ stop: [{ lease: 'gone', reason: 'lease_lost' }] });
    const progress = { ratio: 0.5, note: 'half', at: expect.stringMatching(/Z$/) };
    expect((await read(known)).json()).toMatchObject({ progress });
    expect((await call('GET', `${base}/tasks`)).json().tasks).toMatchObject([{ id, progress }]);
    await node.say(`leases/${lease?.lease}/result`, { outcome: 'succeeded' });
    expect((await read()).json()).toMatchObject({ status: 'completed', progress: null });
  });

  it('is heard by a poll that lists what it holds', async () => {
    const { call, join, order, advance } = await setupNodes();
    const node = await join();
    await order();
    const [lease] = await node.fetch();
    await advance(15_000);
    expect((await call('GET', `${base}/nodes/eu-1`)).json()).toMatchObject({ state: 'silent' });
    const polled = await node.say('leases?wait=0', { leases: [lease?.lease, 'gone'] });
    expect(polled.json()).toEqual({ leases: [], stop: [{ lease: 'gone', reason: 'lease_lost' }] });
    expect((await call('GET', `${base}/nodes/eu-1`)).json()).toMatchObject({ state: 'live', silent_for_ms: 0 });
    expect((await node.say('leases?wait=0', { leases: 'all' })).statusCode).toBe(422);
    expect((await node.say('leases?wait=0', {})).statusCode).toBe(200);
  });

  it('answers each of many results by itself', async () => {
    const { call, join, order } = await setupNodes();
    const node = await join('eu-1', { slots: 8 });
    for (let i = 0; i < 4; i++) await order({ max_attempts: 1 });
    const leases = (await node.fetch()).map((one) => one.lease);
    const results = [
      { lease: leases[0], outcome: 'succeeded', result: 1 },
      { lease: leases[1], outcome: 'failed', error: { code: 'boom', message: 'no' }, retryable: false },
      { lease: leases[2], outcome: 'succeeded', result: 'x'.repeat(1_048_577) },
      { lease: leases[3], outcome: 'failed' },
      { lease: 'nonsense', outcome: 'released' },
    ];
    const answer = await node.say('results', { results });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().results).toMatchObject([
      { status: 200, outcome: 'succeeded' },
      { status: 200, outcome: 'failed' },
      { status: 413, error: { code: 'body_too_large' } },
      { status: 422, error: { code: 'validation_failed' } },
      { status: 404, error: { code: 'not_found' } },
    ]);
    expect((await call('GET', `${base}/nodes/eu-1`)).json()).toMatchObject({ slots_used: 2, last_error: 'boom: no', results: 2 });
  });
});

describe('a node that does wrong', () => {
  it.each([
    ['more slots than there are', { slots: 1e9 }, 422, '/body/slots'],
    ['no slots', { slots: 0 }, 422, '/body/slots'],
    ['a pool that is not there', { pool: 'nope' }, 422, '/body/pool'],
    ['a pool of this server', { pool: 'hand' }, 422, '/body/pool'],
    ['a type that is not there', { types: ['order', 'nope'] }, 422, '/body/types/1'],
    ['types its pool does not take', { types: ['echo'] }, 422, '/body/types'],
    ['no types', { types: [] }, 422, '/body/types'],
    ['a name with a slash', { id: 'a/b' }, 422, '/body/id'],
    ['a field of its own', { status: 'live' }, 422, '/body/status'],
    ['what it holds, as no list', { leases: 'x' }, 422, '/body/leases'],
  ])('says %s', async (_what, body, status, path) => {
    const { call } = await setupNodes();
    const answer = await call('POST', `${base}/nodes`, { json: { id: 'eu-1', pool: 'far', types: ['order'], slots: 2, ...body } });
    expect([answer.statusCode, answer.json().errors?.[0]?.path.startsWith(path.replace('/1', ''))]).toEqual([status, true]);
    expect((await call('GET', `${base}/nodes`)).json().nodes).toEqual([]);
  });

  it('asks for more than its slots, and gets what it has room for', async () => {
    const { join, order } = await setupNodes();
    const node = await join();
    for (let i = 0; i < 5; i++) await order();
    await turns();
    expect((await node.say('leases?max=1000&wait=0')).json().leases).toHaveLength(2);
    expect((await node.say('leases?max=1000&wait=0')).json().leases).toHaveLength(0);
    expect((await node.say('leases?max=1e9')).statusCode).toBe(422);
    expect((await node.say('leases?wait=61')).statusCode).toBe(422);
  });

  it('replays an old lease, or one of another node', async () => {
    const { call, join, order } = await setupNodes();
    const [one, two] = [await join('eu-1'), await join('eu-2')];
    const { id } = await order({ max_attempts: 5 });
    await turns();
    const [node, other] = (await one.fetch()).length > 0 ? [one, two] : [two, one];
    const { lease } = (await call('GET', `${base}/tasks/${id}/log`)).json().attempts[0] ?? {};
    expect(lease).toBeUndefined();
    const held = `${id}.1.1`;
    const stolen = await other.say(`leases/${held}/result`, { outcome: 'succeeded', result: 'mine' });
    expect([stolen.statusCode, stolen.json().code]).toEqual([403, 'forbidden']);
    expect((await node.say(`leases/${held}/result`, { outcome: 'released' })).statusCode).toBe(200);
    await turns();
    for (const old of [held, `${id}.1.7`, `${id}.9.1`]) {
      const late = await node.say(`leases/${old}/result`, { outcome: 'succeeded', result: 'late' });
      expect([late.statusCode, late.json().code]).toEqual([409, 'lease_lost']);
    }
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'processing', attempt: 2, result: null });
  });

  it('is nobody that registered, or was taken over', async () => {
    const { call, join } = await setupNodes();
    const codeOf = async (call: Promise<{ statusCode: number; json(): { code: string } }>) => {
      const answer = await call;
      return [answer.statusCode, answer.json().code];
    };
    expect(await codeOf(call('POST', `${base}/nodes/eu-9/heartbeats`, { json: { leases: [] } }))).toEqual([400, 'bad_header']);
    const unknown = call('POST', `${base}/nodes/eu-9/heartbeats`, { json: { leases: [] }, headers: { 'node-session': 's' } });
    expect(await codeOf(unknown)).toEqual([404, 'unknown_node']);
    const node = await join();
    await join();
    for (const [what, body] of [
      ['heartbeats', { leases: [] }],
      ['leases?wait=0', undefined],
      ['notes', { notes: [{ lease: 'x', log: '' }] }],
    ] as const)
      expect(await codeOf(node.say(what, body))).toEqual([409, 'node_replaced']);
  });

  it('sends what is no report, or far too much', async () => {
    const { app, join, order } = await setupNodes();
    const node = await join();
    await order();
    const [held] = await node.fetch();
    const bad: [unknown, number][] = [
      [{}, 422],
      [{ outcome: 'done' }, 422],
      [{ outcome: 'succeeded', error: { code: 'a', message: '' } }, 422],
      [{ outcome: 'failed', error: { code: 'A B', message: '' } }, 422],
      [{ outcome: 'stopped', result: 1 }, 422],
      [{ outcome: 'released', retryable: true }, 422],
      [{ outcome: 'succeeded', attempt: 7 }, 422],
      [{ outcome: 'succeeded', result: 'x'.repeat(1_048_577) }, 413],
    ];
    for (const [body, status] of bad) expect((await node.say(`leases/${held?.lease}/result`, body)).statusCode).toBe(status);
    const deep = `{"outcome":"succeeded","result":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const headers = { 'node-session': node.session, 'content-type': 'application/json' };
    const url = `${base}/nodes/eu-1/leases/${held?.lease}/result`;
    expect((await app.inject({ method: 'POST', url, headers, payload: deep })).json().code).toBe('malformed_json');
    const huge = { ...headers, 'content-length': String(10 * 1_024 ** 3) };
    expect((await app.inject({ method: 'POST', url: `${base}/nodes/eu-1/results`, headers: huge, payload: '{' })).statusCode).toBe(413);
    expect((await node.say(`leases/${held?.lease}/result`, { outcome: 'succeeded', result: 'at last' })).statusCode).toBe(200);
  });

  it('floods the log, or speaks of work it was never given', async () => {
    const { join, order } = await setupNodes();
    const [node, other] = [await join(), await join('eu-2', { types: ['query'] })];
    await order();
    expect(await other.fetch()).toEqual([]); // it said it runs queries alone
    const [held] = await node.fetch();
    const note = { lease: held?.lease, log: 'x'.repeat(8_192) };
    expect((await node.say('notes', { notes: [note] })).statusCode).toBe(200);
    expect((await node.say('notes', { notes: [{ ...note, log: 'x'.repeat(8_193) }] })).statusCode).toBe(422);
    expect((await node.say('notes', { notes: Array(1_001).fill({ lease: held?.lease, log: '' }) })).statusCode).toBe(422);
    expect((await node.say('notes', { notes: [{ lease: held?.lease, progress: { ratio: 7 } }] })).statusCode).toBe(422);
    expect((await other.say('notes', { notes: [note] })).json()).toEqual({ stop: [{ lease: held?.lease, reason: 'lease_lost' }] });
    const stolen = await other.say(`leases/${held?.lease}/result`, { outcome: 'failed', error: { code: 'mine', message: '' } });
    expect([stolen.statusCode, stolen.json().code]).toEqual([403, 'forbidden']);
    expect((await other.say('leases?wait=0', { leases: [held?.lease] })).json().stop).toEqual([
      { lease: held?.lease, reason: 'lease_lost' },
    ]);
    expect((await node.say(`leases/${held?.lease}/result`, { outcome: 'succeeded', result: 1 })).statusCode).toBe(200);
  });

  it('never answers: its tasks run elsewhere after a lease', async () => {
    const { call, join, order, advance } = await setupNodes();
    const node = await join();
    const { id } = await order({ max_attempts: 2 });
    await node.fetch();
    await advance(29_000);
    const other = await join('eu-2');
    expect((await call('GET', `${base}/tasks/${id}`)).json()).toMatchObject({ status: 'processing', node_id: 'eu-1' });
    await advance(5_000);
    await other.say('heartbeats', { leases: [] });
    const [again] = await other.fetch();
    expect(again).toMatchObject({ task_id: id, attempt: 2 });
    expect((await call('GET', `${base}/nodes/eu-1`)).json()).toMatchObject({ state: 'lost' });
  });

  it('is one too many', async () => {
    const { call, join } = await setupNodes({ engine: { nodes: { maxNodes: 1 } } });
    await join();
    const answer = await call('POST', `${base}/nodes`, { json: { id: 'b', pool: 'far', types: ['order'], slots: 1 } });
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after'] !== undefined]).toEqual([429, 'quota_exceeded', true]);
  });
});

describe('a pool of nodes', () => {
  it('needs no capacity, and every other pool does', async () => {
    const { call } = await setupNodes();
    const pool = { name: 'n', region: 'us-east', resource_type: 'cpu', cost_per_unit: 1 };
    const made = await call('POST', `${base}/pools`, { json: { ...pool, executor: 'node' } });
    expect([made.statusCode, made.json()]).toMatchObject([201, { capacity: 0, executor: 'node', simulated: null }]);
    for (const body of [
      { ...pool, name: 'm', executor: 'node', capacity: 3 },
      { ...pool, name: 'm' },
    ]) {
      const refused = await call('POST', `${base}/pools`, { json: body });
      expect([refused.statusCode, refused.json().errors[0].path]).toEqual([422, '/body/capacity']);
    }
  });

  it('without a node takes tasks all the same, and says what they wait for', async () => {
    const { call, order } = await setupNodes();
    const { id } = await order();
    const explanation = (await call('GET', `${base}/tasks/${id}/explain`)).json();
    expect(explanation).toMatchObject({ holds: [{ code: 'pools_paused', who: 'operator' }] });
  });
});
