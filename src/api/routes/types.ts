import { TaskRouterError } from '../../core/domain/errors.ts';
import { isName, namePattern } from '../../core/domain/name.ts';
import { type TaskType as DomainTaskType, unlimitedType } from '../../core/domain/task-type.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import { type ApiDeps, anyone, base } from '../deps.ts';
import { refused } from '../refused.ts';
import { NoBody } from '../schemas/batch.ts';
import { NameParams, RefTo } from '../schemas/common.ts';
import { Empty } from '../schemas/responses.ts';
import { TaskType, TaskTypeInput, type TaskTypeInputBody, TaskTypeList } from '../schemas/task-type.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { taskTypeView } from '../views/catalogue.ts';

const tags = ['types'];

export const typeRoutes =
  ({ engine, options }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/types',
      { schema: { operationId: 'listTypes', tags, summary: 'All task types', response: { 200: RefTo(TaskTypeList) }, problems: [] } },
      async () => ({ types: engine.types().map(taskTypeView) }),
    );

    app.get(
      '/types/:name',
      {
        schema: {
          operationId: 'getType',
          tags,
          summary: 'One task type',
          params: NameParams,
          response: { 200: RefTo(TaskType), 304: Empty('unchanged') },
          problems: [404],
        },
      },
      async (request, reply) => {
        const type = typeNamed(request.params.name);
        if (type === undefined)
          throw new TaskRouterError('not_found', `There is no task type ${request.params.name.slice(0, 64)}. See ${base}/types.`);
        if (isUnchanged(request, reply, type.version)) return reply.code(304).send(undefined);
        return taskTypeView(type);
      },
    );

    app.put(
      '/types/:name',
      {
        schema: {
          operationId: 'putType',
          tags,
          summary: 'Add or replace a task type',
          params: NameParams,
          body: RefTo(TaskTypeInput),
          response: { 200: RefTo(TaskType), 201: RefTo(TaskType) },
          problems: [412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const { name } = request.params;
        if (!isName(name)) throw refused({ path: '/params/name', message: `must be text that matches ${namePattern}` });
        const before = typeNamed(name);
        const version = before === undefined ? 0 : ifMatch(request, options.requireIfMatch);
        const type = await engine.putType(specOf(name, request.body), anyone, version);
        if (before === undefined) reply.code(201).header('location', `${base}/types/${name}`);
        return reply.header('etag', etagOf(type.version)).send(taskTypeView(type));
      },
    );

    app.delete(
      '/types/:name',
      {
        schema: {
          operationId: 'removeType',
          tags,
          summary: 'Remove a task type',
          description: 'Tasks of it that are there already keep running. A type that belongs to a handler cannot be removed.',
          params: NameParams,
          body: NoBody,
          response: { 204: Empty('removed') },
          problems: [404, 409, 412, 415, 422, 428],
        },
      },
      async (request, reply) => {
        await engine.removeType(request.params.name, anyone, ifMatch(request, options.requireIfMatch));
        return reply.code(204).send(undefined);
      },
    );

    function typeNamed(name: string): DomainTaskType | undefined {
      return engine.types().find((type) => type.name === name);
    }
  };

function specOf(name: string, body: TaskTypeInputBody) {
  return {
    ...unlimitedType,
    name,
    description: body.description ?? '',
    requires: body.requires ?? [],
    limitTotal: body.limit_total ?? null,
    limitPerTenant: body.limit_per_tenant ?? null,
    timeoutMs: body.timeout_ms ?? 60_000,
    maxAttempts: body.max_attempts ?? 3,
    resourceType: body.resource_type ?? null,
    origin: 'api' as const,
  };
}
