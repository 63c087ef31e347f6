import { TaskRouterError } from '../../core/domain/errors.ts';
import { isName, nameRule } from '../../core/domain/name.ts';
import type { TaskType as DomainTaskType } from '../../core/domain/task-type.ts';
import { callerOf } from '../caller.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import { type ApiDeps, base } from '../deps.ts';
import { parseType, parseTypePatch } from '../parse-type.ts';
import { refused } from '../refused.ts';
import { NoBody } from '../schemas/batch.ts';
import { NameParams, RefTo } from '../schemas/common.ts';
import { ForceQuery } from '../schemas/quota.ts';
import { Empty } from '../schemas/responses.ts';
import { TaskType, TaskTypeInput, TaskTypeList, TaskTypePatch } from '../schemas/task-type.ts';
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
        const type = mustBe(request.params.name);
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
          querystring: ForceQuery,
          body: RefTo(TaskTypeInput),
          response: { 200: RefTo(TaskType), 201: RefTo(TaskType) },
          problems: [409, 412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const { name } = request.params;
        if (!isName(name)) throw refused({ path: '/params/name', message: `must be ${nameRule}` });
        const before = typeNamed(name);
        const ifVersion = before === undefined ? 0 : ifMatch(request, options.requireIfMatch);
        const spec = parseType(name, request.body, 'api');
        const type = await engine.putType(spec, callerOf(request), { ifVersion, force: request.query.force });
        if (before === undefined) reply.code(201).header('location', `${base}/types/${name}`);
        return reply.header('etag', etagOf(type.version)).send(taskTypeView(type));
      },
    );

    app.patch(
      '/types/:name',
      {
        schema: {
          operationId: 'changeType',
          tags,
          summary: 'Change a task type',
          description: 'A merge patch. Limits take effect on the next submit and the next decision; running work is never stopped by it.',
          consumes: ['application/merge-patch+json', 'application/json'],
          params: NameParams,
          querystring: ForceQuery,
          body: RefTo(TaskTypePatch),
          response: { 200: RefTo(TaskType) },
          problems: [404, 409, 412, 413, 415, 422, 428],
        },
      },
      async (request, reply) => {
        const version = ifMatch(request, options.requireIfMatch);
        const before = mustBe(request.params.name);
        const spec = parseTypePatch(request.body, before);
        // What the patch leaves out is as it was read just now, so the change holds for that version.
        const ifVersion = version ?? before.version;
        const type = await engine.putType(spec, callerOf(request), { ifVersion, force: request.query.force });
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
        await engine.removeType(request.params.name, callerOf(request), ifMatch(request, options.requireIfMatch));
        return reply.code(204).send(undefined);
      },
    );

    function mustBe(name: string): DomainTaskType {
      const type = typeNamed(name);
      if (type === undefined) throw new TaskRouterError('not_found', `There is no task type ${name.slice(0, 64)}. See ${base}/types.`);
      return type;
    }

    function typeNamed(name: string): DomainTaskType | undefined {
      return engine.types().find((type) => type.name === name);
    }
  };
