import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { V7Generator } from 'uuidv7';
import { createPages } from './api/pages/plugin.ts';
import { buildServer } from './api/server.ts';
import { contextOf, loadCatalogue } from './catalogue.ts';
import type { Config } from './config.ts';
import { TaskRouterError } from './core/domain/errors.ts';
import { StartupError } from './core/domain/startup-error.ts';
import { type TaskTypeSpec, unlimitedType } from './core/domain/task-type.ts';
import type { SimulationInput } from './core/domain/workload.ts';
import { createEngine } from './core/engine/create-engine.ts';
import type { Engine } from './core/engine/engine.ts';
import type { EngineOptions } from './core/engine/wiring.ts';
import { type HandlerSet, loadHandlers } from './core/executors/handlers-loader.ts';
import { createExecutors } from './core/executors/registry.ts';
import { createSeededRandom } from './core/replay/seeded-random.ts';
import { createStrategy } from './core/strategies/registry.ts';
import { createPlanThread } from './core/system/plan-thread.ts';
import { createRandomWords } from './core/system/random-words.ts';
import { createSystemClock } from './core/system/system-clock.ts';
import { createSystemRandom } from './core/system/system-random.ts';
import { createIds } from './core/system/uuid.ts';
import { packageVersion } from './package-version.ts';
import { choosePort } from './port-choice.ts';
import { createThreadRunner } from './replay/thread-runner.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { openAuth } from './start-auth.ts';
import { openBundles } from './start-bundles.ts';
import { urlOf } from './startup-lines.ts';
import { openStore } from './store/open-store.ts';
import { packageRoot } from './store/package-root.ts';
import { logSystemEvents } from './telemetry/log-events.ts';
import { logReports } from './telemetry/log-reports.ts';
import type { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';

export interface RunningServer {
  readonly url: string;
  readonly hasMoved: boolean;
  /** Recovers and begins to decide; answers when the server is ready. Returns the name of the active strategy. */
  begin(): Promise<string>;
  /** Takes nothing new, lets what runs end for `graceMs`, then stops it; commits, closes, gives the data folder back. */
  stop(graceMs: number): Promise<void>;
  /** A stop that waits for running work waits no longer. */
  hurry(): void;
}

type ServerLogger = ReturnType<typeof createLogger>;

const dayMs = 24 * 3_600_000;
/** Connections that do not end by themselves by then are cut with the process. */
const connectionsMs = 3_000;

/**
 * Builds every part and listens; probes can see how far the start is. What was opened is closed again when a later part fails.
 * @param onStorageFailed the database can no longer be written and never will be by this process
 * @throws StartupError
 */
export async function startServer(
  config: Config,
  logger: ServerLogger,
  onStorageFailed: (reason: string, exitCode: 70 | 75) => void,
): Promise<RunningServer> {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const version = packageVersion();
  const metrics = createMetrics({ version });
  const catalogue = await loadCatalogue(config.catalogue ?? join(packageRoot(), 'config', 'demo.json'));
  const context = contextOf(catalogue);
  refuseUnknownAlgorithm(config.algorithm);

  const store = await openStore({ ...config, clock, logger, metrics: metrics.port });
  try {
    store.onState((state, reason, exitCode = 70) => {
      if (state === 'failed') onStorageFailed(reason, exitCode);
    });
    const auth = await openAuth(config, { store, clock });
    const handlers = await loadHandlers(config.handlersDir, { clock });
    for (const warning of handlers.warnings) logger.warn({}, warning);
    const bundles = await openBundles(config, {
      ...{ clock, logger, store },
      settingsOf: (type) => engine.types().find(({ name }) => name === type)?.bundle ?? undefined,
      failed: (error) => logger.error({ err: error }, 'files could not be removed'),
    });
    const onReport = logReports(logger);
    const executors = createExecutors(
      { clock, handlers, onReport, more: [bundles.executor] },
      { maxThreads: config.functionThreads, heapMb: config.functionHeapMb },
    );
    const uuids = new V7Generator(createRandomWords());
    const engine: Engine = createEngine(
      {
        ...{ store, clock, random, logger, executors, onReport },
        replayRunner: createThreadRunner({ dataDir: config.dataDir, context }),
        seeded: createSeededRandom,
        ids: createIds(() => uuids.generate().toString()),
        inputs: bundles.api.inputs,
        onFault: () => onStorageFailed('an internal fault: memory may differ from the database', 70),
        metrics: metrics.port,
        planSolver: createPlanThread(clock),
      },
      engineOptions(config, { pools: catalogue.pools, types: [...catalogue.types, ...handlerTypes(handlers)] }, context),
    );
    metrics.observe(engine);
    const options = { ...config, version };
    const api = { engine, logger, clock, random, metrics, options, auth, bundles: bundles.api };
    const app = await buildServer({ ...api, pages: createPages(api) });

    const port = await choosePort({ ...config, isExplicit: config.origins.port !== 'standard' });
    await app.listen({ host: config.host, port });
    const address = app.server.address();
    const bound = typeof address === 'object' ? (address?.port ?? port) : port;
    const url = urlOf(config.host, bound);
    await writeRunFile(config.dataDir, { pid: process.pid, url });

    return {
      url,
      hasMoved: config.port !== 0 && bound !== config.port,
      async begin() {
        await bundles.begin();
        await engine.start();
        // Not before: the catalogue of a first start would be thirty lines that nobody did.
        logSystemEvents(engine.events, logger);
        warnOfRegion(config, engine, logger);
        if (config.demo) await engine.simulate(demoTraffic(random.next()), { name: 'demo', tenant: undefined }).catch(unlessStopping);
        return engine.algorithm().name;
      },
      async stop(graceMs) {
        await engine.drain(graceMs);
        await bundles.close();
        await Promise.race([app.close(), sleep(connectionsMs)]);
        await store.close();
        await removeRunFile(config.dataDir);
      },
      hurry: () => void engine.drain(0),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function refuseUnknownAlgorithm(name: string): void {
  const made = createStrategy(name);
  if (made.kind !== 'made') throw new StartupError(78, made.message);
}

function engineOptions(
  config: Config,
  catalogue: EngineOptions['catalogue'],
  strategyContext: EngineOptions['strategyContext'],
): EngineOptions {
  return {
    nodeName: config.nodeName,
    region: config.region,
    catalogue,
    algorithm: { algorithm: config.algorithm },
    strategyContext,
    retention: {
      maxAgeMs: config.retentionDays * dayMs,
      maxTasks: config.retentionTasks,
      maxLogAgeMs: config.retentionLogDays * dayMs,
    },
    maxWaiting: config.maxQueued,
    nodes: { leaseMs: config.nodeLeaseMs, maxNodes: config.maxNodes },
  };
}

/** Types of an empty database for the handlers there are, with what they say about themselves. `wait` takes up to an hour. */
function handlerTypes({ types }: HandlerSet): TaskTypeSpec[] {
  return [...types].map(([name, { description }]) => ({
    ...unlimitedType,
    ...{ name, description, requires: [], maxAttempts: 3, resourceType: null },
    timeoutMs: name === 'wait' ? 3_660_000 : 60_000,
    origin: 'handler',
  }));
}

function warnOfRegion({ region }: Config, engine: Engine, logger: ServerLogger): void {
  const { regions } = engine.defaults();
  if (!regions.includes(region)) logger.warn({ region, regions }, 'no pool is in the home region of tasks that name none');
}

/** A minute of Poisson arrivals over all regions, five a second. */
function demoTraffic(chance: number): SimulationInput {
  return {
    ...{ taskCount: 300, distribution: 'random', regionBias: null, priorityRange: [1, 10], costRange: [0.1, 10] },
    ...{ pattern: 'poisson', rate: 5, durationMs: 60_000, seed: Math.floor(chance * 2 ** 32) },
  };
}

/** A stop that came during the start is no mistake of anybody's. */
function unlessStopping(error: unknown): void {
  if (!(error instanceof TaskRouterError && error.code === 'draining')) throw error;
}
