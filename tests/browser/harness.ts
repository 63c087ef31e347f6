/** The real server for the browser suites: engine, SQLite on a folder of its own, executors, API and pages, on a free port. */
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { createGuesses } from '../../src/api/guesses.ts';
import { createPages } from '../../src/api/pages/plugin.ts';
import { buildServer } from '../../src/api/server.ts';
import { createSessions } from '../../src/api/sessions.ts';
import { loadCatalogue } from '../../src/catalogue.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import { unlimitedType } from '../../src/core/domain/task-type.ts';
import { createEngine } from '../../src/core/engine/create-engine.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { createKeyring } from '../../src/core/engine/keyring.ts';
import { loadHandlers } from '../../src/core/executors/handlers-loader.ts';
import { createExecutors } from '../../src/core/executors/registry.ts';
import type { Logger } from '../../src/core/ports/logger.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createSecrets } from '../../src/core/system/secrets.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { createSystemRandom } from '../../src/core/system/system-random.ts';
import { createIds } from '../../src/core/system/uuid.ts';
import { createThreadRunner } from '../../src/replay/thread-runner.ts';
import { openStore } from '../../src/store/open-store.ts';
import { tempFolder } from '../helpers/server-process.ts';

export interface LiveServer {
  readonly url: string;
  readonly engine: Engine;
  /** What the server logged as faults. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

/** Nothing ends here by itself: what a test needs to stay queued or running does. */
export const stuckPool: PoolSpec = {
  ...{ name: 'stuck', region: 'us-east', resourceType: 'cpu', costPerUnit: 1, capacity: 1, executor: 'function', types: ['wait'] },
  ...{ speed: 1, carbonGramsPerKwh: null, cooling: null, state: 'active', typeLimits: {}, labels: {}, simulated: null },
};

/** For machines that a test lets join. */
export const farPool: PoolSpec = { ...stuckPool, name: 'far', capacity: 0, executor: 'node', types: ['order'] };

/** Runs the quick handlers for real. */
const localPool: PoolSpec = { ...stuckPool, name: 'local', capacity: 4, costPerUnit: 0, types: ['add', 'hash', 'reverse', 'sum', 'upper'] };

/** @param isDemo the pools of the demo catalogue as they are, without those for tests */
export async function startLiveServer({ isDemo = false }: { readonly isDemo?: boolean } = {}): Promise<LiveServer> {
  const folder = tempFolder('browser');
  const faults: string[] = [];
  const logger: Logger = {
    info() {},
    warn() {},
    error: (fields, message) => void faults.push(`${message}: ${String(fields['err'] ?? '')}`),
  };
  const clock = createSystemClock();
  const random = createSystemRandom();
  const store = await openStore({ dataDir: folder.path, durability: 'full', clock, logger });
  const handlers = await loadHandlers(join(folder.path, 'handlers'), { clock });
  const executors = createExecutors({ clock, handlers, onReport: () => {} }, { maxThreads: 1, heapMb: 64 });
  const catalogue = await loadCatalogue('config/demo.json');
  const simulated = catalogue.pools
    .filter((pool) => pool.executor === 'simulated')
    .map((pool) => ({ ...pool, types: catalogue.types.map(({ name }) => name) }));
  const types = [...handlers.types].map(([name, { description }]) => ({
    ...{
      name,
      description,
      requires: [],
      ...unlimitedType,
      maxAttempts: 3,
      resourceType: null,
      timeoutMs: 3_660_000,
    },
    origin: 'handler' as const,
  }));
  const engine = createEngine(
    {
      ...{ store, clock, random, seeded: createSeededRandom, ids: createIds(uuidv7), logger, metrics: noMetrics, executors },
      replayRunner: createThreadRunner({ dataDir: folder.path, context: {} }),
    },
    {
      ...{ nodeName: 'test-node', region: 'us-east', algorithm: { algorithm: 'fifo' }, strategyContext: {}, maxWaiting: 100_000 },
      retention: { maxAgeMs: 30 * 86_400_000, maxTasks: 1_000_000, maxLogAgeMs: 30 * 86_400_000 },
      catalogue: { pools: isDemo ? simulated : [...simulated, stuckPool, localPool], types: [...catalogue.types, ...types] },
    },
  );
  const options = {
    ...{ version: '0.0.0-test', nodeName: 'test-node', hosts: [], corsOrigins: [], requireIfMatch: false, currency: '' },
    ...{ auth: 'off' as const, durability: 'full' as const },
  };
  const secrets = createSecrets();
  const auth = {
    ...{ keys: createKeyring({ store, clock, secrets }), sessions: createSessions({ clock, secrets }), guesses: createGuesses(clock) },
  };
  const deps = { engine, logger, clock, random, options, auth };
  const metrics = { text: async () => ({ type: 'text/plain', body: 'trx_up 1\n' }) };
  const app = await buildServer({ ...deps, metrics, pages: createPages(deps) });
  await app.listen({ host: '127.0.0.1', port: Number(process.env['TRX_TEST_PORT'] ?? 0) });
  await engine.start();
  const address = app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  // Loading everything at once makes the server late, and it says so until it has caught up.
  while (!(await fetch(`${url}/tasks`)).ok);

  return {
    url,
    engine,
    faults,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      await engine.drain(0);
      await store.close();
      folder.remove();
    },
  };
}

/** Two strategies on the last hour. @returns the id of the replay, which is done */
export async function replayed({ engine }: LiveServer): Promise<string> {
  const to = Date.now();
  const strategies = [{ algorithm: 'fifo' }, { algorithm: 'min_cost' }];
  const done = new Promise<void>((resolve) => {
    const stop = engine.events.onEntries((entries) => {
      if (!entries.some(({ type }) => type === 'replay_ended')) return;
      stop();
      resolve();
    });
  });
  const { id } = await engine.replay({ from: to - 3_600_000, to, strategies, pools: [], seed: 1 }, { name: 'test', tenant: undefined });
  await done;
  return id;
}
