import type { ApiDeps } from '../deps.ts';
import { RefTo } from '../schemas/common.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { WaitingQuery, WaitingWork } from '../schemas/waiting.ts';
import { waitingView } from '../views/waiting.ts';

const usualGroups = 100;

/** Why work waits, seen as a whole. Of one task, `GET /tasks/{id}/explain` says more. */
export const explainRoutes =
  ({ engine }: Pick<ApiDeps, 'engine'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/explain/waiting',
      {
        schema: {
          operationId: 'explainWaiting',
          tags: ['tasks'],
          summary: 'Waiting work by reason, and who can clear it',
          querystring: WaitingQuery,
          response: { 200: RefTo(WaitingWork) },
          problems: [422],
        },
      },
      async ({ query: { limit = usualGroups, code } }) => waitingView(await engine.waiting({ limit, code })),
    );
  };
