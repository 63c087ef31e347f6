/** A server on a database and a clock that is told to go on: an hour of mixed traffic, replayed in a real thread over the API. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplayBody } from '../../src/api/schemas/replay.ts';
import { buildServer } from '../../src/api/server.ts';
import { createEngine } from '../../src/core/engine/create-engine.ts';
import { createSimulatedExecutor } from '../../src/core/executors/simulated.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { createIds } from '../../src/core/system/uuid.ts';
import { createThreadRunner } from '../../src/replay/thread-runner.ts';
import { openStore } from '../../src/store/open-store.ts';
import { testOptions, turns } from '../helpers/app.ts';
import { aPool, aType, caller, silent } from '../helpers/engine.ts';

const minute = 60_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const simulated = (seed: number, failureRatio = 0.05) => ({ latencyMs: [4_000, 30_000] as const, failureRatio, seed });
const pools = [
  aPool({ name: 'east', costPerUnit: 0.5, capacity: 3, simulated: simulated(1) }),
  aPool({ name: 'west', region: 'us-west', costPerUnit: 0.6, capacity: 2, simulated: simulated(2) }),
  aPool({ name: 'eu', region: 'eu-west', costPerUnit: 0.9, capacity: 2, speed: 2, simulated: simulated(3, 0) }),
  aPool({ name: 'gpu', region: 'eu-west', resourceType: 'gpu', costPerUnit: 2, capacity: 1, simulated: simulated(4) }),
];

async function aServer() {
  const virtual = createVirtualClock();
  const clock: Clock = { ...virtual, soon: (fn) => void setImmediate(fn) };
  const random = createSeededRandom('replay');
  const store = await openStore({ dataDir: folder, durability: 'normal', clock, logger: silent });
  const engine = createEngine(
    {
      ...{ store, clock, random, seeded: createSeededRandom, ids: createIds(uuidv7), logger: silent, metrics: noMetrics },
      executors: new Map([['simulated', createSimulatedExecutor({ clock })]]),
      replayRunner: createThreadRunner({ dataDir: folder, context: {} }),
    },
    {
      ...{ nodeName: 'node', region: 'us-east', algorithm: { algorithm: 'fifo' }, strategyContext: {}, maxWaiting: 100_000 },
      retention: { maxAgeMs: 1e10, maxTasks: 1e7, maxLogAgeMs: 1e10 },
      catalogue: { pools, types: [aType({ name: 'order', timeoutMs: 120_000 }), aType({ name: 'query', limitTotal: 3 })] },
    },
  );
  const metrics = { text: async () => ({ type: 'text/plain', body: '' }) };
  const app = await buildServer({ engine, logger: silent, clock, random, metrics, options: testOptions });
  await app.ready();
  await engine.start();
  const advance = (ms: number) => virtual.settleTo(virtual.monotonicMs() + ms, () => turns());
  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const answer = await app.inject({ method, url: `/api/v1${url}`, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, body: answer.json() };
  };
  async function close() {
    await app.close();
    const drained = engine.drain(0);
    await advance(10_000);
    await drained;
    await store.close();
  }
  return { engine, clock, advance, call, close };
}
type Server = Awaited<ReturnType<typeof aServer>>;

/** An hour of tasks of two types and three tenants, in waves; some have a deadline, some are cancelled, and the strategy is switched in between. */
async function hourOfTraffic({ engine, clock, advance }: Server): Promise<void> {
  const random = createSeededRandom('traffic');
  const upTo = (count: number) => Math.floor(random.next() * count);
  const begin = clock.now();
  for (let isSwitched = false; clock.now() < begin + 60 * minute; ) {
    const inHour = (clock.now() - begin) / (60 * minute);
    const tasks = Array.from({ length: 1 + upTo(4) }, () => ({
      ...{ type: upTo(4) === 0 ? 'query' : 'order', priority: 1 + upTo(10), cost: 1 + upTo(9) },
      region: ['us-east', 'us-west', 'eu-west'][upTo(3)] as string,
      ...(upTo(9) === 0 ? { resourceType: 'gpu' as const } : {}),
      ...(upTo(6) === 0 ? { deadline: clock.now() + 30_000 + upTo(120_000) } : {}),
    }));
    const items = await engine.submitBatch(tasks, { ...caller, tenant: `tenant-${upTo(3)}` });
    const [first] = items;
    if (upTo(20) === 0 && first !== undefined && 'task' in first) await engine.cancel(first.task.id, caller);
    if (inHour > 0.5 && !isSwitched) {
      isSwitched = true;
      await engine.switchAlgorithm({ algorithm: 'priority' }, caller);
    }
    // Busiest at a third of the hour.
    await advance(2_000 + upTo(Math.round(8_000 * (1 + Math.abs(inHour - 0.35) * 3))));
  }
  await advance(5 * minute);
}

/** The thread works in its own time: asked until it has an end. */
async function ended({ call }: Server, id: string): Promise<ReplayBody> {
  for (;;) {
    const { body } = await call('GET', `/replays/${id}`);
    if (body.status !== 'running') return body;
    await turns();
  }
}

describe('a server that ran for an hour', () => {
  it('says what other strategies would have made of it, after it has shown that it can tell, and takes one up', async () => {
    const server = await aServer();
    await hourOfTraffic(server);
    const strategies = ['fifo', 'priority', 'min_cost', 'region_aware'].map((algorithm) => ({ algorithm }));
    const window = { from: new Date(server.clock.now() - 70 * minute).toISOString() };
    const started = await server.call('POST', '/replays', { window, strategies });
    expect(started).toMatchObject({ status: 202, body: { status: 'running' } });
    const { result, ...rest } = await ended(server, started.body.id);
    expect(rest).toMatchObject({ status: 'completed', error: null });
    if (result === null) throw new Error('no result');
    expect(result.tasks.replayed).toBeGreaterThan(700);
    expect(result.actual?.wait_ms.mean).toBeGreaterThan(1_000);
    expect(result.fidelity).toMatchObject({ is_good: true, warning: null });
    expect(result.fidelity?.score).toBeGreaterThanOrEqual(0.95);
    // On the same pools, at the same moments: ends are worked out as they were.
    expect(result.fidelity).toMatchObject({ placement: 1, placement_by: 'decisions', free_placement: 1 });
    expect(result.proof).toMatchObject({ outcome: 'proved', difference: null, reason: null });
    expect(result.proof?.in_window).toBeGreaterThan(700);
    expect(result.cards.map(({ algorithm }) => algorithm)).toEqual(['fifo', 'priority', 'min_cost', 'region_aware']);
    for (const { figures, total_cost, makespan_ms } of result.cards) {
      expect(figures.tasks).toBe(result.actual?.tasks);
      expect(total_cost.gap).toBeGreaterThanOrEqual(0);
      expect(makespan_ms.gap).toBeGreaterThanOrEqual(0);
    }
    const activated = await server.call('POST', `/replays/${started.body.id}/activation`, { algorithm: 'min_cost' });
    expect(activated).toMatchObject({ status: 200, body: { algorithm: 'min_cost', epoch: 3 } });
    const { logs } = (await server.call('GET', '/logs?event_type=algorithm_switched')).body;
    expect(logs[0].details.receipt).toMatchObject({ replay: started.body.id, promised: { algorithm: 'min_cost' } });
    await server.close();
  });

  it('ends the thread of a replay that is cancelled, or that it cannot begin', async () => {
    const server = await aServer();
    const nothing = await server.call('POST', '/replays', { strategies: [{ algorithm: 'fifo' }] });
    expect(nothing).toMatchObject({ status: 422, body: { errors: [{ path: '/body/window' }] } });
    await server.engine.submitBatch(
      Array.from({ length: 500 }, () => ({ type: 'order' })),
      caller,
    );
    await server.advance(minute);
    const { body } = await server.call('POST', '/replays', { strategies: [{ algorithm: 'fifo' }] });
    expect(await server.call('DELETE', `/replays/${body.id}`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    const again = await server.call('POST', '/replays', { strategies: [{ algorithm: 'sjf' }] });
    expect(again.status).toBe(202);
    expect(await ended(server, again.body.id)).toMatchObject({ status: 'completed' });
    await server.close();
  });
});
