import { V7Generator } from 'uuidv7';
import type { Json } from '../../src/core/domain/json.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import { type TaskTypeSpec, unlimitedType } from '../../src/core/domain/task-type.ts';
import { createEngine } from '../../src/core/engine/create-engine.ts';
import type { Caller, Engine } from '../../src/core/engine/engine.ts';
import type { EngineDeps } from '../../src/core/engine/wiring.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Executor } from '../../src/core/ports/executor.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import type { Store } from '../../src/core/ports/store.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createRandomWords } from '../../src/core/system/random-words.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { createSystemRandom } from '../../src/core/system/system-random.ts';
import { createIds } from '../../src/core/system/uuid.ts';
import { openStore } from '../../src/store/open-store.ts';

export const caller: Caller = { name: 'bench', tenant: undefined };

/** Ends every attempt at once: what remains is the work of the router. */
export const noop: Executor = {
  name: 'simulated',
  types: undefined,
  run: () => Promise.resolve({ kind: 'succeeded', result: null }),
  async close() {},
};

interface EngineSettings {
  /** Slots of each of the eight pools. */
  readonly slotsPerPool: number;
  /** Paused pools keep everything waiting, until `setPools`. */
  readonly state: 'active' | 'paused';
  readonly executor?: Executor;
  readonly metrics?: EngineDeps['metrics'];
  readonly clock?: Clock;
  /** `full` when left out; `normal` is for filling a database that is measured later. */
  readonly durability?: 'full' | 'normal';
}

export interface OpenEngine {
  readonly engine: Engine;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** The engine with the real store on disk and eight pools of a no-op executor. Nothing is decided before `start`. */
export async function openEngine(dataDir: string, settings: EngineSettings): Promise<OpenEngine> {
  const { slotsPerPool, state, executor = noop, metrics = noMetrics, durability = 'full', clock = createSystemClock() } = settings;
  const store = await openStore({ dataDir, durability, clock, logger, metrics });
  const uuids = new V7Generator(createRandomWords());
  const engine = createEngine(
    {
      ...{
        store,
        clock,
        random: createSystemRandom(),
        seeded: createSeededRandom,
        ids: createIds(() => uuids.generate().toString()),
        logger,
        metrics,
      },
      executors: new Map([['simulated', executor]]),
    },
    {
      nodeName: 'bench',
      region: 'us-east',
      catalogue: { pools: pools(slotsPerPool, state), types: [noopType] },
      algorithm: { algorithm: 'fifo' },
      strategyContext: {},
      retention: { maxAgeMs: 1e12, maxTasks: 1e9, maxLogAgeMs: 1e12 },
      maxWaiting: 1e9,
    },
  );
  const close = async () => {
    await engine.drain(0);
    await store.close();
  };
  return { engine, store, close };
}

/** Active: what waited begins. Paused: what is submitted waits. */
export async function setPools(engine: Engine, state: 'active' | 'paused'): Promise<void> {
  await Promise.all(engine.pools().map(({ pool }) => engine.changePool(pool.name, { state }, caller)));
}

/** Submits in batches of 1,000. */
export async function submitMany(engine: Engine, tasks: number, payload: Json): Promise<void> {
  const task = { type: 'noop', payload };
  for (let added = 0; added < tasks; added += 1_000) {
    await engine.submitBatch(new Array(Math.min(1_000, tasks - added)).fill(task), caller);
  }
}

/** Settles when so many tasks have completed since the database was made. */
export function completed(engine: Engine, tasks: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (engine.stats().completed < tasks) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = engine.events.onEntries(look);
    look();
  });
}

const logger = {
  info() {},
  warn: (fields: object, message: string) => console.error(message, fields),
  error: (fields: object, message: string) => console.error(message, fields),
};

const noopType: TaskTypeSpec = {
  ...unlimitedType,
  ...{ name: 'noop', description: 'nothing', requires: [] },
  ...{ timeoutMs: 60_000, maxAttempts: 3, resourceType: null, origin: 'catalogue' },
};

/** The no-op executor does not look at it; the catalogue insists on it. */
const simulated: PoolSpec['simulated'] = { latencyMs: [0, 0], failureRatio: 0, seed: 0 };

function pools(capacity: number, state: PoolSpec['state']): readonly PoolSpec[] {
  return Array.from({ length: 8 }, (_, i) => ({
    ...{ name: `pool-${i + 1}`, region: i < 4 ? 'us-east' : 'us-west', resourceType: 'cpu', costPerUnit: 0.5 + i / 10, capacity },
    ...{
      executor: 'simulated',
      types: ['*'],
      speed: 1,
      carbonGramsPerKwh: null,
      cooling: null,
      state,
      typeLimits: {},
      labels: {},
      simulated,
    },
  })) satisfies PoolSpec[];
}
