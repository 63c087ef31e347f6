import { expect, it } from 'vitest';
import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { History } from '../../src/core/ports/history.ts';
import { listStrategies } from '../../src/core/strategies/listing.ts';
import { createMemoryHistory } from '../../src/store/memory/history.ts';
import { aPool, aType, caller, setup } from '../helpers/engine.ts';
import { fc } from '../helpers/fc.ts';
import { proofOf } from '../helpers/replayed.ts';

/** Walks of one ordinary run; `TRX_AGAIN_RUNS=2000` for a long one. */
const runs = Number(process.env['TRX_AGAIN_RUNS'] ?? 40);
const strategies = listStrategies().map(({ name }) => name);
const tenants = ['a', 'b', 'c'];
const cooling = { failures: 2, forMs: 300 };
/** On some what fails closes the pool for a while. */
const pools = [
  aPool({ name: 'east', capacity: 2, cooling }),
  aPool({ name: 'west', region: 'us-west', capacity: 3, costPerUnit: 1, speed: 2, cooling: { ...cooling, failures: 1 } }),
  aPool({ name: 'gpu', resourceType: 'gpu', capacity: 1, costPerUnit: 9 }),
];
const types = [aType(), aType({ name: 'turns', betweenTenants: 'round_robin', limitTotal: 3 }), aType({ name: 'few', limitPerTenant: 1 })];

const pick = <T>(list: readonly T[]) => fc.constantFrom(...list);
const actions = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('submit' as const), many: fc.integer({ min: 1, max: 6 }), seed: fc.nat() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      at: fc.nat(),
      how: pick(['succeeded', 'failed', 'failed', 'lost', 'released']),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: pick([0, 1, 7, 400, 5_000]) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), name: pick(strategies) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pool' as const), at: fc.nat(), capacity: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tenant' as const), name: pick(tenants), most: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), isCrash: fc.boolean() }) },
);
type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never;

const outcomes: Readonly<Record<string, Outcome>> = {
  failed: { kind: 'failed', code: 'handler_failed', message: 'no' } as Outcome,
  lost: { kind: 'lost', message: 'gone' },
  released: { kind: 'released' },
};

/** A server that is played with, and starts again on what it left. @returns the record, and whether a pool was closed because attempts failed there */
async function walk(strategy: string, steps: readonly Action[]): Promise<{ readonly history: History; readonly hasCooled: boolean }> {
  let server = await setup({ pools, types, options: { algorithm: { algorithm: strategy } } });
  let hasCooled = false;
  for (const step of steps) {
    server = await act(server, step);
    hasCooled ||= server.engine.pools().some(({ coolsUntil }) => coolsUntil !== undefined);
  }
  await server.pass(50);
  return { history: createMemoryHistory(server.store.image()), hasCooled };
}
type Server = Awaited<ReturnType<typeof setup>>;

/** What is refused is no part of the record. */
async function act(server: Server, step: Action): Promise<Server> {
  const { engine, hands, store, clock, pass } = server;
  if (step.kind === 'submit') {
    const items = Array.from({ length: step.many }, (_, i) => inputOf(step.seed + i, clock.now()));
    await server.answered(engine.submitBatch(items, { ...caller, tenant: tenants[step.seed % 3] })).catch(() => {});
  } else if (step.kind === 'end') {
    const seq = hands.running[step.at % Math.max(1, hands.running.length)];
    if (seq !== undefined) hands.end(seq, outcomes[step.how] ?? { kind: 'succeeded', result: 1 });
    if (step.at % 2 === 0) await pass();
  } else if (step.kind === 'pass') await pass(step.ms);
  else if (step.kind === 'cancel') {
    const { tasks } = store.snapshot();
    const task = tasks[step.at % Math.max(1, tasks.length)];
    // Sometimes it races with what is decided at this moment.
    const cancelled = task && engine.cancel(task.id, caller).catch(() => {});
    if (step.at % 3 !== 0) await (cancelled && server.answered(cancelled));
  } else if (step.kind === 'switch') await server.answered(engine.switchAlgorithm({ algorithm: step.name }, caller), 10);
  else if (step.kind === 'pool') {
    const { name } = pools[step.at % pools.length] ?? { name: '' };
    await server.answered(engine.changePool(name, { capacity: step.capacity }, caller)).catch(() => {});
  } else if (step.kind === 'tenant') {
    const spec = {
      name: step.name,
      maxRunning: step.most,
      guaranteed: 0,
      borrow: null,
      weight: 1 + step.most,
      maxWaiting: null,
      rate: null,
    };
    const put = engine.putTenant({ ...spec, spend: null, typeLimits: {} }, caller, { force: true });
    await server.answered(put).catch(() => {});
  } else return again(server, step.isCrash);
  return server;
}

async function again({ engine, store, clock, pass, crash }: Server, isCrash: boolean): Promise<Server> {
  if (!isCrash) {
    const drained = engine.drain(0);
    await pass(10_000);
    await drained;
  }
  const image = isCrash ? crash() : store.image();
  return setup({ pools, types, image, clock });
}

function inputOf(seed: number, now: number) {
  return {
    type: ['job', 'turns', 'few'][seed % 3] as string,
    priority: 1 + (seed % 10),
    cost: 1 + (seed % 5),
    ...(seed % 4 === 0 ? { resourceType: 'gpu' as const } : {}),
    ...(seed % 5 === 0 ? { region: 'us-west' } : {}),
    ...(seed % 6 === 0 ? { estimateMs: 1 + (seed % 900) } : {}),
    ...(seed % 8 < 2 ? { parts: 2 + (seed % 2) } : {}),
    ...(seed % 7 === 0 ? { deadline: now + 1 + (seed % 3_000) } : {}),
    ...(seed % 11 === 0 ? { runAt: now + (seed % 500) } : {}),
  };
}

it('what a server decided is decided again on what it was told, whatever happened to it', async () => {
  let cooled = 0;
  await fc.assert(
    fc.asyncProperty(pick(strategies), fc.array(actions, { minLength: 20, maxLength: 80 }), async (strategy, steps) => {
      const { history, hasCooled } = await walk(strategy, steps);
      if (hasCooled) cooled++;
      const { difference, outcome, reason, decisions } = proofOf(history);
      const starts = [...history.decisions(0)].filter(({ taskSeq }) => taskSeq !== null).length;
      expect({ difference, outcome, reason, decisions }).toEqual({
        ...{ difference: null, decisions: starts },
        ...(starts === 0 ? { outcome: 'none', reason: 'nothing was started in the window' } : { outcome: 'proved', reason: null }),
      });
    }),
    { numRuns: runs },
  );
  expect(cooled).toBeGreaterThan(runs / 4);
});
