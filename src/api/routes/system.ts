import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Health as EngineHealth } from '../../core/engine/engine.ts';
import { type ApiDeps, base } from '../deps.ts';
import { RefTo, Strict } from '../schemas/common.ts';
import { Health, Live, Ready, Stats } from '../schemas/system.ts';
import { type FastifyPluginAsyncTypebox, Type } from '../schemas/type.ts';
import { healthView, statsView } from '../views/system.ts';

const tags = ['system'];
const ReadyQuery = Strict({ verbose: Type.Optional(Type.String({ maxLength: 10, description: 'One line of text per check.' })) });

export const statsRoute =
  ({ engine, options }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/system/stats',
      { schema: { operationId: 'getStats', tags, summary: 'Counters and load', response: { 200: RefTo(Stats) }, problems: [] } },
      async () => statsView(engine, options),
    );
  };

/** Health and metrics: under the base and at the root, where probes look for them. */
export const probeRoutes =
  (deps: ApiDeps, where: 'root' | 'base'): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { engine, metrics } = deps;
    const named = (operationId: string) => (where === 'root' ? `${operationId}AtRoot` : operationId);

    app.get(
      '/health',
      {
        schema: {
          operationId: named('getHealth'),
          tags,
          summary: 'What works, in four words',
          response: { 200: RefTo(Health) },
          problems: [],
        },
      },
      async () => healthView(await engine.health(), deps),
    );

    app.get(
      '/health/live',
      { schema: { operationId: named('isLive'), tags, summary: 'The process answers', response: { 200: RefTo(Live) }, problems: [] } },
      async () => ({ status: 'live' as const }),
    );

    app.get(
      '/health/ready',
      {
        schema: {
          operationId: named('isReady'),
          tags,
          summary: 'It takes work',
          querystring: ReadyQuery,
          response: {
            200: {
              description: 'ready',
              content: { 'application/json': { schema: RefTo(Ready) }, 'text/plain': { schema: Type.String() } },
            },
          },
          problems: [422],
        },
      },
      async (request, reply) => {
        const health = await engine.health();
        const checks = checksOf(health);
        const failing = checks.filter(({ problem }) => problem !== undefined);
        if (failing.length > 0) throw unready(health, failing);
        if (request.query.verbose === undefined)
          return { status: 'ready' as const, checks: Object.fromEntries(checks.map(({ name }) => [name, 'ok' as const])) };
        return reply.header('content-type', 'text/plain; charset=utf-8').send(checks.map(({ name }) => `${name} ok\n`).join(''));
      },
    );

    app.get(
      '/metrics',
      {
        schema: {
          operationId: named('getMetrics'),
          tags,
          summary: 'Prometheus metrics',
          response: {
            200: {
              description: 'the text format 0.0.4, or OpenMetrics 1.0 where Accept asks for it',
              content: { 'text/plain': { schema: Type.String() }, 'application/openmetrics-text': { schema: Type.String() } },
            },
          },
          problems: [],
        },
      },
      async (request, reply) => {
        const openMetrics = request.headers.accept?.includes('application/openmetrics-text') === true;
        const { type, body } = await metrics.text(openMetrics);
        return reply.header('content-type', type).send(body);
      },
    );
  };

interface Check {
  readonly name: string;
  /** Why it fails. */
  readonly problem: string | undefined;
}

function checksOf({ phase, step, database, queue, scheduler, storage }: EngineHealth): readonly Check[] {
  const failing = (fails: boolean, problem: string) => (fails ? problem : undefined);
  return [
    { name: 'started', problem: failing(phase === 'starting', step ?? 'starting') },
    { name: 'accepting', problem: failing(phase === 'draining' || phase === 'stopped', 'the server is stopping') },
    { name: 'database', problem: failing(!database, 'the database cannot be read') },
    { name: 'storage', problem: failing(storage !== 'ok', storage === 'full' ? 'the disk is full' : 'the storage failed') },
    { name: 'queue', problem: failing(phase === 'ready' && !queue, 'the queue in memory is not that of the database') },
    { name: 'scheduler', problem: failing(phase === 'ready' && !scheduler && storage === 'ok', 'the decision loop does not answer') },
  ];
}

function unready({ phase, storage }: EngineHealth, failing: readonly Check[]): TaskRouterError {
  const code =
    phase === 'starting'
      ? 'starting'
      : phase !== 'ready'
        ? 'draining'
        : storage === 'full'
          ? 'storage_full'
          : storage === 'failed'
            ? 'storage_failed'
            : 'overloaded';
  const [first] = failing;
  return new TaskRouterError(code, `Not ready: ${first?.name} (${first?.problem}). See ${base}/health.`, {
    errors: failing.map(({ name, problem }) => ({ path: `/checks/${name}`, message: problem ?? 'fails' })),
  });
}
