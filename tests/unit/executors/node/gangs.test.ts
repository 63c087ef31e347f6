import { describe, expect, it } from 'vitest';
import { createMemoryHistory } from '../../../../src/store/memory/history.ts';
import { aPool, aType, caller, codeOf } from '../../../helpers/engine.ts';
import { nodePool, setupNodes } from '../../../helpers/nodes.ts';
import { proofOf } from '../../../helpers/replayed.ts';

const parts = { runsParts: true } as const;

/** A task of three parts on two nodes, fetched by both. */
async function started(task: Parameters<Awaited<ReturnType<typeof setupNodes>>['submit']>[0] = {}) {
  const all = await setupNodes();
  const [a, b] = [all.join('a', { slots: 2, ...parts }), all.join('b', { slots: 2, ...parts })];
  await all.submit({ parts: 3, cost: 6, ...task });
  const [ofA, ofB] = [await a.fetch(), await b.fetch()];
  return { ...all, a, b, ofA, ofB };
}

/** The part that a lease is for. */
const partOf = (lease: string) => Number(lease.split('.').at(-1));

describe('a task of several parts on nodes', () => {
  it('gets a node for every part in one commit, and a lease for each', async () => {
    const { engine, row, ofA, ofB, told } = await started();
    expect([...ofA, ...ofB].map(partOf).sort()).toEqual([0, 1, 2]);
    expect(new Set([...ofA, ...ofB]).size).toBe(3);
    const { partNodes } = row(1);
    expect(row(1)).toMatchObject({ status: 'processing', placement: ['n', 'n', 'n'], nodeId: partNodes?.[0] });
    for (const lease of ofA) expect(partNodes?.[partOf(lease)]).toBe('a');
    for (const lease of ofB) expect(partNodes?.[partOf(lease)]).toBe('b');
    expect(told(1)).toEqual(['created', 'scheduled']);
    expect(engine.pools()[0]).toMatchObject({ load: 3 });
  });

  it('keeps what a part returned, and the slots of all, until the last has ended', async () => {
    const { engine, a, b, row, ofA, ofB, beating } = await started();
    const [last, ...others] = [...ofA, ...ofB].reverse();
    const nodeOf = (lease: string) => (ofA.includes(lease) ? a : b);
    for (const lease of others) expect(await nodeOf(lease).succeed(lease, partOf(lease))).toEqual([{ kind: 'kept', lease }]);
    await beating(60_000, { ...a, leases: ofA }, { ...b, leases: ofB });
    expect([row(1).status, engine.pools()[0]?.load]).toEqual(['processing', 3]);
    for (const lease of others) expect(await nodeOf(lease).succeed(lease, partOf(lease))).toEqual([{ kind: 'kept', lease }]);
    expect(await nodeOf(last!).succeed(last!, partOf(last!))).toEqual([{ kind: 'settled', lease: last, outcome: 'succeeded' }]);
    expect(row(1)).toMatchObject({ status: 'completed', result: [0, 1, 2], attemptsUsed: 1 });
    expect(engine.pools()[0]).toMatchObject({ load: 0 });
    for (const lease of others)
      expect(await nodeOf(lease).succeed(lease, partOf(lease))).toEqual([{ kind: 'settled', lease, outcome: 'succeeded' }]);
    expect(await a.succeed(ofA[0]!, 'another')).toMatchObject([{ kind: 'refused', code: 'lease_lost' }]);
    expect(await b.succeed(ofA[0]!, partOf(ofA[0]!))).toMatchObject([{ kind: 'refused', code: 'forbidden' }]);
  });

  it('takes the reports of all parts in one request', async () => {
    const { engine, answered, join, submit, row, pass } = await setupNodes();
    const a = join('a', { slots: 2, ...parts });
    await submit({ parts: 2 });
    const leases = await a.fetch();
    const outcome = { kind: 'succeeded', result: null } as const;
    const answers = await answered(
      engine.nodes.report(
        'a',
        a.session,
        leases.map((lease) => ({ lease, outcome })),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['settled', 'settled']);
    await pass();
    expect(row(1).status).toBe('completed');
  });

  it('stops the others when one fails, and fails with its error once they have ended', async () => {
    const { a, b, row, ofA, ofB, pass } = await started({ maxAttempts: 1 });
    const failure = { kind: 'failed', code: 'broken', message: 'no', retryable: false } as const;
    expect(await a.report(ofA[0]!, failure)).toMatchObject([{ kind: 'kept' }]);
    const told = [...(await a.beat(ofA)).stops, ...(await b.beat(ofB)).stops];
    expect(told.sort((x, y) => x.lease.localeCompare(y.lease))).toEqual(
      [...ofA.slice(1), ...ofB].map((lease) => ({ lease, reason: 'part' })).sort((x, y) => x.lease.localeCompare(y.lease)),
    );
    for (const lease of ofA.slice(1)) await a.report(lease, { kind: 'stopped' });
    for (const lease of ofB) await b.report(lease, { kind: 'stopped' });
    await pass();
    expect(row(1)).toMatchObject({ status: 'failed', error: { code: 'broken', message: `Part ${partOf(ofA[0]!)} of 3: no` } });
    expect(await a.report(ofA[0]!, failure)).toEqual([{ kind: 'settled', lease: ofA[0], outcome: 'failed' }]);
  });

  it('is lost as a whole with one of its nodes; the others stop, and all of it runs again', async () => {
    const { a, b, engine, row, ofA, ofB, pass, beating, told } = await started();
    await beating(31_000, { ...a, leases: ofA });
    expect(engine.nodes.get('b')?.state).toBe('lost');
    expect(a.beat(ofA).stops.map(({ reason }) => reason)).toEqual(ofA.map(() => 'part'));
    for (const lease of ofA) await a.report(lease, { kind: 'stopped' });
    await pass(1_000);
    expect(row(1)).toMatchObject({ status: 'queued', attempt: 1 });
    expect(told(1)).toEqual(['created', 'scheduled', 'lost', 'queued']);
    expect(await codeOf(Promise.resolve().then(() => b.beat(ofB)))).toBe('unknown_node');
  });

  it('is handed back without an attempt when one part is, or was never fetched from a silent node', async () => {
    const { join, submit, row, pass, beating, told } = await setupNodes();
    const [a, b] = [join('a', { slots: 1, ...parts }), join('b', { slots: 1, ...parts })];
    await submit({ parts: 2 });
    const [lease] = await a.fetch();
    await beating(15_000, { ...a, leases: [lease!] });
    expect(a.beat([lease!]).stops).toEqual([{ lease, reason: 'part' }]);
    await a.report(lease!, { kind: 'stopped' });
    await pass();
    expect([row(1).status, row(1).attemptsUsed, told(1)]).toEqual(['queued', 0, ['created', 'scheduled', 'released']]);
    b.beat();
    const [again] = await a.fetch();
    const [other] = await b.fetch();
    await b.report(other!, { kind: 'released' });
    await a.report(again!, { kind: 'stopped' });
    await pass();
    expect(row(1).attempt).toBe(3);
    expect(told(1).filter((type) => type === 'released')).toHaveLength(2);
  });

  it('is stopped everywhere by a cancel', async () => {
    const { engine, answered, a, b, row, ofA, ofB, pass } = await started();
    await answered(engine.cancel(row(1).id, caller));
    await pass();
    expect([...a.beat(ofA).stops, ...b.beat(ofB).stops].map(({ reason }) => reason)).toEqual(['cancel', 'cancel', 'cancel']);
    for (const lease of ofA) await a.report(lease, { kind: 'stopped' });
    expect(row(1).status).toBe('processing');
    for (const lease of ofB) await b.report(lease, { kind: 'stopped' });
    await pass();
    expect(row(1).status).toBe('cancelled');
  });

  it('goes to nodes that say they run parts, and is refused where none does', async () => {
    const { engine, join, submit, row, pass, answered } = await setupNodes();
    join('old', { slots: 8 });
    expect(await codeOf(answered(engine.submit({ type: 'job', parts: 2 }, caller)))).toBe('unroutable');
    join('new', { slots: 2, ...parts });
    expect(await codeOf(answered(engine.submit({ type: 'job', parts: 3 }, caller)))).toBe('unroutable');
    await submit();
    await pass();
    expect(row(1).nodeId).toBe('old');
    await submit({ parts: 2 });
    await pass();
    expect(row(2).partNodes).toEqual(['new', 'new']);
  });

  it('counts what nodes hold one by one: three parts of two slots do not fit on two nodes of three', async () => {
    const { engine, join, submit, row, pass, answered } = await setupNodes();
    join('a', { slots: 3, ...parts });
    join('b', { slots: 3, ...parts });
    expect(await codeOf(answered(engine.submit({ type: 'job', slots: 2, parts: 3 }, caller)))).toBe('unroutable');
    const { id } = await submit({ slots: 2, parts: 3, acceptUnroutable: true });
    await pass(100);
    expect(row(1).status).toBe('queued');
    expect(await answered(engine.explain(id, caller))).toMatchObject({
      holds: [
        {
          ...{ code: 'larger_than_any_pool', clearedBy: 'operator', need: 3, have: 2 },
          summary: expect.stringContaining('A worker node more with 2 slots or more, which runs parts, would hold it.'),
        },
      ],
      unblock: expect.arrayContaining([
        expect.objectContaining({ change: 'start_node', subject: 'n', to: 2, nodes: 1 }),
        expect.objectContaining({ change: 'fewer_parts', to: 2 }),
      ]),
    });
    join('c', { slots: 2, ...parts });
    await pass();
    expect([...(row(1).partNodes ?? [])].sort()).toEqual(['a', 'b', 'c']);
  });

  it('begins on no node before all parts have theirs, and keeps what becomes free where room is scattered', async () => {
    const { engine, join, submit, row, pass } = await setupNodes();
    const ids = ['a', 'b', 'c', 'd'] as const;
    const nodes = new Map(ids.map((id) => [id as string, join(id, { slots: 2, ...parts })]));
    for (let i = 0; i < 4; i++) await submit();
    const held = new Map<string, string>();
    for (const [id, node] of nodes) held.set(id, (await node.fetch())[0]!);
    await submit({ slots: 2, parts: 2 });
    await pass();
    expect([row(5).status, row(5).partNodes, engine.pools()[0]?.load]).toEqual(['processing', null, 8]);
    const end = async (id: string) => nodes.get(id)?.succeed(held.get(id)!);
    await end('a');
    await submit();
    await pass();
    expect([row(6).status, row(6).nodeId, row(5).partNodes]).toEqual(['processing', 'c', null]);
    expect(await nodes.get('a')!.fetch()).toEqual([]);
    await end('b');
    await pass();
    expect(row(5).partNodes).toEqual(['a', 'b']);
    const fetched = [...(await nodes.get('a')!.fetch()), ...(await nodes.get('b')!.fetch())];
    expect(fetched.map(partOf)).toEqual([0, 1]);
  });

  it('is given back to the queue when what it waits for cannot come any more', async () => {
    const { engine, join, submit, row, pass, told } = await setupNodes();
    const nodes = ['a', 'b', 'c', 'd'].map((id) => join(id, { slots: 2, ...parts }));
    for (let i = 0; i < 4; i++) await submit();
    for (const node of nodes) await node.fetch();
    await submit({ slots: 2, parts: 2 });
    await pass();
    expect(row(5).status).toBe('processing');
    for (const id of ['a', 'b', 'c']) engine.nodes.setDraining(id, true);
    await pass();
    expect([row(5).status, row(5).attemptsUsed, told(5)]).toEqual(['queued', 0, ['created', 'scheduled', 'released']]);
  });

  it('goes to nodes and to pools of this server at once: what runs here begins when the nodes have theirs', async () => {
    const here = aPool({ name: 'here', capacity: 1 });
    const { hands, join, submit, row, pass } = await setupNodes({ pools: [here, nodePool] });
    const a = join('a', { slots: 1, ...parts });
    await submit({ parts: 2 });
    await pass(5_000);
    expect([row(1).status, row(1).placement, row(1).partNodes]).toEqual(['processing', ['here', 'n'], [null, 'a']]);
    expect([row(1).nodeId, hands.running]).toEqual(['a', []]);
    const [lease] = await a.fetch();
    await pass();
    expect(hands.running).toEqual([1]);
    expect(await a.succeed(lease!, 'far')).toEqual([{ kind: 'kept', lease }]);
    hands.end(1);
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: [1, 'far'] });
  });

  it('knows types that only some nodes run', async () => {
    const types = [aType({ name: 'x' }), aType({ name: 'y' })];
    const { engine, join, submit, row, pass, answered } = await setupNodes({ types });
    join('x1', { types: ['x'], slots: 2, ...parts });
    join('y1', { types: ['y'], slots: 1, ...parts });
    expect(await codeOf(answered(engine.submit({ type: 'y', parts: 2 }, caller)))).toBe('unroutable');
    await submit({ type: 'x', parts: 2 });
    await pass();
    expect(row(1).partNodes).toEqual(['x1', 'x1']);
  });
});

describe('a drain of the server, with parts on nodes', () => {
  it('leaves those alone that all are with their nodes: the next server goes on with them', async () => {
    const { engine, row, answered, told } = await started();
    await answered(engine.drain(0), 10_000);
    expect([row(1).status, told(1)]).toEqual(['processing', ['created', 'scheduled']]);
  });

  it('takes them back when a node has not fetched its own, and counts no attempt', async () => {
    const { engine, join, submit, row, answered, pass, told } = await setupNodes();
    const [a] = [join('a', { slots: 1, ...parts }), join('b', { slots: 1, ...parts })];
    await submit({ parts: 2 });
    const [lease] = await a.fetch();
    const drained = engine.drain(0);
    drained.catch(() => {});
    await pass();
    expect(a.beat([lease!]).stops).toEqual([{ lease, reason: 'drain' }]);
    await a.report(lease!, { kind: 'stopped' });
    await answered(drained, 10_000);
    expect([row(1).status, row(1).attemptsUsed, told(1)]).toEqual(['queued', 0, ['created', 'scheduled', 'released']]);
  });

  it('does so also where the one that has fetched its own says nothing more; it hears of it from the next server', async () => {
    const first = await setupNodes();
    const [a] = [first.join('a', { slots: 1, ...parts }), first.join('b', { slots: 1, ...parts })];
    await first.submit({ parts: 2 });
    const [lease] = await a.fetch();
    await first.answered(first.engine.drain(0), 3_000);
    expect([first.row(1).status, first.row(1).attemptsUsed]).toEqual(['queued', 0]);
    expect(first.pending()).toBe(0);
    const { join } = await setupNodes({ image: first.store.image(), clock: first.clock });
    expect(join('a', { slots: 1, ...parts }, [lease!]).registration.stops).toEqual([{ lease, reason: 'lease_lost' }]);
  });
});

describe('parts that lay something down before they begin', () => {
  const signal = new AbortController().signal;

  it('wait for each other, ask again when the time is up, and begin together', async () => {
    const { engine, a, b, ofA, ofB, pass, answered } = await started();
    const ready = (id: string, session: string, lease: string, waitMs = 20_000) =>
      engine.nodes.ready(id, session, lease, { waitMs, signal });
    const [last, ...others] = [...ofA, ...ofB].reverse();
    const asked = others.map((lease) => ready(ofA.includes(lease) ? 'a' : 'b', ofA.includes(lease) ? a.session : b.session, lease));
    await pass(1_000);
    expect(await answered(ready('a', a.session, ofA[0]!, 5_000), 5_000)).toBe(false);
    expect(await answered(ready('b', b.session, last!))).toBe(true);
    expect(await answered(Promise.all(asked))).toEqual(others.map(() => true));
    expect(await answered(ready('a', a.session, ofA[0]!))).toBe(true);
    expect(await codeOf(Promise.resolve().then(() => ready('b', b.session, ofA[0]!)))).toBe('forbidden');
  });

  it('begin at once where the task has one part, and need not wait for one that ended without a word', async () => {
    const { engine, a, join, submit, row, ofA, ofB, answered, b } = await started();
    for (const lease of ofA) await a.succeed(lease);
    expect(await answered(engine.nodes.ready('b', b.session, ofB[0]!, { waitMs: 0, signal }))).toBe(ofB.length === 1);
    const c = join('c');
    await submit();
    const [lease] = await c.fetch();
    expect(row(2).nodeId).toBe('c');
    expect(await answered(engine.nodes.ready('c', c.session, lease!, { waitMs: 0, signal }))).toBe(true);
  });

  it('do not wait after a restart of the server, which cannot know who had begun', async () => {
    const first = await started();
    const { engine, join, answered } = await setupNodes({ image: first.crash(), clock: first.clock });
    const a = join('a', { slots: 2, ...parts }, first.ofA);
    join('b', { slots: 2, ...parts }, first.ofB);
    expect(await answered(engine.nodes.ready('a', a.session, first.ofA[0]!, { waitMs: 20_000, signal }))).toBe(true);
  });

  it('hear that one of them failed, and not that they may begin', async () => {
    const { engine, a, b, ofA, ofB, answered } = await started({ maxAttempts: 1 });
    const waiting = ofB.map((lease) => engine.nodes.ready('b', b.session, lease, { waitMs: 20_000, signal }));
    await a.report(ofA[0]!, { kind: 'failed', code: 'broken', message: 'no', retryable: false });
    expect(b.beat(ofB).stops.map(({ reason }) => reason)).toEqual(ofB.map(() => 'part'));
    expect(await answered(Promise.all(waiting), 20_000)).toEqual(ofB.map(() => false));
  });
});

describe('a restart of the server, with parts on nodes', () => {
  it('goes on with all of them when their nodes come back, and takes the reports again that it had only heard', async () => {
    const first = await started();
    const { a, ofA, ofB } = first;
    for (const lease of ofA) await a.succeed(lease, partOf(lease));
    const { row, join, pass, told } = await setupNodes({ image: first.crash(), clock: first.clock });
    expect(row(1).status).toBe('processing');
    const [a2, b2] = [join('a', { slots: 2, ...parts }, ofA), join('b', { slots: 2, ...parts }, ofB)];
    expect([...a2.registration.stops, ...b2.registration.stops]).toEqual([]);
    for (const lease of ofB) await b2.succeed(lease, partOf(lease));
    await pass();
    expect(row(1).status).toBe('processing');
    for (const lease of ofA) await a2.succeed(lease, partOf(lease));
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: [0, 1, 2], attempt: 1 });
    expect(told(1)).toEqual(['created', 'scheduled', 'completed']);
  });

  it('is lost when one of its nodes does not come back in time, and the others stop', async () => {
    const first = await started();
    const { ofA } = first;
    const { row, join, pass, beating, told } = await setupNodes({ image: first.crash(), clock: first.clock });
    const a = join('a', { slots: 2, ...parts }, ofA);
    await beating(31_000, { ...a, leases: ofA });
    expect(a.beat(ofA).stops.map(({ reason }) => reason)).toEqual(ofA.map(() => 'part'));
    for (const lease of ofA) await a.report(lease, { kind: 'stopped' });
    await pass(1_000);
    expect([row(1).status, told(1).includes('lost')]).toEqual(['queued', true]);
  });

  it('gives back what no node had got yet, and calls lost what ran here beside nodes', async () => {
    const here = aPool({ name: 'here', capacity: 1 });
    const first = await setupNodes({ pools: [here, nodePool] });
    first.join('a', { slots: 1, ...parts });
    await first.submit({ parts: 2 });
    await first.pass();
    const next = await setupNodes({ image: first.crash(), clock: first.clock });
    expect([next.row(1).status, next.told(1)]).toEqual(['queued', ['created', 'scheduled', 'lost', 'queued']]);
    expect(next.engine.pools().map(({ load }) => load)).toEqual([0, 0]);
  });

  it('decides the same again on what it noted, also of parts that it took up', async () => {
    const first = await started();
    const { row, join, submit, pass, store } = await setupNodes({ image: first.crash(), clock: first.clock });
    const [a, b] = [join('a', { slots: 2, ...parts }, first.ofA), join('b', { slots: 2, ...parts }, first.ofB)];
    for (const lease of first.ofA) await a.succeed(lease);
    for (const lease of first.ofB) await b.succeed(lease);
    await submit({ parts: 4 });
    await pass();
    expect(row(2).status).toBe('processing');
    expect(proofOf(createMemoryHistory(store.snapshot()))).toMatchObject({ outcome: 'proved', difference: null, decisions: 2 });
  });
});

it('parts on a node that drains take no room of the others', async () => {
  const { join, submit, row, pass, engine } = await setupNodes();
  const a = join('a', { slots: 2, runsParts: true });
  await submit({ parts: 2 });
  await a.fetch();
  join('b', { slots: 2, runsParts: true });
  engine.nodes.setDraining('a', true);
  await submit({ parts: 2 });
  await pass();
  expect([row(2).status, engine.pools()[0]?.load]).toEqual(['processing', 4]);
});
