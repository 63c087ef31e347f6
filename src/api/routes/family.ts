import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { IdParams, RefTo } from '../schemas/common.ts';
import { Family } from '../schemas/dependency.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { notFound, taskId } from '../task-id.ts';
import { familyView } from '../views/family.ts';

/** Who waits for whom. */
export const familyRoute =
  ({ engine }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/tasks/:id/dependencies',
      {
        schema: {
          operationId: 'getDependencies',
          tags: ['tasks'],
          summary: 'What a task depends on, and what depends on it',
          params: IdParams,
          response: { 200: RefTo(Family) },
          problems: [404],
        },
      },
      async (request) => {
        const family = await engine.family(taskId(request.params.id), callerOf(request));
        if (family === undefined) throw notFound();
        return familyView(family);
      },
    );
  };
