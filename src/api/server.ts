import compress from '@fastify/compress';
import Fastify, { type FastifyInstance } from 'fastify';
import { type ApiDeps, base } from './deps.ts';
import { createRefusals, type Refusals } from './errors.ts';
import { createHub } from './live/hub.ts';
import { useJsonBodies } from './plugins/body-parsers.ts';
import { createDoor } from './plugins/door.ts';
import { useGuard } from './plugins/guard.ts';
import { setSafeHeaders } from './plugins/headers.ts';
import { useKeyless } from './plugins/keyless.ts';
import { useLostPage } from './plugins/lost.ts';
import { useOpenApi } from './plugins/openapi.ts';
import { createOriginRules } from './plugins/origin.ts';
import { collectPaths } from './plugins/paths.ts';
import { createPressure } from './plugins/pressure.ts';
import { createRequestIds } from './plugins/request-id.ts';
import { useLazySerialisers } from './plugins/serialisation.ts';
import { watchSlowBodies } from './plugins/slow-bodies.ts';
import { type Compile, useStrictValidation } from './plugins/validation.ts';
import { refuseConnection } from './raw-problem.ts';
import { algorithmRoutes } from './routes/algorithms.ts';
import { batchRoute } from './routes/batch.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { familyRoute } from './routes/family.ts';
import { fileRoutes } from './routes/files.ts';
import { jobBatchRoute } from './routes/job-batch.ts';
import { jobRoutes } from './routes/jobs.ts';
import { keyRoutes } from './routes/keys.ts';
import { logRoutes } from './routes/logs.ts';
import { nodeFileRoutes } from './routes/node-files.ts';
import { nodeProtocolRoutes } from './routes/node-protocol.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { operationRoutes } from './routes/operations.ts';
import { poolRoutes } from './routes/pools.ts';
import { previewRoute } from './routes/preview.ts';
import { quotaRoutes } from './routes/quotas.ts';
import { replayEventRoute } from './routes/replay-events.ts';
import { replayRoutes } from './routes/replays.ts';
import { simulationRoutes } from './routes/simulations.ts';
import { submitRoute } from './routes/submit.ts';
import { probeRoutes, statsRoute } from './routes/system.ts';
import { taskRoutes } from './routes/tasks.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { typeRoutes } from './routes/types.ts';

/** RELIABILITY 8.3: Fastify's defaults keep slow connections for ever. */
const limits = {
  bodyLimit: 1_048_576,
  /** The whole request; a JSON body has 5 s, see slow-bodies.ts. */
  requestTimeout: 120_000,
  connectionTimeout: 15_000,
  keepAliveTimeout: 15_000,
  http: { headersTimeout: 4_000, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
} as const;
const defaultMaxConnections = 500;

/**
 * The HTTP server with every route, not listening yet. Requests are counted, not logged: a log line costs more than the request. Faults are
 * logged with their request id.
 */
export async function buildServer(deps: ApiDeps): Promise<FastifyInstance> {
  const { engine, clock, random, logger, options } = deps;
  const refusals = createRefusals({ logger, random });
  const app = Fastify({
    ...limits,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // the engine's own refusal says more, and in our words
    requestIdHeader: false,
    genReqId: createRequestIds(Math.floor(random.next() * 36 ** 6).toString(36)),
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => {
      setSafeHeaders(reply); // hooks have not run
      refusals.handle(error, request, reply);
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
  });
  app.server.maxConnections = options.maxConnections ?? defaultMaxConnections;
  useLostPage(app, refusals);

  const compile = useStrictValidation(app);
  useLazySerialisers(app);
  useJsonBodies(app);
  const paths = collectPaths(app);
  const pressure = createPressure({ clock, memoryLimitBytes: options.memoryLimitBytes });
  const slowBodies = watchSlowBodies(app.server, clock);
  app.addHook('onClose', (_app, done) => {
    pressure.close();
    slowBodies.close();
    done();
  });
  const door = createDoor(app, options.auth === 'off' ? undefined : deps.auth);
  useGuard(app, {
    engine,
    origins: createOriginRules(options),
    door,
    paths,
    pressure,
    nodeName: options.nodeName,
    hasPages: deps.pages !== undefined,
  });
  app.setNotFoundHandler((request, reply) => paths.refuse(request, reply));
  await useOpenApi(app, options.version);
  await registerRoutes(app, deps, compile, refusals);
  return app;
}

async function registerRoutes(app: FastifyInstance, deps: ApiDeps, compile: Compile, refusals: Refusals): Promise<void> {
  const hub = createHub(deps);
  useKeyless(app, deps, hub);
  await app.register(submitRoute(deps), { prefix: base });
  await app.register(batchRoute(deps, compile, refusals), { prefix: base });
  await app.register(jobRoutes(deps, compile), { prefix: base });
  await app.register(jobBatchRoute(deps, compile), { prefix: base });
  await app.register(fileRoutes(deps), { prefix: base });
  await app.register(eventRoutes(deps, hub), { prefix: base });
  await app.register(replayEventRoute(deps), { prefix: base });
  await app.register(nodeProtocolRoutes(deps), { prefix: base });
  await app.register(nodeFileRoutes(deps, compile), { prefix: base });
  await app.register(async (reads) => {
    // Here and not above: compression hooks into every route of its scope, which a hot route would feel.
    await reads.register(compress, { global: true, globalDecompression: false, threshold: 2_048, encodings: ['gzip', 'identity'] });
    await reads.register(taskRoutes(deps), { prefix: base });
    await reads.register(operationRoutes(deps), { prefix: base });
    await reads.register(explainRoutes(deps), { prefix: base });
    await reads.register(familyRoute(deps), { prefix: base });
    await reads.register(previewRoute(deps), { prefix: base });
    await reads.register(poolRoutes(deps), { prefix: base });
    await reads.register(nodeRoutes(deps), { prefix: base });
    await reads.register(typeRoutes(deps), { prefix: base });
    await reads.register(tenantRoutes(deps), { prefix: base });
    if (deps.auth !== undefined) await reads.register(keyRoutes(deps.auth), { prefix: base });
    await reads.register(quotaRoutes(deps), { prefix: base });
    await reads.register(algorithmRoutes(deps), { prefix: base });
    await reads.register(replayRoutes(deps), { prefix: base });
    await reads.register(simulationRoutes(deps), { prefix: base });
    await reads.register(logRoutes(deps), { prefix: base });
    await reads.register(statsRoute(deps), { prefix: base });
    await reads.register(probeRoutes(deps, 'base'), { prefix: base });
    await reads.register(probeRoutes(deps, 'root'));
    await reads.register(discoveryRoutes(deps));
    await reads.register(docsRoutes);
    if (deps.pages !== undefined) await reads.register(deps.pages);
  });
}
