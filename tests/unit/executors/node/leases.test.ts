import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../../src/core/domain/invariants.ts';
import { unlimitedTenant } from '../../../../src/core/domain/tenant.ts';
import { createMemoryHistory } from '../../../../src/store/memory/history.ts';
import { aPool, aType, caller, codeOf } from '../../../helpers/engine.ts';
import { nodePool, setupNodes } from '../../../helpers/nodes.ts';
import { proofOf } from '../../../helpers/replayed.ts';

describe('a pool of nodes', () => {
  it('has the slots of its live nodes, and tasks wait while there are none', async () => {
    const { engine, join, submit, row, pass } = await setupNodes();
    const capacity = () => engine.pools()[0]?.pool.capacity;
    const task = await submit();
    expect([capacity(), row(1).status, engine.reasonOf(task)?.code]).toEqual([0, 'queued', 'pools_paused']);
    join('a', { slots: 2 });
    join('b', { slots: 3 });
    expect(capacity()).toBe(5);
    await pass();
    expect(row(1).status).toBe('processing');
    engine.nodes.setDraining('b', true);
    engine.nodes.remove('a', undefined);
    expect(capacity()).toBe(0 + engine.pools()[0]!.load);
  });

  it('hands out what fits, says who runs it, and takes the slots back', async () => {
    const { engine, join, submit, row, told } = await setupNodes();
    const node = join('a', { slots: 2 });
    for (let i = 0; i < 3; i++) await submit({ payload: i });
    const leases = await node.fetch();
    expect(leases).toHaveLength(2);
    expect(row(1)).toMatchObject({ status: 'processing', nodeId: 'a', handledBy: 'a', initiatedBy: 'node' });
    expect(await node.succeed(leases[0]!, { sum: 3 })).toEqual([{ kind: 'settled', lease: leases[0], outcome: 'succeeded' }]);
    expect(row(1)).toMatchObject({ status: 'completed', result: { sum: 3 }, nodeId: 'a' });
    expect(told(1)).toEqual(['created', 'scheduled', 'completed']);
    const [third] = await node.fetch();
    for (const lease of [leases[1]!, third!]) await node.succeed(lease);
    expect(engine.pools()[0]).toMatchObject({ load: 0 });
    expect(engine.nodes.get('a')).toMatchObject({ used: 0, done: 3, leases: [] });
  });

  it('gives a type to nodes that run it, and keeps those that run everything free', async () => {
    const { join, submit, row, pass } = await setupNodes({ types: [aType({ name: 'x' }), aType({ name: 'y' })] });
    join('any', { types: ['*'] });
    join('only-x', { types: ['x'] });
    for (const type of ['x', 'y', 'y']) await submit({ type });
    await pass();
    expect([row(1), row(2), row(3)].map(({ status, nodeId }) => [status, nodeId])).toEqual([
      ['processing', 'only-x'],
      ['processing', 'any'],
      ['queued', null],
    ]);
  });

  it('waits in the queue for a type that no live node runs, without turning in circles', async () => {
    const { join, submit, row, pass, told } = await setupNodes({ types: [aType({ name: 'x' }), aType({ name: 'y' })] });
    join('only-x', { types: ['x'], slots: 4 });
    await submit({ type: 'y' });
    await pass(100);
    expect([row(1).status, told(1)]).toEqual(['queued', ['created']]);
    join('only-y', { types: ['y'] });
    await pass();
    expect(row(1)).toMatchObject({ status: 'processing', nodeId: 'only-y' });
  });

  it('never starts a task that is wider than any node, and says so; a larger node takes it', async () => {
    const { engine, join, submit, row, pass, answered } = await setupNodes();
    join('a', { slots: 2 });
    const b = join('b', { slots: 2 });
    expect(await codeOf(answered(engine.submit({ type: 'job', slots: 3 }, caller)))).toBe('unroutable');
    const { id } = await submit({ slots: 3, acceptUnroutable: true });
    await pass();
    expect([row(1).status, engine.pools()[0]?.load]).toEqual(['queued', 0]);
    expect(await answered(engine.explain(id, caller))).toMatchObject({
      holds: [{ code: 'larger_than_any_pool', clearedBy: 'operator', need: 3, have: 2 }],
      unblock: expect.arrayContaining([
        expect.objectContaining({ change: 'start_node', subject: 'n', to: 3 }),
        expect.objectContaining({ change: 'fewer_slots', to: 2 }),
      ]),
    });
    expect(await b.fetch()).toEqual([]);
    const c = join('c', { slots: 3 });
    expect(await c.fetch()).toHaveLength(1);
  });

  it('knows how wide a task of a type may be', async () => {
    const types = [aType({ name: 'x' }), aType({ name: 'y' })];
    const { engine, join, answered } = await setupNodes({ types });
    join('a', { slots: 4, types: ['x'] });
    join('b', { slots: 2, types: ['y'] });
    expect(await codeOf(answered(engine.submit({ type: 'y', slots: 3 }, caller)))).toBe('unroutable');
    expect(await answered(engine.submit({ type: 'x', slots: 3 }, caller))).toMatchObject({ task: { type: 'x' } });
  });

  it('keeps a node for a task that its room is too scattered for, so that narrow ones cannot starve it', async () => {
    const { join, submit, row, pass } = await setupNodes();
    const [a, b] = [join('a', { slots: 2 }), join('b', { slots: 2 })];
    await submit();
    await submit();
    const held = [...(await a.fetch()), ...(await b.fetch())];
    expect([row(1).nodeId, row(2).nodeId].sort()).toEqual(['a', 'b']);
    await submit({ slots: 2 });
    await submit();
    await pass();
    expect([row(3).status, row(3).nodeId, row(4).status]).toEqual(['processing', null, 'queued']);
    const first = row(1).nodeId === 'a' ? a : b;
    await first.succeed(held.find((lease) => lease.startsWith(row(1).id))!);
    await pass();
    expect([row(3).nodeId, row(4).nodeId]).toEqual([row(1).nodeId, row(2).nodeId]);
  });

  it('keeps the turn of one it has no node for, also before those decided with it', async () => {
    const { join, submit, row, pass } = await setupNodes();
    const nodes = ['a', 'b', 'c'].map((id) => join(id, { slots: 2 }));
    for (let i = 0; i < 3; i++) await submit();
    const held = (await Promise.all(nodes.map((node) => node.fetch()))).flat();
    expect(held).toHaveLength(3);
    await Promise.all([submit({ slots: 2 }), submit({ slots: 1 })]);
    await pass();
    expect([row(4).nodeId, row(5).nodeId]).toEqual([null, 'b']);
    await nodes[0]!.succeed(held[0]!);
    await pass();
    expect(row(4).nodeId).toBe('a');
  });

  it('gets back the room kept for a task that was cancelled before its start was committed', async () => {
    const { engine, join, submit, row, told, answered } = await setupNodes();
    const { id } = await submit();
    const node = join('a');
    await answered(engine.cancel(id, caller));
    expect([row(1).status, told(1)]).toEqual(['cancelled', ['created', 'cancelled']]);
    expect(engine.nodes.get('a')).toMatchObject({ used: 0, leases: [] });
    await submit();
    expect(await node.fetch()).toHaveLength(1);
  });

  it('takes work back that was meant for a node which drained before that was committed', async () => {
    const { engine, disk, join, submit, row, told, pass } = await setupNodes();
    join('a');
    await submit();
    disk.fault = { kind: 'full' };
    await pass();
    engine.nodes.setDraining('a', true);
    const b = join('b');
    disk.fault = undefined;
    await pass(3_000);
    expect(await b.fetch()).toHaveLength(1);
    expect([row(1).nodeId, row(1).attemptsUsed, told(1)]).toEqual(['b', 1, ['created', 'scheduled', 'released', 'scheduled']]);
    expect(engine.nodes.get('a')).toMatchObject({ used: 0 });
  });

  it('is not asked for a capacity', async () => {
    const { engine } = await setupNodes();
    const spec = aPool({ name: 'm', executor: 'node', simulated: null, capacity: 4 });
    expect(await codeOf(engine.addPool(spec, caller))).toBe('validation_failed');
  });
});

describe('a poll', () => {
  it('brings all that one COMMIT claimed, not the first of it', async () => {
    const { join, submit, answered } = await setupNodes();
    const node = join('a', { slots: 3 });
    const polled = node.poll(30_000);
    await Promise.all([submit(), submit(), submit()]);
    expect((await answered(polled)).leases).toHaveLength(3);
  });

  it('waits for work, and for work to stop', async () => {
    const { engine, join, submit, answered, pass } = await setupNodes();
    const node = join('a');
    const first = node.poll(30_000);
    await pass(5_000);
    const { id } = await submit();
    const [lease] = (await answered(first)).leases;
    expect(lease?.attempt.task.id).toBe(id);
    const second = node.poll(30_000, 0);
    await answered(engine.cancel(id, caller));
    expect((await answered(second)).stops).toEqual([{ lease: lease?.id, reason: 'cancel' }]);
  });

  it('ends empty when its time is up, and when a newer one comes', async () => {
    const { join, answered, pass, pending } = await setupNodes();
    const node = join('a');
    await pass();
    const before = pending();
    const first = node.poll(2_000);
    await pass(2_000);
    expect(await first).toMatchObject({ leases: [], stops: [] });
    const second = node.poll(9_000);
    const third = node.poll(500);
    expect(await answered(second)).toMatchObject({ leases: [] });
    await pass(500);
    expect(await third).toMatchObject({ leases: [] });
    expect(pending()).toBe(before);
  });

  it('says again what of its list is to be stopped, where its answer was lost; that is no news to end it for', async () => {
    const { engine, join, submit, answered, pass } = await setupNodes();
    const a = join('a', { slots: 2 });
    const [{ id }] = [await submit(), await submit()];
    const [stopped, other] = await a.fetch();
    const poll = (held: readonly (string | undefined)[]) =>
      engine.nodes.poll('a', a.session, { most: 0, waitMs: 1_000, signal: new AbortController().signal, held: held as string[] });
    const lost = poll([stopped, other]);
    await answered(engine.cancel(id, caller));
    const stop = { lease: stopped, reason: 'cancel' };
    expect((await lost).stops).toEqual([stop]);
    let isAnswered = false;
    const next = poll([stopped, other]).finally(() => {
      isAnswered = true;
    });
    await pass(999);
    expect(isAnswered).toBe(false);
    await pass(1);
    expect((await next).stops).toEqual([stop]);
    const unlisted = poll([other]);
    await pass(1_000);
    expect((await unlisted).stops).toEqual([]);
    const reported = poll([stopped, other]);
    await a.report(stopped!, { kind: 'stopped' });
    await pass(1_000);
    expect((await reported).stops).toEqual([]);
  });

  it('of a connection that is gone takes nothing with it', async () => {
    const { engine, join, submit, answered, pass } = await setupNodes();
    const node = join('a', { slots: 2 });
    const gone = new AbortController();
    const lost = engine.nodes.poll('a', node.session, { most: 1, waitMs: 30_000, signal: gone.signal });
    gone.abort();
    expect((await lost).leases).toEqual([]);
    await submit();
    await pass();
    const unread = await answered(node.poll());
    expect(unread.leases).toHaveLength(1);
    unread.giveBack();
    expect(await node.fetch()).toEqual(unread.leases.map(({ id }) => id));
  });
});

describe('a report', () => {
  it('is taken once: the same again gets the same answer, another is too late', async () => {
    const { join, submit, row } = await setupNodes();
    const node = join('a');
    await submit();
    const [lease] = await node.fetch();
    const first = await node.succeed(lease!, 1);
    expect(await node.succeed(lease!, 1)).toEqual(first);
    expect(await node.succeed(lease!, 2)).toMatchObject([{ kind: 'refused', code: 'lease_lost' }]);
    expect(await node.report(lease!, { kind: 'failed', code: 'c', message: 'm', retryable: true })).toMatchObject([{ code: 'lease_lost' }]);
    expect(row(1).result).toBe(1);
  });

  it('counts the same twice at once as one', async () => {
    const { engine, join, submit, answered, store } = await setupNodes();
    const node = join('a');
    await submit();
    const [lease] = await node.fetch();
    const one = { lease: lease!, outcome: { kind: 'succeeded', result: 1 } } as const;
    const answers = await answered(
      engine.nodes.report('a', node.session, [one, one, { ...one, outcome: { kind: 'succeeded', result: 2 } }]),
    );
    expect(answers).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'succeeded' }, { code: 'lease_lost' }]);
    expect(store.counts().completedEver).toBe(1);
  });

  it('is refused from another node, and for what is no lease', async () => {
    const { join, submit } = await setupNodes();
    const a = join('a', { slots: 2 });
    const b = join('b');
    await submit();
    await submit();
    const [lease] = await a.fetch();
    expect(await b.succeed(lease!)).toMatchObject([{ kind: 'refused', code: 'forbidden' }]);
    await a.succeed(lease!);
    expect(await b.succeed(lease!)).toMatchObject([{ code: 'forbidden' }]);
    for (const strange of ['', 'x', `${crypto.randomUUID()}.1.1`, '__proto__']) {
      expect(await a.succeed(strange)).toMatchObject([{ kind: 'refused', code: 'not_found' }]);
    }
  });

  it('of a failure is tried again; released work is not counted', async () => {
    const { join, submit, row, told, pass } = await setupNodes();
    const node = join('a');
    await submit();
    const [first] = await node.fetch();
    expect(await node.report(first!, { kind: 'released' })).toMatchObject([{ outcome: 'released' }]);
    const [second] = await node.fetch();
    expect(row(1)).toMatchObject({ attempt: 2, attemptsUsed: 1 });
    await node.report(second!, { kind: 'failed', code: 'boom', message: 'no', retryable: true });
    expect(row(1)).toMatchObject({ status: 'delayed', error: { code: 'boom' } });
    expect(await node.report(second!, { kind: 'failed', code: 'boom', message: 'no', retryable: true })).toMatchObject([
      { outcome: 'failed' },
    ]);
    await pass(3_000);
    expect(told(1)).toEqual(['created', 'scheduled', 'released', 'scheduled', 'retried', 'queued', 'scheduled']);
  });
});

describe('a lost node', () => {
  it('loses what it held after one lease, which runs elsewhere, and its late result is refused', async () => {
    const { engine, join, submit, row, told, pass, beating, answered } = await setupNodes();
    const a = join('a');
    await submit();
    const [lease] = await a.fetch();
    const b = join('b');
    await beating(29_000, b);
    expect(row(1)).toMatchObject({ status: 'processing', nodeId: 'a' });
    await pass(2_000);
    expect(row(1)).toMatchObject({ status: 'processing', attempt: 2, nodeId: 'b' });
    expect(engine.nodes.get('a')).toMatchObject({ state: 'lost' });
    expect(told()).toContain('node_lost');
    expect(await codeOf(answered(engine.nodes.report('a', a.session, [])))).toBe('unknown_node');
    const back = join('a', {}, [lease!]);
    expect(back.registration.stops).toEqual([{ lease, reason: 'lease_lost' }]);
    expect(await back.succeed(lease!, 'late')).toMatchObject([{ kind: 'refused', code: 'lease_lost' }]);
    const [again] = await b.fetch();
    await b.succeed(again!, 'once');
    expect(row(1)).toMatchObject({ status: 'completed', result: 'once', handledBy: 'b' });
    expect(engine.pools()[0]?.load).toBe(0);
  });

  it('is silent first: it gets nothing new, and what it did not fetch goes elsewhere at once and uncounted', async () => {
    const { engine, join, submit, row, pass, beating } = await setupNodes();
    join('a');
    await submit();
    await pass();
    expect(row(1).nodeId).toBe('a');
    const b = join('b');
    await beating(14_000, b);
    expect(engine.nodes.get('a')?.state).toBe('silent');
    expect(row(1)).toMatchObject({ status: 'processing', nodeId: 'b', attempt: 2, attemptsUsed: 1 });
  });

  it('is heard by a poll that lists what it has, and expected again when that ends', async () => {
    const { engine, join, submit, pass } = await setupNodes();
    const a = join('a');
    await submit();
    const [lease] = await a.fetch();
    const poll = (held: string[], waitMs: number) =>
      engine.nodes.poll('a', a.session, { most: 1, waitMs, signal: new AbortController().signal, held });
    await pass(5_000);
    void poll([lease!, 'gone'], 20_000).then(({ stops }) => expect(stops).toEqual([{ lease: 'gone', reason: 'lease_lost' }]));
    await pass(23_999);
    expect(engine.nodes.get('a')).toMatchObject({ state: 'live', silentForMs: 23_999 });
    await pass(1_001);
    expect(engine.nodes.get('a')?.state).toBe('silent');
    const reported = poll([lease!], 600_000);
    expect(engine.nodes.get('a')?.state).toBe('live');
    await a.succeed(lease!);
    await submit();
    await pass();
    expect(await reported).toMatchObject({ leases: [{}], stops: [] }); // what it reported meanwhile is not lost
    void poll([], 600_000);
    await pass(25_000);
    expect(engine.nodes.get('a')?.state).toBe('silent');
  });

  it('comes back from silence with what it has', async () => {
    const { engine, join, submit, row, pass } = await setupNodes();
    const a = join('a');
    await submit();
    const [lease] = await a.fetch();
    await pass(25_000);
    expect([engine.nodes.get('a')?.state, engine.pools()[0]?.pool.capacity]).toEqual(['silent', 1]);
    expect(a.beat([lease!]).state).toBe('live');
    await pass(25_000);
    expect(row(1).status).toBe('processing');
    expect(await a.succeed(lease!)).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('that does not list a lease in two heartbeats does not have it', async () => {
    const { join, submit, row, store } = await setupNodes();
    const a = join('a');
    await submit();
    const [lease] = await a.fetch();
    a.beat([]);
    a.beat([lease!]);
    a.beat([]);
    expect(row(1).status).toBe('processing');
    a.beat([]);
    expect(await a.fetch()).toEqual([`${row(1).id}.2.1`]);
    expect(store.snapshot().attempts.map(({ outcome }) => outcome)).toEqual(['lost', null]);
  });
});

describe('a name taken over', () => {
  it('belongs to the latest program: what it does not list is lost at once, and the one before is told', async () => {
    const { engine, join, submit, row, answered, pass } = await setupNodes();
    const old = join('a', { slots: 2 });
    await submit();
    await submit();
    const [kept, dropped] = await old.fetch();
    const waiting = old.poll(30_000);
    const next = join('a', { slots: 2 }, [kept!]);
    expect(await codeOf(answered(waiting))).toBe('node_replaced');
    expect(await codeOf(answered(old.poll()))).toBe('node_replaced');
    expect(() => old.beat()).toThrow('Another program');
    await pass();
    expect([row(1).attempt, row(2).attempt]).toEqual([1, 2]);
    expect(await next.succeed(kept!)).toMatchObject([{ outcome: 'succeeded' }]);
    expect(await next.succeed(dropped!)).toMatchObject([{ code: 'lease_lost' }]);
    expect(engine.nodes.all()).toHaveLength(1);
  });

  it('of a node that left is free; more nodes than the server keeps are refused', async () => {
    const { engine, join } = await setupNodes({ options: { nodes: { maxNodes: 2 } } });
    join('a');
    join('b');
    expect(() => join('c')).toThrow('keeps 2 nodes');
    join('b');
    engine.nodes.remove('a', undefined);
    join('c');
    expect(engine.nodes.all().map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

describe('a node that registers again with less', () => {
  const types = [aType({ name: 'x' }), aType({ name: 'y' })];

  it.each(['while the claim is on its way', 'before it fetched them'])('gets nothing of a type it gave up %s', async (when) => {
    const { disk, join, submit, row, told, pass } = await setupNodes({ types });
    join('a', { types: ['x', 'y'], slots: 2 });
    for (const type of ['x', 'y']) await submit({ type });
    if (when.startsWith('while')) disk.fault = { kind: 'full' };
    await pass();
    const a = join('a', { types: ['x'], slots: 2 });
    disk.fault = undefined;
    await pass(3_000);
    expect(await a.fetch()).toEqual([`${row(1).id}.1.1`]);
    expect(row(2)).toMatchObject({ status: 'queued', attempt: 1 });
    const b = join('b', { types: ['y'] });
    expect(await b.fetch()).toHaveLength(1);
    expect(told(2)).toEqual(['created', 'scheduled', 'released', 'scheduled']);
  });

  it.each(['while the claim is on its way', 'before it fetched them'])('gets what fits into the slots it has left %s', async (when) => {
    const { engine, disk, join, submit, row, pass } = await setupNodes();
    const first = join('a', { slots: 4 });
    await submit();
    const [held] = await first.fetch();
    for (let i = 0; i < 3; i++) await submit();
    if (when.startsWith('while')) disk.fault = { kind: 'full' };
    await pass();
    const a = join('a', { slots: 2 }, [held!]);
    disk.fault = undefined;
    await pass(3_000);
    expect(await a.fetch()).toEqual([`${row(2).id}.1.1`]);
    expect(engine.nodes.get('a')).toMatchObject({ used: 2, slots: 2 });
    expect([1, 2, 3, 4].map((seq) => row(seq).status).sort()).toEqual(['processing', 'processing', 'queued', 'queued']);
  });

  it('leaves what it alone could have run to the queue, where its reason can be seen', async () => {
    const { engine, join, submit, row, pass, answered } = await setupNodes();
    const nodes = ['a', 'b'].map((id) => join(id, { slots: 2 }));
    await submit();
    await submit();
    const held = await Promise.all(nodes.map((node) => node.fetch()));
    const { id } = await submit({ slots: 2 });
    await pass();
    expect([row(3).status, row(3).nodeId]).toEqual(['processing', null]);
    for (const [i, leases] of held.entries()) join(['a', 'b'][i]!, { slots: 1 }, leases);
    await pass();
    expect([row(3).status, engine.pools()[0]?.load]).toEqual(['queued', 2]);
    expect(await answered(engine.explain(id, caller))).toMatchObject({ holds: [{ code: 'larger_than_any_pool', need: 2, have: 1 }] });
  });
});

describe('a stop on a node', () => {
  it('reaches it with its reason, holds the slot until it is confirmed, and a committed cancel wins over a late success', async () => {
    const { engine, join, submit, row, answered, pass } = await setupNodes();
    const a = join('a');
    const { id } = await submit();
    const [lease] = await a.fetch();
    expect(await answered(engine.cancel(id, caller))).toBe('requested');
    await pass(5_000);
    expect([row(1).status, engine.pools()[0]?.load]).toEqual(['processing', 1]);
    expect(a.beat([lease!]).stops).toEqual([{ lease, reason: 'cancel' }]);
    expect(await a.succeed(lease!, 'too late')).toMatchObject([{ kind: 'settled', outcome: 'cancelled' }]);
    expect(row(1)).toMatchObject({ status: 'cancelled', result: null });
    expect(await a.succeed(lease!, 'too late')).toMatchObject([{ kind: 'settled', outcome: 'cancelled' }]);
    expect(engine.pools()[0]?.load).toBe(0);
  });

  it('is over with the lease when the node never confirms it', async () => {
    const { engine, join, submit, row, answered, beating } = await setupNodes();
    const a = join('a');
    const { id } = await submit();
    const [lease] = await a.fetch();
    await answered(engine.cancel(id, caller));
    await beating(29_000, { ...a, leases: [lease!] });
    expect(row(1).status).toBe('processing');
    await beating(5_000, { ...a, leases: [lease!] });
    expect(row(1).status).toBe('cancelled');
    expect(a.beat([lease!]).stops).toEqual([{ lease, reason: 'lease_lost' }]);
  });

  it('for want of time says so; work that was done all the same counts', async () => {
    const { join, submit, row, pass } = await setupNodes();
    const a = join('a', { slots: 2 });
    await submit({ timeoutMs: 5_000 });
    await submit({ timeoutMs: 5_000, maxAttempts: 1 });
    const [first, second] = await a.fetch();
    await pass(5_000);
    expect(a.beat([first!, second!]).stops.map(({ reason }) => reason)).toEqual(['timeout', 'timeout']);
    await a.succeed(first!, 'just in time');
    await a.report(second!, { kind: 'stopped' });
    expect([row(1), row(2)]).toMatchObject([
      { status: 'completed', result: 'just in time' },
      { status: 'failed', error: { code: 'timed_out' } },
    ]);
  });

  it('never reaches the node for work it has not fetched', async () => {
    const { engine, join, submit, row, answered, pass } = await setupNodes();
    const a = join('a');
    const { id } = await submit();
    await pass();
    expect(row(1).nodeId).toBe('a');
    await answered(engine.cancel(id, caller));
    await pass();
    expect(row(1).status).toBe('cancelled');
    expect(await a.fetch()).toEqual([]);
  });
});

describe('a server that starts again', () => {
  it('adopts what runs on nodes: they come back with it and report', async () => {
    const first = await setupNodes();
    const a = first.join('a', { slots: 2 });
    for (let i = 0; i < 3; i++) await first.submit();
    const leases = await a.fetch();
    const { engine, store, join, row, pass, clock } = await setupNodes({ image: first.crash(), clock: first.clock });
    expect(engine.pools()[0]).toMatchObject({ load: 2 });
    expect(engine.inspect().running).toEqual([1, 2]);
    const { log: _log, ...rows } = store.snapshot();
    expect(checkInvariants({ rows, memory: engine.inspect(), now: clock.now(), atRest: false }).violations).toEqual([]);
    await pass(5_000);
    const back = join('a', { slots: 2 }, leases);
    expect(back.registration.stops).toEqual([]);
    expect(await back.succeed(leases[0]!, 1)).toMatchObject([{ outcome: 'succeeded' }]);
    const [third] = await back.fetch();
    for (const lease of [leases[1]!, third!]) await back.succeed(lease);
    expect([1, 2, 3].map((seq) => [row(seq).status, row(seq).attempt])).toEqual([
      ['completed', 1],
      ['completed', 1],
      ['completed', 1],
    ]);
    expect(engine.pools()[0]?.load).toBe(0);
    const { outcome, reason, difference, decisions } = proofOf(createMemoryHistory(store.image()));
    expect({ outcome, reason, difference, decisions }).toEqual({ outcome: 'proved', reason: null, difference: null, decisions: 3 });
  });

  it('still counts what it adopted: against limits, and what was set aside for it as money', async () => {
    const types = [aType({ limitTotal: 3 })];
    const first = await setupNodes({ types });
    const spend = { limit: 5, window: 'hour' } as const; // a task costs 2
    await first.answered(first.engine.putTenant({ ...unlimitedTenant, name: 'acme', spend }, caller));
    const a = first.join('a', { slots: 9 });
    for (const tenant of ['acme', 'acme', 'acme', 'blue', 'blue']) await first.submit({ tenant });
    const leases = await a.fetch();
    expect(leases).toHaveLength(3);
    const { engine, row, join } = await setupNodes({ types, image: first.crash(), clock: first.clock });
    const spending = () => engine.tenant('acme')?.spending;
    const running = () => [1, 2, 3, 4, 5].filter((seq) => row(seq).status === 'processing');
    expect(spending()).toMatchObject({ spent: 0, reserved: 4 });
    const back = join('a', { slots: 9 }, leases);
    expect([await back.fetch(), running()]).toEqual([[], [1, 2, 4]]); // 3 for want of money, 5 by the limit of its type
    await back.succeed(leases[2]!);
    expect([(await back.fetch()).length, running()]).toEqual([1, [1, 2, 5]]);
    await back.succeed(leases[0]!);
    expect([await back.fetch(), running(), spending()]).toMatchObject([[], [2, 5], { spent: 2, reserved: 2 }]);
    await back.report(leases[1]!, { kind: 'failed', code: 'boom', message: 'no', retryable: false });
    expect([await back.fetch(), spending()]).toMatchObject([[], { spent: 4, reserved: 0 }]);
  });

  it('gives up on a node that does not come back within a lease, and on what it does not bring', async () => {
    const first = await setupNodes();
    const a = first.join('a', { slots: 2 });
    first.join('b');
    for (let i = 0; i < 3; i++) await first.submit();
    const leases = await a.fetch();
    expect(leases).toHaveLength(2);
    const { row, join, pass } = await setupNodes({ image: first.crash(), clock: first.clock });
    join('a', { slots: 2 }, [leases[0]!]);
    await pass();
    expect([1, 2, 3].map((seq) => row(seq).attempt).sort()).toEqual([1, 1, 2]);
    await pass(31_000);
    expect([1, 2, 3].map((seq) => row(seq).error?.code ?? row(seq).status)).not.toContain('processing');
  });

  it('keeps to a cancel, a time limit and a deadline of what it adopted', async () => {
    const first = await setupNodes();
    const a = first.join('a', { slots: 3 });
    const now = first.clock.now();
    const { id } = await first.submit();
    await first.submit({ timeoutMs: 8_000 });
    await first.submit({ deadline: now + 9_000 });
    const leases = await a.fetch();
    await first.answered(first.engine.cancel(id, caller));
    await first.pass(5_000);
    const { join, pass } = await setupNodes({ image: first.crash(), clock: first.clock });
    const back = join('a', { slots: 3 }, leases);
    expect(back.registration.stops).toEqual([{ lease: leases[0], reason: 'cancel' }]);
    await pass(3_000);
    expect(back.beat(leases).stops.map(({ reason }) => reason)).toEqual(['cancel', 'timeout']);
    await pass(1_000);
    expect(back.beat(leases).stops.map(({ reason }) => reason)).toEqual(['cancel', 'timeout', 'deadline']);
  });

  it('that was killed may have told a node to stop, and the next one does not say that nobody had', async () => {
    const first = await setupNodes();
    const a = first.join('a');
    await first.submit();
    const [lease] = await a.fetch();
    const { join, row, told } = await setupNodes({ image: first.crash(), clock: first.clock });
    expect(await join('a', {}, [lease!]).report(lease!, { kind: 'stopped' })).toMatchObject([{ kind: 'refused', code: 'lease_lost' }]);
    expect(told(1).slice(0, 3)).toEqual(['created', 'scheduled', 'lost']);
    expect(row(1).error).toEqual({ code: 'lost', message: 'An earlier start of the server had told its node to stop it.' });
  });

  it('that ends in order leaves nodes their work and takes the rest back', async () => {
    const first = await setupNodes();
    const a = first.join('a', { slots: 2 });
    await first.submit();
    const [lease] = await a.fetch();
    await first.submit();
    await first.pass();
    expect(first.row(2)).toMatchObject({ status: 'processing', nodeId: 'a' });
    const drained = first.engine.drain(1_000);
    await first.pass(2_000);
    await drained;
    expect([first.row(1).status, first.row(2)]).toMatchObject(['processing', { status: 'queued', attemptsUsed: 0 }]);
    expect(await codeOf(first.answered(a.poll()))).toBe('draining');
    expect(first.pending()).toBe(0);
    const { join, row } = await setupNodes({ image: first.store.image(), clock: first.clock });
    const back = join('a', { slots: 2 }, [lease!]);
    await back.succeed(lease!);
    expect(row(1)).toMatchObject({ status: 'completed', attempt: 1 });
  });
});

describe('a full disk', () => {
  it('keeps leases back until they are recorded', async () => {
    const { disk, join, submit, row, pass } = await setupNodes({ pools: [nodePool] });
    const a = join('a');
    await submit();
    await pass();
    const [lease] = await a.fetch();
    await submit();
    await a.succeed(lease!);
    disk.fault = { kind: 'full' };
    await pass(3_000);
    expect(await a.fetch().then((leases) => leases.length)).toBeLessThanOrEqual(1);
    disk.fault = undefined;
    await pass(3_000);
    await a.fetch();
    expect(row(2)).toMatchObject({ status: 'processing', nodeId: 'a' });
  });
});
