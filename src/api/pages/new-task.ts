import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { taskFromForm } from '../../../frontend/js/model/forms.js';
import type { FormState } from '../../../frontend/js/views/fields.js';
import { type TaskFormModel, taskFormScreen } from '../../../frontend/js/views/task-form.js';
import { constraintsText } from '../../core/domain/constraint.ts';
import type { Task } from '../../core/domain/task.ts';
import type { Caller, Engine } from '../../core/engine/engine.ts';
import type { ProblemBody } from '../errors.ts';
import { idempotencyOf } from '../idempotency.ts';
import { parseTask } from '../parse-task.ts';
import type { TaskPreviewBody } from '../schemas/preview.ts';
import { TaskInput } from '../schemas/task.ts';
import { previewView } from '../views/preview.ts';
import { taskView } from '../views/task.ts';
import { type FormValues, formOf, originOf, queryOf, viewerOf } from './asked.ts';
import type { Renderer } from './render.ts';
import { type Done, type PageDeps, type Screen, screenOf } from './screen.ts';
import { attempt, checkBody } from './validate.ts';

/** `/tasks/new`: the form with every field, and where every submit form of the dashboard is sent to. */
export function newTaskPages(app: FastifyInstance, { engine }: PageDeps, { show, leave }: Renderer): void {
  app.get('/tasks/new', { schema: { hide: true } }, (request, reply) =>
    show(request, reply, async () => {
      const query = queryOf(request);
      const values = await prefilled(engine, query, viewerOf(request));
      return query.get('preview') === '1'
        ? previewed(request, values)
        : screenOf('task-form', 'New task', taskFormScreen, taskFormModel(request, engine, { values }));
    }),
  );

  app.post('/tasks/new', { schema: { hide: true } }, async (request, reply) => {
    const values = formOf(request);
    const made = await attempt(request, () => submit(request, values));
    if ('value' in made) return leave(reply, made.value);
    return show(request, reply, () => refused(request, values, made.problem));
  });

  app.post('/tasks/preview', { schema: { hide: true } }, (request, reply) =>
    show(request, reply, () => previewed(request, formOf(request))),
  );

  /** The form as it was filled in, and what would become of the task now. */
  async function previewed(request: FastifyRequest, values: FormValues): Promise<Screen> {
    const seen = await attempt(request, () => preview(request, values));
    if ('problem' in seen) return refused(request, values, seen.problem);
    const model = { ...taskFormModel(request, engine, { values }), preview: seen.value };
    return screenOf('task-form', 'New task', taskFormScreen, model);
  }

  function refused(request: FastifyRequest, values: FormValues, problem: ProblemBody): Screen {
    return screenOf('task-form', 'New task', taskFormScreen, taskFormModel(request, engine, { values, problem }), problem.status);
  }

  async function preview(request: FastifyRequest, values: FormValues): Promise<TaskPreviewBody> {
    const body = checkBody(request, TaskInput, taskFromForm(values));
    const { head } = engine.logBounds();
    return previewView(await engine.preview(parseTask(body), viewerOf(request), { strategies: 'all' }), head);
  }

  async function submit(request: FastifyRequest, values: FormValues): Promise<Done> {
    const body = checkBody(request, TaskInput, taskFromForm(values));
    const key = values['request_key'] ?? '';
    // A double click and a page sent again carry the same key: they make one task.
    const once = /^[!-~]{1,255}$/.test(key) ? { idempotency: idempotencyOf(key, body) } : {};
    const { task } = await engine.submit(parseTask(body), viewerOf(request), once);
    return { to: `/tasks/${task.id}`, flash: { tone: 'ok', text: `Task #${task.seq} was accepted.` } };
  }
}

export function taskFormModel(request: FastifyRequest, engine: Engine, form: FormState): TaskFormModel {
  const { region, regions } = engine.defaults();
  return {
    form,
    types: engine.types().map(({ name, description }) => ({ name, description })),
    regions,
    region,
    requestKey: randomUUID(),
    origin: originOf(request),
  };
}

/** Fields may come in the address, so that any page can lead here with a form half filled in; `clone` names a task to copy. */
async function prefilled(engine: Engine, query: URLSearchParams, viewer: Caller): Promise<FormValues> {
  const clone = query.get('clone');
  const task = clone === null ? undefined : await engine.task(clone.toLowerCase(), viewer);
  return { ...(task === undefined ? {} : fieldsOf(task)), ...Object.fromEntries(query) };
}

function fieldsOf(task: Task): FormValues {
  const wire = taskView(task);
  const fields: Record<string, string> = {};
  for (const name of [
    'type',
    'tenant',
    'priority',
    'cost',
    'resource_type',
    'slots',
    'parts',
    'estimate_ms',
    'max_cost',
    'timeout_ms',
    'max_attempts',
  ] as const) {
    const value = wire[name];
    if (value !== null) fields[name] = String(value);
  }
  fields['region'] = wire.region ?? 'any';
  if (wire.regions !== null) fields['regions'] = wire.regions.join(', ');
  if (task.constraints !== null) fields['constraints'] = constraintsText(task.constraints);
  if (wire.region_mode === 'require') fields['region_mode'] = 'require';
  if (wire.payload !== null) fields['payload'] = JSON.stringify(wire.payload);
  if (wire.metadata !== null) fields['metadata'] = JSON.stringify(wire.metadata);
  return fields;
}
