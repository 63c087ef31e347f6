import { TaskRouterError } from '../../core/domain/errors.ts';
import type { LivePool } from '../../core/engine/engine.ts';
import { callerOf } from '../caller.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import { type ApiDeps, base } from '../deps.ts';
import { parsePool, parsePoolPatch } from '../parse-pool.ts';
import { NoBody } from '../schemas/batch.ts';
import { NameParams, RefTo } from '../schemas/common.ts';
import { Pool, PoolInput, PoolList, PoolPatch, WorkerList } from '../schemas/pool.ts';
import { Empty } from '../schemas/responses.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { poolView, workerView } from '../views/catalogue.ts';
import { nodeView } from '../views/node.ts';

const tags = ['pools'];

export const poolRoutes =
  ({ engine, options }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/pools',
      {
        schema: {
          operationId: 'listPools',
          tags,
          summary: 'All pools, in catalogue order',
          response: { 200: RefTo(PoolList) },
          problems: [],
        },
      },
      async () => ({ pools: engine.pools().map(poolView) }),
    );

    app.get(
      '/workers',
      {
        schema: {
          operationId: 'listWorkers',
          tags,
          summary: "All pools as the original's clients know them",
          response: { 200: RefTo(WorkerList) },
          problems: [],
        },
      },
      async () => ({ worker_pools: engine.pools().map(workerView), nodes: engine.nodes.all().map(nodeView) }),
    );

    app.post(
      '/pools',
      {
        schema: {
          operationId: 'addPool',
          tags,
          summary: 'Add a pool',
          body: RefTo(PoolInput),
          response: { 201: RefTo(Pool) },
          problems: [409, 413, 415, 422],
        },
      },
      async (request, reply) => {
        const live = await engine.addPool(parsePool(request.body), callerOf(request));
        const { name, version } = live.pool;
        return reply.code(201).header('location', `${base}/pools/${name}`).header('etag', etagOf(version)).send(poolView(live));
      },
    );

    app.get(
      '/pools/:name',
      {
        schema: {
          operationId: 'getPool',
          tags,
          summary: 'One pool',
          description: 'The ETag is the version of its settings: the load is not part of it.',
          params: NameParams,
          response: { 200: RefTo(Pool), 304: Empty('its settings are unchanged') },
          problems: [404],
        },
      },
      async (request, reply) => {
        const live = poolNamed(request.params.name);
        if (isUnchanged(request, reply, live.pool.version)) return reply.code(304).send(undefined);
        return poolView(live);
      },
    );

    app.patch(
      '/pools/:name',
      {
        schema: {
          operationId: 'changePool',
          tags,
          summary: 'Change a pool',
          description: 'A merge patch. Takes effect on the next decision; running work is never stopped by it.',
          consumes: ['application/merge-patch+json', 'application/json'],
          params: NameParams,
          body: RefTo(PoolPatch),
          response: { 200: RefTo(Pool) },
          problems: [404, 412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const version = ifMatch(request, options.requireIfMatch);
        const { pool } = poolNamed(request.params.name);
        const change = parsePoolPatch(request.body, pool);
        // Nested fields were merged with what was read just now, so the change holds for that version.
        const live = await engine.changePool(pool.name, change, callerOf(request), version ?? pool.version);
        return reply.header('etag', etagOf(live.pool.version)).send(poolView(live));
      },
    );

    app.delete(
      '/pools/:name',
      {
        schema: {
          operationId: 'removePool',
          tags,
          summary: 'Remove a pool',
          description: '409 while something runs on it: set its state to draining first.',
          params: NameParams,
          body: NoBody,
          response: { 204: Empty('removed') },
          problems: [404, 409, 412, 415, 422, 428],
        },
      },
      async (request, reply) => {
        await engine.removePool(request.params.name, callerOf(request), ifMatch(request, options.requireIfMatch));
        return reply.code(204).send(undefined);
      },
    );

    function poolNamed(name: string): LivePool {
      const found = engine.pools().find(({ pool }) => pool.name === name);
      if (found === undefined) throw new TaskRouterError('not_found', `There is no pool ${name.slice(0, 64)}. See ${base}/pools.`);
      return found;
    }
  };
