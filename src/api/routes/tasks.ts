import { TaskRouterError } from '../../core/domain/errors.ts';
import type { TaskId } from '../../core/domain/units.ts';
import type { Caller } from '../../core/engine/engine.ts';
import { callerOf } from '../caller.ts';
import { etagOf, ifMatch, isUnchanged } from '../conditions.ts';
import { type ApiDeps, base } from '../deps.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { pageInfoOf, windowOf } from '../paging.ts';
import { applied, preferencesOf } from '../prefer.ts';
import { setRateLimit } from '../rate-limit.ts';
import { NoBody } from '../schemas/batch.ts';
import { IdParams, RefTo } from '../schemas/common.ts';
import { ExplainQuery, Explanation } from '../schemas/explanation.ts';
import { TaskList, TaskListQuery } from '../schemas/lists.ts';
import { TaskLog } from '../schemas/log.ts';
import { Empty } from '../schemas/responses.ts';
import { Task } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { parseTaskFilter } from '../task-filter.ts';
import { notFound, taskId } from '../task-id.ts';
import { explanationView } from '../views/explanation.ts';
import { attemptView, logRowView } from '../views/log.ts';
import { taskSummaryView, taskView } from '../views/task.ts';
import { waitForEnd } from '../wait.ts';

const tags = ['tasks'];

/** Everything about tasks but their submission. */
export const taskRoutes =
  ({ engine, clock }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/tasks',
      {
        schema: {
          operationId: 'listTasks',
          tags,
          summary: 'List tasks, newest first',
          querystring: TaskListQuery,
          response: { 200: RefTo(TaskList) },
          problems: [422],
        },
      },
      async (request, reply) => {
        const filter = parseTaskFilter(request.query, engine);
        const window = windowOf(request.query, filter);
        const { limit, offset, cursor } = window;
        const position = cursor === undefined ? { offset } : cursor.direction === 'older' ? { before: cursor.key } : { after: cursor.key };
        const page = await engine.tasks({ filter, limit, ...position }, callerOf(request));
        const found = { ...page, newest: page.tasks[0]?.seq, oldest: page.tasks.at(-1)?.seq };
        const tasks = page.tasks.map((task) => taskSummaryView(task, engine.reasonOf(task), engine.progressOf(task)));
        return { tasks, ...pageInfoOf(request, reply, window, filter, found) };
      },
    );

    app.get(
      '/tasks/:id',
      {
        schema: {
          operationId: 'getTask',
          tags,
          summary: 'One task',
          description: '`If-None-Match` answers 304 when nothing changed; `Prefer: wait=N` waits up to N seconds (at most 60) for its end.',
          params: IdParams,
          response: { 200: RefTo(Task), 304: Empty('unchanged') },
          problems: [404],
        },
      },
      async (request, reply) => {
        const id = taskId(request.params.id);
        const preferences = preferencesOf(request);
        const { waitS } = preferences;
        if (waitS !== undefined) applied(reply, { waitS, minimal: false });
        const task = await (waitS === undefined
          ? engine.task(id, callerOf(request))
          : waitForEnd(engine, reply, id, waitS, callerOf(request)));
        if (task === undefined) throw notFound();
        const progress = engine.progressOf(task);
        const isKnown = isUnchanged(request, reply, task.version);
        // Progress is no change of the task and grows no version: whoever asks while there is some gets it.
        if (isKnown && progress === undefined) return reply.code(304).send(undefined);
        return taskView(task, progress);
      },
    );

    app.delete(
      '/tasks/:id',
      {
        schema: {
          operationId: 'cancelTask',
          tags,
          summary: 'Cancel a task',
          description:
            '204: it waited and will never run. 202: it runs and is being stopped; read it until it has ended. 409: it had ended.',
          params: IdParams,
          body: NoBody,
          response: { 202: RefTo(Task), 204: Empty('cancelled') },
          problems: [404, 409, 412, 415, 422],
        },
      },
      async (request, reply) => {
        const id = taskId(request.params.id);
        await checkVersion(id, ifMatch(request), callerOf(request));
        if ((await engine.cancel(id, callerOf(request))) === 'cancelled') return reply.code(204).send(undefined);
        const task = await engine.task(id, callerOf(request));
        if (task === undefined) throw notFound();
        return reply
          .code(202)
          .header('etag', etagOf(task.version))
          .send(taskView(task, engine.progressOf(task)));
      },
    );

    /** A version read before: the task may still move between this and the cancel, which the cancel itself decides for good. */
    async function checkVersion(id: TaskId, version: number | undefined, caller: Caller): Promise<void> {
      if (version === undefined) return;
      const task = await engine.task(id, caller);
      if (task === undefined) throw notFound();
      if (task.version !== version)
        throw new TaskRouterError('version_mismatch', `The task is ${task.status} now, version ${task.version}. Read it again and repeat.`);
    }

    app.post(
      '/tasks/:id/retry',
      {
        schema: {
          operationId: 'retryTask',
          tags,
          summary: 'Run it again',
          description:
            '201: a new task like the one that ended, with `retry_of`; `Idempotency-Key` makes it safe to repeat. 200: the task was backing off, and is due now.',
          params: IdParams,
          body: NoBody,
          response: { 200: RefTo(Task), 201: RefTo(Task) },
          problems: [404, 409, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const id = taskId(request.params.id);
        const key = idempotencyKey(request);
        const again = key === undefined ? undefined : { idempotency: idempotencyOf(key, { retry: id }) };
        const { task, created, replayed } = await engine.retry(id, callerOf(request), again);
        if (replayed) reply.header('idempotency-replayed', 'true');
        if (created) {
          reply.code(201).header('location', `${base}/tasks/${task.id}`);
          setRateLimit(reply, engine.submitLimits(task.tenant, task.type));
        }
        return reply.send(taskView(task, engine.progressOf(task)));
      },
    );

    app.get(
      '/tasks/:id/log',
      {
        schema: {
          operationId: 'getTaskLog',
          tags,
          summary: 'Everything that happened to a task',
          params: IdParams,
          response: { 200: RefTo(TaskLog) },
          problems: [404],
        },
      },
      async (request) => {
        const id = taskId(request.params.id);
        const [entries, attempts] = await Promise.all([engine.taskLog(id, callerOf(request)), engine.attempts(id, callerOf(request))]);
        if (entries === undefined || attempts === undefined) throw notFound();
        return { task_id: id, logs: entries.map(logRowView), attempts: attempts.map(attemptView) };
      },
    );

    app.get(
      '/tasks/:id/explain',
      {
        schema: {
          operationId: 'explainTask',
          tags,
          summary: 'Why it waits, or why it went where it went',
          params: IdParams,
          querystring: ExplainQuery,
          response: { 200: RefTo(Explanation) },
          problems: [404, 422],
        },
      },
      async (request) => {
        const { pools, cursor = 0 } = request.query;
        const page = pools === '1' ? { offset: Number(cursor), limit: poolsPerPage } : undefined;
        const explanation = await engine.explain(taskId(request.params.id), callerOf(request), { pools: page });
        if (explanation === undefined) throw notFound();
        return explanationView(explanation, engine.logBounds().head, clock.now(), page?.offset);
      },
    );
  };

const poolsPerPage = 100;
