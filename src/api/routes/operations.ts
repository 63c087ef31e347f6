import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Operation as DomainOperation } from '../../core/domain/operation.ts';
import { callerOf } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { NoBody } from '../schemas/batch.ts';
import { IdParams, RefTo } from '../schemas/common.ts';
import { BulkCount, BulkInput, Operation } from '../schemas/operation.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { parseTaskFilter } from '../task-filter.ts';
import { operationView } from '../views/operation.ts';

const tags = ['tasks'];

/** One action on all tasks that match a filter, and how far it got. */
export const operationRoutes =
  ({ engine }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/tasks/bulk',
      {
        schema: {
          operationId: 'bulkTasks',
          tags,
          summary: 'Cancel or retry all tasks that match a filter',
          description:
            'Works in the background, from the newest task there is now to the oldest, and goes on after a restart: read /operations/{id}. `dry_run` answers 200 with how many match and does nothing; so does a request that no task matches, of which nothing is kept. At most four of a tenant run at the same time, and sixteen in all. `Idempotency-Key` makes it safe to repeat.',
          body: RefTo(BulkInput),
          response: { 200: RefTo(BulkCount), 202: RefTo(Operation) },
          problems: [400, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const { action, filter: asked, dry_run: isDry = false } = request.body;
        const filter = parseTaskFilter(asked, engine, '/body/filter');
        if (isDry) {
          const { matched, matchedIsCapped } = await engine.bulk.count({ action, filter }, callerOf(request));
          return { action, matched, matched_is_capped: matchedIsCapped };
        }
        const key = idempotencyKey(request);
        const again = key === undefined ? undefined : idempotencyOf(key, request.body);
        const { operation, replayed } = await engine.bulk.start({ action, filter }, callerOf(request), again);
        if (operation === undefined) return { action, matched: 0, matched_is_capped: false };
        if (replayed) reply.header('idempotency-replayed', 'true');
        return reply.code(202).header('location', `${base}/operations/${operation.id}`).send(operationView(operation));
      },
    );

    app.get(
      '/operations/:id',
      {
        schema: {
          operationId: 'getOperation',
          tags,
          summary: 'How far an operation got',
          params: IdParams,
          response: { 200: RefTo(Operation) },
          problems: [404],
        },
      },
      async (request) => found(await engine.bulk.get(request.params.id, callerOf(request))),
    );

    app.delete(
      '/operations/:id',
      {
        schema: {
          operationId: 'stopOperation',
          tags,
          summary: 'Stop an operation',
          description: 'What it has done stays; one that had ended stays as it was.',
          params: IdParams,
          body: NoBody,
          response: { 200: RefTo(Operation) },
          problems: [404, 415, 422],
        },
      },
      async (request) => found(await engine.bulk.stop(request.params.id, callerOf(request))),
    );
  };

function found(operation: DomainOperation | undefined) {
  if (operation === undefined) throw new TaskRouterError('not_found', 'Operation not found');
  return operationView(operation);
}
