import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { parseTask } from '../parse-task.ts';
import { RefTo } from '../schemas/common.ts';
import { PreviewQuery, TaskPreview } from '../schemas/preview.ts';
import { TaskInput } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { unknownNames } from '../unknown-names.ts';
import { previewView } from '../views/preview.ts';

/** `POST /tasks/preview`: the body of a submit, and nothing is kept. */
export const previewRoute =
  ({ engine }: Pick<ApiDeps, 'engine'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/tasks/preview',
      {
        config: { alsoWrong: (body) => unknownNames(body, engine) },
        schema: {
          operationId: 'previewTask',
          tags: ['tasks'],
          summary: 'Where a task would go, without submitting it',
          description:
            'Takes the body of a submit and stores nothing. Says where the task would start now and at what price, or why it would wait and for how long; with `strategies`, also where other strategies would send it.',
          querystring: PreviewQuery,
          body: RefTo(TaskInput),
          response: { 200: RefTo(TaskPreview) },
          problems: [413, 415, 422],
        },
      },
      async (request) => {
        const { body, query } = request;
        const input = parseTask(body);
        const { head } = engine.logBounds();
        return previewView(await engine.preview(input, callerOf(request), { strategies: namesIn(query.strategies) }), head);
      },
    );
  };

function namesIn(strategies: string | undefined): readonly string[] | 'all' {
  if (strategies === undefined) return [];
  return strategies === 'all' ? 'all' : strategies.split(',');
}
