import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { onTestFinished } from 'vitest';
import type { Bundles, ServerOptions } from '../../src/api/deps.ts';
import { createGuesses } from '../../src/api/guesses.ts';
import { createPages } from '../../src/api/pages/plugin.ts';
import { buildServer } from '../../src/api/server.ts';
import { createSessions } from '../../src/api/sessions.ts';
import { loadCatalogue } from '../../src/catalogue.ts';
import type { ExecutorName, PoolSpec } from '../../src/core/domain/pool.ts';
import { createEngine } from '../../src/core/engine/create-engine.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import { createKeyring } from '../../src/core/engine/keyring.ts';
import type { EngineOptions } from '../../src/core/engine/wiring.ts';
import { createSimulatedExecutor } from '../../src/core/executors/simulated.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Executor } from '../../src/core/ports/executor.ts';
import type { Logger } from '../../src/core/ports/logger.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { createSecrets } from '../../src/core/system/secrets.ts';
import { createIds } from '../../src/core/system/uuid.ts';
import { createMemoryHistory } from '../../src/store/memory/history.ts';
import { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from '../../src/store/memory/memory-store.ts';
import { createHandExecutor, type HandExecutor } from './hand-executor.ts';
import { createAnswerCheck, type OpenApi } from './openapi-check.ts';
import { createSliceRunner } from './slice-runner.ts';

/** A body that is sent as JSON; everything else as `inject` has it. */
export type CallOptions = Omit<InjectOptions, 'url' | 'method'> & { readonly json?: unknown };

export interface TestBundles {
  readonly executor: Executor;
  readonly api: Bundles;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly store: MemoryStore;
  readonly executor: HandExecutor;
  /** Lets `ms` pass, with all that happens in them. */
  advance(ms: number): Promise<void>;
  /** One request. The answer is compared with the OpenAPI document, whatever the test looks at. */
  call(method: string, url: string, options?: CallOptions): Promise<LightMyRequestResponse>;
  /** A task that was accepted. */
  submit(body?: Record<string, unknown>): Promise<Record<string, unknown> & { id: string; seq: number }>;
  /** Lines the server logged as faults. */
  readonly faults: readonly string[];
}

export interface SetupOptions {
  readonly server?: Partial<ServerOptions>;
  readonly engine?: Partial<EngineOptions>;
  readonly store?: Omit<MemoryStoreOptions, 'clock'>;
  /** Pools beside the eight of the demo catalogue and the one named `hand`. */
  readonly pools?: readonly PoolSpec[];
  /** When it is closed: at the end of the test, or `afterAll` for one that many tests share. */
  readonly closed?: (close: () => Promise<void>) => void;
  /** Replays wait for it. */
  readonly replayGate?: Promise<void>;
  /** With files, and an executor that lays down what bundles leave: the test says how it ends. */
  readonly bundles?: TestBundles;
  /** With the dashboard. */
  readonly pages?: boolean;
  /** `false`: the engine is built and not started. */
  readonly started?: boolean;
}

/** Types `echo`, `fail` and `hold` run here, one at a time. */
export const handPool: PoolSpec = {
  ...{ name: 'hand', region: 'us-east', resourceType: 'cpu', costPerUnit: 1, capacity: 1, executor: 'function', types: ['*'] },
  ...{ speed: 1, carbonGramsPerKwh: null, cooling: null, state: 'active', typeLimits: {}, labels: {}, simulated: null },
};

export const testOptions: ServerOptions = {
  ...{ version: '0.0.0-test', nodeName: 'test-node', hosts: ['trx.example'], corsOrigins: ['http://localhost:3000'] },
  ...{ requireIfMatch: false, currency: 'EUR', auth: 'keys', durability: 'full' },
};

/** The document is the same for every server, and compiling it is not cheap. */
let check: ReturnType<typeof createAnswerCheck> | undefined;

/** The whole server over the real engine, the reference store and a clock that moves when told to. */
export async function setup(options: SetupOptions = {}): Promise<TestApp> {
  const virtual = createVirtualClock();
  // Time stands, turns go on: what is due at once happens by itself, what is due later when the test lets time pass.
  const clock: Clock = { ...virtual, soon: (fn) => void setImmediate(fn) };
  const faults: string[] = [];
  const logger: Logger = {
    info() {},
    warn() {},
    error: (fields, message) => void faults.push(`${message}: ${(fields['err'] as Error | undefined)?.stack ?? ''}`),
  };
  const store = createMemoryStore({ clock, logger, ...options.store });
  const executor = createHandExecutor();
  const executors = new Map<ExecutorName, Executor>([
    ['simulated', createSimulatedExecutor({ clock })],
    ['function', executor],
    ...(options.bundles === undefined ? [] : [['bundle', options.bundles.executor] as const]),
  ]);
  const random = createSeededRandom('api');
  const catalogue = await loadCatalogue('config/demo.json');
  const engine = createEngine(
    {
      ...{ store, clock, random, seeded: createSeededRandom, ids: createIds(uuidv7), logger, metrics: noMetrics, executors },
      replayRunner: createSliceRunner(() => createMemoryHistory(store.image()), options.replayGate),
      ...(options.bundles === undefined ? {} : { inputs: options.bundles.api.inputs }),
    },
    {
      ...{ nodeName: 'test-node', region: 'us-east', algorithm: { algorithm: 'fifo' }, strategyContext: {}, maxWaiting: 100_000 },
      retention: { maxAgeMs: 30 * 86_400_000, maxTasks: 1_000_000, maxLogAgeMs: 30 * 86_400_000 },
      catalogue: {
        pools: [...catalogue.pools.filter((pool) => pool.executor === 'simulated'), handPool, ...(options.pools ?? [])],
        types: catalogue.types,
      },
      ...options.engine,
    },
  );
  const metrics = {
    text: async (openMetrics: boolean) => ({
      type: openMetrics ? 'application/openmetrics-text; version=1.0.0; charset=utf-8' : 'text/plain; version=0.0.4; charset=utf-8',
      body: `trx_up 1\n${openMetrics ? '# EOF\n' : ''}`,
    }),
  };
  const secrets = createSecrets();
  const keys = createKeyring({ store, clock, secrets });
  await keys.load();
  const auth = { keys, sessions: createSessions({ clock, secrets }), guesses: createGuesses(clock) };
  const deps = { engine, auth, logger, clock, random, options: { ...testOptions, ...options.server }, bundles: options.bundles?.api };
  const app = await buildServer({ ...deps, metrics, ...(options.pages === true ? { pages: createPages(deps) } : {}) });
  await app.ready();
  if (options.started !== false) await engine.start();
  check ??= createAnswerCheck(app.swagger() as unknown as OpenApi);
  const closed = options.closed ?? onTestFinished;
  closed(async () => {
    await app.close();
    const drained = engine.drain(0);
    await virtual.settleTo(virtual.monotonicMs() + 10_000, turns); // the time it gives to what does not stop
    await drained;
    await store.close();
  });

  async function call(method: string, url: string, { json, headers, ...rest }: CallOptions = {}): Promise<LightMyRequestResponse> {
    const body = json === undefined ? {} : { payload: JSON.stringify(json) };
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await app.inject({ method: method as 'GET', url, ...body, ...rest, headers: { ...type, ...headers } });
    const contentType = answer.headers['content-type'];
    if (answer.statusCode === 500) throw new Error(`${method} ${url} failed: ${faults.at(-1)}`);
    check?.({
      method,
      url,
      status: answer.statusCode,
      contentType: contentType === undefined ? undefined : String(contentType),
      body: answer.body,
    });
    return answer;
  }

  return {
    ...{ app, engine, store, executor, faults, call },
    advance: (ms) => virtual.settleTo(virtual.monotonicMs() + ms, turns),
    async submit(body = { type: 'echo', payload: 1 }) {
      const answer = await call('POST', '/api/v1/tasks', { json: body });
      if (answer.statusCode !== 201) throw new Error(`submit: ${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
  };
}

/** As many turns of the event loop as a commit and what follows it take. */
export async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
