import { callerOf } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { pageInfoOf, windowOf } from '../paging.ts';
import { refused } from '../refused.ts';
import { RefTo } from '../schemas/common.ts';
import { LogList, LogListQuery, type LogListQueryFields } from '../schemas/lists.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { logRowView } from '../views/log.ts';

export const logRoutes =
  ({ engine }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/logs',
      {
        schema: {
          operationId: 'listLogs',
          tags: ['audit'],
          summary: 'The log, newest first',
          querystring: LogListQuery,
          response: { 200: RefTo(LogList) },
          problems: [422],
        },
      },
      async (request, reply) => {
        const filter = filterOf(request.query);
        const window = windowOf(request.query, filter);
        const { limit, offset, cursor } = window;
        if (cursor?.direction === 'newer')
          throw refused({ path: '/query/cursor', message: 'must be a next_cursor: the log is read towards the past' });
        const position = cursor === undefined ? { offset } : { before: cursor.key };
        const page = await engine.log({ ...filter, limit, ...position }, callerOf(request));
        const found = { ...page, hasNewer: false, newest: page.entries[0]?.seq, oldest: page.entries.at(-1)?.seq };
        return { logs: page.entries.map(logRowView), ...pageInfoOf(request, reply, window, filter, found) };
      },
    );
  };

function filterOf({ task_id: task, event_type: type }: LogListQueryFields) {
  const which = task === undefined ? {} : task === 'system' ? { system: true } : { task: task.toLowerCase() };
  return type === undefined ? which : { ...which, types: [type] };
}
