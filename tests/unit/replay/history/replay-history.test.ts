import { describe, expect, it } from 'vitest';
import type { PoolSpec } from '../../../../src/core/domain/pool.ts';
import type { TaskInput } from '../../../../src/core/domain/task-input.ts';
import { createSimulatedExecutor } from '../../../../src/core/executors/simulated.ts';
import type { Clock } from '../../../../src/core/ports/clock.ts';
import { createSeededRandom } from '../../../../src/core/replay/seeded-random.ts';
import { createVirtualClock } from '../../../../src/core/replay/virtual-clock.ts';
import { createMemoryHistory } from '../../../../src/store/memory/history.ts';
import { aPool, aType, caller, setup } from '../../../helpers/engine.ts';
import { replayed } from '../../../helpers/replayed.ts';

const minute = 60_000;
const strategies = ['fifo', 'priority', 'min_cost', 'region_aware'].map((name) => ({ name, params: {} }));

const pools: readonly PoolSpec[] = [
  aPool({ name: 'cheap', costPerUnit: 1, capacity: 3, simulated: { latencyMs: [500, 4_000], failureRatio: 0.1, seed: 1 } }),
  aPool({
    name: 'dear',
    region: 'eu-west',
    costPerUnit: 4,
    capacity: 3,
    speed: 2,
    simulated: { latencyMs: [500, 4_000], failureRatio: 0, seed: 2 },
  }),
  aPool({
    name: 'gpu',
    resourceType: 'gpu',
    costPerUnit: 9,
    capacity: 1,
    simulated: { latencyMs: [1_000, 2_000], failureRatio: 0, seed: 3 },
  }),
];

/** A clock on which everything that is to happen soon takes a while, as commits and a busy event loop do. */
function slowClock(soonMs: number) {
  const clock = createVirtualClock();
  const slowed = (one: Clock): Clock => ({ ...one, soon: (fn) => void one.after(soonMs, fn) });
  return { ...clock, ...slowed(clock), owned: (owner: string) => slowed(clock.owned(owner)) };
}

/** A server that never catches up: all its tasks come in its first seconds, most run for a fraction of one. Then what it has on record. */
async function aSaturatedServer(soonMs: number) {
  const clock = slowClock(soonMs);
  const busy = (seed: number) => ({ latencyMs: [50, 400] as const, failureRatio: 0.05, seed });
  const { engine, pass, answered, store } = await setup({
    clock,
    pools: [
      aPool({ name: 'east', costPerUnit: 1, capacity: 4, simulated: busy(1) }),
      aPool({ name: 'west', region: 'us-west', costPerUnit: 2, capacity: 3, simulated: busy(2) }),
      aPool({ name: 'eu', region: 'eu-west', costPerUnit: 3, capacity: 2, speed: 2, simulated: busy(3) }),
    ],
    isStarted: false,
    executors: new Map([['simulated', createSimulatedExecutor({ clock })]]),
    options: { maxWaiting: 10_000, retention: { maxAgeMs: 1e9, maxTasks: 1e6, maxLogAgeMs: 1e9 } },
  });
  await answered(engine.start(), 1_000);
  const from = clock.now();
  const random = createSeededRandom(11);
  const upTo = (count: number) => Math.floor(random.next() * count);
  for (let i = 0; i < 1_200; i++) {
    const region = ['us-east', 'us-west', 'eu-west'][upTo(3)] as string;
    void engine.submit({ type: 'job', priority: 1 + upTo(10), cost: 1 + upTo(5), region }, caller);
    await pass(upTo(20));
  }
  await pass(10 * minute);
  return { from, to: clock.now(), history: createMemoryHistory(store.image()) };
}

/** A server that is busy for ten minutes; then what it has on record. */
async function aServer({ tasks = 900, everyMs = 280 } = {}) {
  const clock = createVirtualClock();
  const server = await setup({
    clock,
    pools,
    types: [aType(), aType({ name: 'other', limitTotal: 4 })],
    executors: new Map([['simulated', createSimulatedExecutor({ clock })]]),
    options: { maxWaiting: 10_000, retention: { maxAgeMs: 1e9, maxTasks: 1e6, maxLogAgeMs: 1e9 } },
  });
  const { engine, pass, answered, store } = server;
  const from = clock.now();
  const random = createSeededRandom(7);
  const upTo = (count: number) => Math.floor(random.next() * count);
  const submit = (input: Partial<TaskInput>) => answered(engine.submit({ type: 'job', ...input }, { ...caller, tenant: `t${upTo(3)}` }));
  for (let i = 0; i < tasks; i++) {
    const { task } = await submit({
      ...{
        type: upTo(4) === 0 ? 'other' : 'job',
        priority: 1 + upTo(10),
        cost: 1 + upTo(5),
        region: upTo(2) === 0 ? 'us-east' : 'eu-west',
      },
      ...[{ resourceType: 'gpu' as const }, { parts: 2 + upTo(3) }][upTo(10)],
      ...[{ deadline: clock.now() + 3_000 + upTo(20_000) }, { runAt: clock.now() + 1 + upTo(30_000) }, {}, {}, {}, {}][upTo(6)],
    });
    if (upTo(25) === 0) await answered(engine.cancel(task.id, caller));
    if (i === tasks / 3) await answered(engine.switchAlgorithm({ algorithm: 'min_cost' }, caller), 1_000);
    if (i === tasks / 2) await answered(engine.changePool('cheap', { capacity: 5 }, caller), 1_000);
    await pass(upTo(2 * everyMs));
  }
  await pass(10 * minute);
  const history = createMemoryHistory(store.image());
  return { ...server, from, to: clock.now(), history };
}

describe('a replay of what a server has on record', { timeout: 30_000 }, () => {
  it('reproduces what happened, across switches, failures, deadlines, cancels, limits and pools that change', async () => {
    const { history, from, to } = await aServer();
    const { fidelity, actual, asRun, decided, tasks, notes } = replayed(history, { from, to });
    expect(decided).toEqual(['fifo', 'min_cost']);
    const gangs = [...history.decisions(0)].filter(({ details }) => Array.isArray(details['parts']));
    expect(gangs.filter(({ details }) => new Set(details['parts'] as string[]).size > 1).length).toBeGreaterThan(20);
    expect(notes).toEqual([]);
    expect(tasks).toEqual({ replayed: 900, unfinished: 0, carriedOver: 0, missing: 0 });
    expect(actual.failed + actual.cancelled).toBeGreaterThan(20);
    expect(actual.deadlines.missed).toBeGreaterThan(5);
    // Latencies are fractions of a millisecond and the record has whole ones: a start may come out a millisecond off, and meet another pool.
    expect(fidelity).toMatchObject({ placement: 1, placementBy: 'decisions', isGood: true });
    expect(fidelity?.score).toBeGreaterThan(0.95);
    expect([asRun?.figures.tasks, asRun?.neverStarted]).toEqual([actual.tasks, 0]);
  });

  it('reproduces the waits of a server that never catches up, and takes 7 ms for whatever it does soon', async () => {
    const { history, from, to } = await aSaturatedServer(7);
    const { fidelity, actual } = replayed(history, { from, to });
    expect(fidelity?.waitError).toBeLessThan(0.005);
    expect(fidelity?.tailError).toBeLessThan(0.005);
    expect(actual.wait.mean).toBeGreaterThan(5_000);
  });
});

describe('cards', { timeout: 30_000 }, () => {
  it('say how each strategy would have done, with bounds that hold, the same whenever they are made', async () => {
    const { history, from, to } = await aServer({ tasks: 400 });
    const result = replayed(history, { from, to, strategies });
    expect(result.cards.map(({ name }) => name)).toEqual(['fifo', 'priority', 'min_cost', 'region_aware']);
    for (const { figures, totalCost, makespan, neverStarted, differences } of result.cards) {
      expect(figures.tasks + neverStarted).toBe(400);
      expect(totalCost.bound).toBeGreaterThan(0);
      expect(totalCost.value).toBeGreaterThanOrEqual(totalCost.bound ?? Number.NaN);
      expect(makespan.value).toBeGreaterThanOrEqual(makespan.bound ?? Number.NaN);
      expect(figures.worst).toHaveLength(10);
      expect(figures.worst[0]?.waitMs).toBe(figures.wait.max);
      expect(figures.worst[0]?.id).toEqual(expect.any(String));
      expect(differences?.cost.absolute).toBeCloseTo(figures.cost - (result.asRun?.figures.cost ?? 0), 6);
    }
    expect(replayed(history, { from, to, strategies })).toEqual(result);
    const alone = replayed(history, { from, to, strategies: [{ name: 'min_cost', params: {} }] });
    expect(alone.cards[0]).toEqual(result.cards[2]);
  });

  it('show what other pools would have changed, and leave what really decided as it was', async () => {
    const { history, from, to } = await aServer({ tasks: 300 });
    const fifo = [{ name: 'fifo', params: {} }];
    const same = replayed(history, { from, to, strategies: fifo });
    const pools = [
      { name: 'cheap', capacity: 30 },
      { name: 'new', region: 'eu-west', capacity: 9, costPerUnit: 0.1 },
    ];
    const more = replayed(history, { from, to, strategies: fifo, pools });
    expect(more.asRun).toEqual(same.asRun);
    expect(more.cards[0]?.figures.wait.mean).toBeLessThan((same.cards[0]?.figures.wait.mean ?? 0) * 0.7);
    expect(more.cards[0]?.figures.cost).toBeLessThan(same.cards[0]?.figures.cost ?? 0);
    const paused = replayed(history, { from, to, strategies: fifo, pools: [{ name: 'gpu', state: 'paused' }] });
    expect(paused.cards[0]?.neverStarted).toBeGreaterThan(0);
    expect([paused.cards[0]?.makespan.bound, same.cards[0]?.makespan.bound]).toEqual([null, expect.any(Number)]);
  });

  it('leave out of the averages what the edges of the window cut off, and count it', async () => {
    const { history, from, clock } = await aServer({ tasks: 300 });
    const [begin, end] = [from + 30_000, from + 60_000];
    const { tasks, actual, asRun } = replayed(history, { from: begin, to: end });
    expect(tasks.carriedOver).toBeGreaterThan(0);
    expect(tasks.unfinished).toBeGreaterThan(0);
    expect(actual.tasks).toBe(tasks.replayed - tasks.unfinished);
    expect(asRun?.figures.tasks).toBe(actual.tasks);
    expect(clock.now()).toBeGreaterThan(end);
  });

  it('say so when what decided cannot be made again', async () => {
    const { store, from, to } = await aServer({ tasks: 20 });
    const image = store.image();
    const history = createMemoryHistory({ ...image, epochs: image.epochs.map((epoch) => ({ ...epoch, name: 'forgotten' })) });
    const { fidelity, asRun, cards, notes } = replayed(history, { from, to, strategies });
    expect({ fidelity, asRun }).toEqual({ fidelity: null, asRun: null });
    expect(cards[0]?.differences).toBeNull();
    expect(notes.join()).toContain('cannot be made again');
  });
});
