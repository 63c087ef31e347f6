import type { FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import type { SubmitOptions } from '../../core/engine/engine.ts';
import { callerOf } from '../caller.ts';
import { type ApiDeps, base } from '../deps.ts';
import { idempotencyKey, idempotencyOf } from '../idempotency.ts';
import { parseTask } from '../parse-task.ts';
import { applied, preferencesOf } from '../prefer.ts';
import { setRateLimit } from '../rate-limit.ts';
import { RefTo } from '../schemas/common.ts';
import { Task, TaskInput, type TaskInputBody } from '../schemas/task.ts';
import type { FastifyPluginAsyncTypebox } from '../schemas/type.ts';
import { unknownNames } from '../unknown-names.ts';
import { taskView } from '../views/task.ts';
import { waitForEnd } from '../wait.ts';

/** `POST /tasks`: the hot route. It lives apart from the others so that nothing hooks into it that it does not need. */
export const submitRoute =
  ({ engine }: ApiDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/tasks',
      {
        config: { alsoWrong: (body) => unknownNames(body, engine) },
        schema: {
          operationId: 'submitTask',
          tags: ['tasks'],
          summary: 'Submit a task',
          description:
            'Answered after the commit: a 201 survives a crash. `Idempotency-Key` makes it safe to repeat; `Prefer: wait=N` answers when the task has ended or after N seconds (at most 60).',
          body: RefTo(TaskInput),
          response: { 201: RefTo(Task) },
          problems: [409, 413, 415, 422, 429],
        },
      },
      async (request, reply) => {
        const input = parseTask(request.body);
        const { task, replayed } = await engine.submit(input, callerOf(request), optionsOf(request));
        if (replayed) reply.header('idempotency-replayed', 'true');
        setRateLimit(reply, engine.submitLimits(task.tenant, task.type));
        reply.code(201).header('location', `${base}/tasks/${task.id}`);
        if (request.headers['prefer'] !== undefined) return preferred(request, reply, taskView(task, engine.progressOf(task)));
        return taskView(task, engine.progressOf(task));
      },
    );

    async function preferred(request: FastifyRequest, reply: FastifyReply, accepted: ReturnType<typeof taskView>) {
      const preferences = preferencesOf(request);
      applied(reply, preferences);
      const { waitS, minimal } = preferences;
      const ended = waitS === undefined ? undefined : await waitForEnd(engine, reply, accepted.id, waitS, callerOf(request));
      if (minimal) return reply.send();
      return ended === undefined ? accepted : taskView(ended, engine.progressOf(ended));
    }
  };

function optionsOf(request: FastifyRequest<{ Body: TaskInputBody }>): SubmitOptions | undefined {
  const header = idempotencyKey(request);
  const { idempotency_key: field } = request.body;
  if (header === undefined && field === undefined) return undefined;
  const { idempotency_key: _, ...content } = request.body;
  return { idempotency: idempotencyOf(oneKey(header, field), content) };
}

function oneKey(header: string | undefined, field: string | undefined): string {
  if (header !== undefined && field !== undefined && header !== field) {
    const message = 'must be the same as the header Idempotency-Key, or left out';
    throw new TaskRouterError('validation_failed', `idempotency_key ${message}.`, { errors: [{ path: '/body/idempotency_key', message }] });
  }
  return (header ?? field) as string; // one of them is there
}
