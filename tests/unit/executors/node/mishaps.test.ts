import { describe, expect, it } from 'vitest';
import { aPool, caller } from '../../../helpers/engine.ts';
import { nodePool, setupNodes } from '../../../helpers/nodes.ts';

const parts = { runsParts: true } as const;

type Bench = Awaited<ReturnType<typeof setupNodes>>;

/** Four nodes of two slots, each with one slot taken: whoever wants two slots of one of them waits for a node. */
async function scattered() {
  const bench = await setupNodes();
  const nodes = ['a', 'b', 'c', 'd'].map((id) => bench.join(id, { slots: 2, ...parts }));
  for (let i = 0; i < 4; i++) await bench.submit();
  const held: string[] = [];
  for (const node of nodes) held.push(...(await node.fetch()));
  /** Ends what nodes run, so that they have room again. */
  const free = async (...which: number[]) => {
    for (const i of which) await nodes[i]!.succeed(held[i]!);
  };
  return { ...bench, nodes, free };
}

/** From now on leases cannot be recorded, until `mend`. */
function breakStore({ store }: Bench) {
  const real = store.leaseAttempts;
  const broken = { tries: [] as (readonly number[])[], mend: () => set(real) };
  const set = (to: typeof real) => Object.assign(store, { leaseAttempts: to });
  set((leases) => {
    broken.tries.push(leases.map(({ seq }) => seq));
    return Promise.reject(new Error('disk full'));
  });
  return broken;
}

describe('leases that cannot be recorded', () => {
  it('are tried again a second later, not at once, and before those that came after them', async () => {
    const bench = await scattered();
    const { submit, pass, row, free } = bench;
    await submit({ slots: 2 });
    await submit({ slots: 2 });
    await pass();
    const broken = breakStore(bench);
    await free(0, 1);
    await pass();
    await submit({ slots: 2 });
    await pass(500);
    expect(broken.tries).toEqual([[5]]);
    broken.mend();
    await pass(600);
    expect([5, 6, 7].map((seq) => row(seq).nodeId !== null)).toEqual([true, true, false]);
  });

  it('end at once where the attempt was cancelled meanwhile, all parts of it', async () => {
    const bench = await scattered();
    const { submit, pass, row, free, store, answered, engine } = bench;
    await submit({ slots: 2, parts: 2 });
    await pass();
    const real = store.leaseAttempts;
    let refuse = () => {};
    Object.assign(store, {
      leaseAttempts: () => new Promise((_resolve, reject) => (refuse = () => reject(new Error('disk full')))),
    });
    await free(0, 1);
    await pass();
    await answered(engine.cancel(row(5).id, caller));
    Object.assign(store, { leaseAttempts: real });
    refuse();
    await pass();
    expect(row(5).status).toBe('cancelled');
    expect(engine.nodes.all().map(({ used }) => used)).toEqual([0, 0, 1, 1]);
  });
});

describe('a part that is fetched twice', () => {
  it('begins again: the time limit counts from when the last one began', async () => {
    const { join, submit, pass, answered, beating } = await setupNodes();
    const [a, b] = [join('a', parts), join('b', parts)];
    await submit({ parts: 2, timeoutMs: 40_000 });
    await pass();
    (await answered(a.poll())).giveBack();
    const ofA = await a.fetch();
    await beating(30_000, { ...a, leases: ofA }, b);
    const ofB = await b.fetch();
    await beating(20_000, { ...a, leases: ofA }, { ...b, leases: ofB });
    expect([...a.beat(ofA).stops, ...b.beat(ofB).stops]).toEqual([]);
    await beating(25_000, { ...a, leases: ofA }, { ...b, leases: ofB });
    expect(a.beat(ofA).stops.map(({ reason }) => reason)).toEqual(['timeout']);
  });
});

describe('a node that comes back', () => {
  it('keeps what it reported of a part while others still run, and is not told to throw it away', async () => {
    const { join, submit, pass, row, engine } = await setupNodes();
    const [a, b] = [join('a', parts), join('b', parts)];
    await submit({ parts: 2 });
    const [[ofA], [ofB]] = [await a.fetch(), await b.fetch()];
    await a.succeed(ofA!, 'x');
    engine.nodes.remove('a', a.session);
    await pass();
    const again = join('a', parts, [ofA!]);
    expect(again.registration.stops).toEqual([]);
    expect(await again.succeed(ofA!, 'x')).toEqual([{ kind: 'kept', lease: ofA }]);
    await b.succeed(ofB!, 'y');
    await pass();
    expect(row(1)).toMatchObject({ status: 'completed', result: ['x', 'y'] });
  });

  it('in another pool: what only it could have run in the former one goes back to the queue', async () => {
    const { join, submit, pass, told, row } = await setupNodes({ pools: [nodePool, aPool({ ...nodePool, name: 'm' })] });
    const a = join('a', { slots: 2 });
    const b = join('b', { slots: 2 });
    await submit();
    await submit();
    const [ofA, ofB] = [await a.fetch(), await b.fetch()];
    await submit({ slots: 2 });
    await pass();
    expect(row(3)).toMatchObject({ status: 'processing', pool: 'n', nodeId: null });
    join('a', { slots: 2, pool: 'm' }, ofA);
    join('b', { slots: 2, pool: 'm' }, ofB);
    await pass();
    expect(told(3)).toEqual(['created', 'scheduled', 'released', 'scheduled']);
    expect(row(3).pool).toBe('m');
  });
});

describe('a pool without a live node', () => {
  it.each([1, 4])('is told as that, and what helps is a worker: tasks of %i parts', async (count) => {
    const { join, submit, pass, row, engine, answered } = await setupNodes();
    join('a', { slots: 2, ...parts });
    engine.nodes.setDraining('a', true);
    await submit({ parts: count });
    await pass();
    const { holds, unblock } = (await answered(engine.explain(row(1).id, caller)))!;
    expect(holds).toMatchObject([{ code: 'pools_paused', clearedBy: 'operator' }]);
    expect(holds[0]?.summary).toContain('without a live node');
    expect(unblock.map(({ change, subject }) => [change, subject])).toContainEqual(['start_node', 'n']);
    expect(unblock.map(({ change }) => change)).not.toContain('resume_pool');
  });

  it('is resumed where it is paused', async () => {
    const { submit, pass, row, engine, answered } = await setupNodes({ pools: [{ ...nodePool, state: 'paused' }] });
    await submit({ acceptUnroutable: true });
    await pass();
    const { unblock } = (await answered(engine.explain(row(1).id, caller)))!;
    expect(unblock.map(({ change }) => change)).toContain('resume_pool');
  });
});
