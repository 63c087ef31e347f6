import { describe, expect, it } from 'vitest';
import { setup, type TestApp, turns } from '../helpers/app.ts';
import { type EventClient, eventClient } from '../helpers/event-stream.ts';

const events = '/api/v1/events';
const listen = (server: TestApp, query = '') => eventClient(() => server.app, events + query);
const seqs = (client: EventClient) => client.entries.map(({ seq }) => seq);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('GET /api/v1/events', () => {
  it('tells every committed change from now on, with its place in the log', async () => {
    const server = await setup();
    const { head } = server.engine.logBounds();
    const client = await listen(server);
    const { id } = await server.submit();
    await client.until(() => client.entries.length === 3);
    expect(client.frames[0]?.retry).toBeGreaterThanOrEqual(1_000);
    expect(client.frames[0]?.retry).toBeLessThanOrEqual(5_000);
    expect(client.frames.slice(1).map((frame) => [frame.id, frame.event])).toEqual([
      [head + 1, 'task.created'],
      [head + 2, 'task.scheduled'],
      [head + 3, 'task.completed'],
    ]);
    expect(client.frames[3]?.data).toEqual({
      ...{ seq: head + 3, at: '2026-01-01T00:00:00.000Z', type: 'task.completed', event_type: 'completed', task_id: id },
      ...{ attempt: 1, status: 'completed', pool: null, details: expect.any(Object) },
    });
    expect(client.frames[2]?.data).toMatchObject({ status: 'processing', pool: 'hand' });
  });

  it('has the headers of a stream, and is not compressed', async () => {
    const { app } = await setup();
    const answer = await app.inject({
      method: 'GET',
      url: events,
      headers: { 'accept-encoding': 'gzip', origin: 'http://localhost:3000' },
      payloadAsStream: true,
    });
    expect(answer.headers).toMatchObject({
      ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      ...{ 'x-content-type-options': 'nosniff', 'access-control-allow-origin': 'http://localhost:3000' },
    });
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('begins with what happened since', async () => {
    const server = await setup();
    for (let i = 0; i < 5; i++) await server.submit();
    await turns(50);
    const { head } = server.engine.logBounds();
    const client = await listen(server, '?since=3');
    await client.until(() => client.lastId === head);
    expect(seqs(client)).toEqual(upTo(4, head));
  });

  it('reads a log that is longer than a page, joining what is committed meanwhile', async () => {
    const server = await setup();
    const items = Array.from({ length: 1_200 }, () => ({ type: 'hold', run_at: '2026-06-01T00:00:00Z' }));
    await server.call('POST', '/api/v1/tasks/batch', { json: items });
    const client = await listen(server, '?since=0');
    for (let i = 0; i < 20; i++) await server.submit();
    await turns();
    const { head } = server.engine.logBounds();
    await client.until(() => client.lastId === head);
    expect(seqs(client)).toEqual(upTo(1, head));
  });

  it('misses nothing and repeats nothing over twenty cuts', async () => {
    const server = await setup();
    const { head: start } = server.engine.logBounds();
    const client = await listen(server, `?since=${start}`);
    for (let cut = 0; cut < 20; cut++) {
      await server.submit();
      if (cut % 3 === 0) await client.until(() => client.lastId === server.engine.logBounds().head);
      await client.cut();
      await server.submit();
      if (cut % 2 === 0) await turns();
      await client.reconnect();
    }
    await turns();
    const { head } = server.engine.logBounds();
    await client.until(() => client.lastId === head);
    expect(seqs(client)).toEqual(upTo(start + 1, head));
  });

  it('goes on after a restart of the server', async () => {
    const first = await setup();
    let server = first;
    const client = await eventClient(() => server.app, `${events}?since=0`);
    await first.submit();
    await turns();
    await client.until(() => client.lastId === first.engine.logBounds().head);
    const image = first.store.image();
    first.store.crash();
    server = await setup({ store: { image } });
    await server.submit();
    await turns();
    await client.reconnect();
    const { head } = server.engine.logBounds();
    await client.until(() => client.lastId === head);
    expect(seqs(client)).toEqual(upTo(1, head));
    expect(client.entries.map(({ type }) => type)).toContain('server.started');
  });

  it('resets a client whose place is gone: pruned', async () => {
    const server = await setup();
    for (let i = 0; i < 5; i++) await server.submit();
    await server.advance(10_000);
    await server.store.pruneLog(10, Date.UTC(2027, 0, 1));
    const { floor, head } = server.engine.logBounds();
    expect(floor).toBeGreaterThan(2);
    const client = await listen(server, '?since=1');
    await client.until(() => client.frames.length >= 3);
    expect(client.frames.slice(1).map((frame) => [frame.id, frame.event])).toEqual([
      [head, 'reset'],
      [head, 'snapshot'],
    ]);
    expect(client.frames[1]?.data).toEqual({ reason: 'pruned', oldest: floor, head });
    await server.submit();
    await client.until(() => client.entries.length === 3);
    expect(seqs(client)).toEqual(upTo(head + 1, head + 3));
  });

  it('resets a client that is ahead of the log: a backup was restored', async () => {
    const server = await setup();
    const { floor, head } = server.engine.logBounds();
    const client = await listen(server, '?since=1000000');
    await client.until(() => client.frames.length >= 3);
    expect(client.frames[1]).toMatchObject({ event: 'reset', id: head, data: { reason: 'ahead', oldest: floor, head } });
  });

  it('filters by kind and by task, and moves the resume position all the same', async () => {
    const server = await setup();
    const kinds = await listen(server, '?types=task.completed,pool.*');
    const first = await server.submit();
    const one = await listen(server, `?since=0&task=${first.id.toUpperCase()}`);
    await server.submit();
    await turns();
    await server.call('PATCH', '/api/v1/pools/hand', { json: { capacity: 2 } });
    await turns();
    expect(kinds.entries.map(({ type }) => type)).toEqual(['task.completed', 'task.completed', 'pool.changed']);
    expect(one.entries.map(({ type }) => type)).toEqual(['task.created', 'task.scheduled', 'task.completed']);
    await server.advance(10_000);
    const { head } = server.engine.logBounds();
    expect([kinds.lastId, one.lastId]).toEqual([head, head]);
    expect(one.frames.at(-1)).toEqual({ id: head, event: undefined, data: undefined, retry: undefined });
  });

  it('beats every ten seconds', async () => {
    const server = await setup();
    const client = await listen(server);
    const before = client.frames.length;
    await server.advance(30_000);
    expect(client.frames.slice(before).filter(({ id, event }) => id !== undefined && event === undefined)).toHaveLength(3);
  });

  it('puts what comes close together into one frame when asked to', async () => {
    const server = await setup();
    const { head } = server.engine.logBounds();
    const client = await listen(server, '?batch=250');
    await server.submit();
    await server.submit();
    await turns();
    expect(client.entries).toEqual([]);
    await server.advance(250);
    expect(client.frames.at(-1)).toMatchObject({ event: 'batch', id: head + 6 });
    expect(seqs(client)).toEqual(upTo(head + 1, head + 6));
    await server.call('PATCH', '/api/v1/pools/hand', { json: { capacity: 2 } });
    await server.advance(250);
    expect(client.frames.at(-1)).toMatchObject({ event: 'pool.changed', id: head + 7 });
  });

  it('never says it sent what still waits for its batch', async () => {
    const server = await setup();
    const client = await listen(server, '?batch=1000');
    await server.advance(9_900);
    await server.submit();
    await server.advance(200); // a heartbeat falls between the events and the end of their batch
    const ids = client.frames.flatMap(({ id }) => (id === undefined ? [] : [id]));
    const sent = client.entries.length;
    expect(ids.at(-1)).toBe(server.engine.logBounds().head);
    expect(sent).toBe(3);
  });

  it('begins with a consistent reading when asked to, then tells changes against it', async () => {
    const server = await setup();
    await server.submit({ type: 'hold' });
    await turns();
    const client = await listen(server, '?snapshot=1&state=stats,pools');
    const snapshot = client.frames.find(({ event }) => event === 'snapshot');
    const { head } = server.engine.logBounds();
    expect(snapshot).toMatchObject({ id: head, data: { seq: head, stats: { tasks_pending: 0, slots_used: 1 } } });
    expect(snapshot?.data.stats).toEqual((await server.call('GET', '/api/v1/system/stats')).json());
    const { pools } = snapshot?.data ?? {};
    expect(pools).toMatchObject({ names: expect.arrayContaining(['hand']), load: [0, 0, 0, 0, 0, 0, 0, 0, 1], state: expect.any(Array) });
    await server.submit({ type: 'order', priority: 5, cost: 1, region: 'us-east' });
    await server.advance(250);
    expect(client.frames.findLast(({ event }) => event === 'stats')?.data).toMatchObject({ slots_used: 2 });
    expect(client.frames.findLast(({ event }) => event === 'pools')?.data).toMatchObject({ version: pools.version, changed: [[0, 1]] });
  });

  it('tells of a load that a snapshot showed and that went back', async () => {
    const server = await setup();
    const before = await listen(server, '?state=pools');
    const { id } = await server.submit({ type: 'hold' });
    await turns();
    const during = await listen(server, '?state=pools'); // sees the slot taken, before anybody is told
    await server.call('DELETE', `/api/v1/tasks/${id}`);
    await turns();
    await server.advance(250);
    const snapshotOf = (client: EventClient) => client.frames.find(({ event }) => event === 'snapshot')?.data.pools.load[8];
    expect([snapshotOf(before), snapshotOf(during)]).toEqual([0, 1]);
    expect(during.frames.findLast(({ event }) => event === 'pools')?.data.changed).toEqual([[8, 0]]);
  });

  it('tells state at most four times a second, and only when it changed', async () => {
    const server = await setup();
    const client = await listen(server, '?state=stats');
    const count = () => client.frames.filter(({ event }) => event === 'stats').length;
    for (let i = 0; i < 10; i++) {
      await server.submit({ type: 'hold' });
      await server.advance(50);
    }
    const told = count();
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(3);
    await server.advance(60_000);
    expect(count()).toBeLessThanOrEqual(told + 1);
    expect(client.frames.filter(({ event }) => event === 'pools')).toEqual([]);
  });

  it('tells everything anew when a pool is added', async () => {
    const server = await setup();
    const [one, other] = [await listen(server, '?state=pools'), await listen(server, '?state=pools')];
    const snapshots = (client: EventClient) => client.frames.filter(({ event }) => event === 'snapshot').map(({ data }) => data.pools);
    const spot = { name: 'spot', region: 'us-east', resource_type: 'gpu', cost_per_unit: 0.25, capacity: 2 };
    await server.call('POST', '/api/v1/pools', { json: spot });
    await listen(server, '?snapshot=1'); // reads the new order first
    await server.advance(250);
    for (const client of [one, other]) {
      expect(snapshots(client).at(-1).names).toContain('spot');
      expect(snapshots(client).at(-1).version).toBeGreaterThan(snapshots(client)[0].version);
    }
  });

  it('is also lines of JSON', async () => {
    const server = await setup();
    const answer = await server.app.inject({
      method: 'GET',
      url: `${events}?since=0&snapshot=1`,
      headers: { accept: 'application/x-ndjson' },
      payloadAsStream: true,
    });
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    let text = '';
    answer.stream().on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    await server.submit();
    await turns();
    await server.advance(10_000);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { head } = server.engine.logBounds();
    expect(lines[0]).toMatchObject({ type: 'opening', retry_ms: expect.any(Number) });
    expect(lines.filter(({ type }) => type.includes('.')).map(({ seq }) => seq)).toEqual(upTo(1, head));
    expect(lines.map(({ type }) => type)).toEqual(expect.arrayContaining(['snapshot', 'heartbeat']));
  });

  it('refuses what it cannot be', async () => {
    const { call } = await setup();
    expect((await call('GET', events, { headers: { accept: 'text/html' } })).json()).toMatchObject({ status: 406, code: 'not_acceptable' });
    for (const id of ['abc', '-1', '1.5', '9'.repeat(16)])
      expect((await call('GET', events, { headers: { 'last-event-id': id } })).json(), id).toMatchObject({
        status: 400,
        code: 'bad_header',
      });
  });

  it('is open to so many and no more: 503', async () => {
    const server = await setup({ server: { maxStreams: 2 } });
    const first = await listen(server);
    await listen(server);
    const refused = await server.call('GET', events);
    expect(refused.json()).toMatchObject({ status: 503, code: 'overloaded' });
    expect(refused.headers['retry-after']).toBeDefined();
    await first.cut();
    const late = await listen(server);
    expect(late.frames).toHaveLength(1);
  });

  it('tells its clients when to come back before the server stops', async () => {
    const server = await setup();
    const client = await listen(server);
    await server.app.close();
    await client.until(() => client.ended);
    expect(client.frames.at(-1)?.retry).toBeGreaterThanOrEqual(1_000);
  });
});
