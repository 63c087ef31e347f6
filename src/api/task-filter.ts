import { TaskRouterError } from '../core/domain/errors.ts';
import { type TaskStatus, taskStatuses } from '../core/domain/task-status.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { TaskFilter } from '../core/ports/task-store.ts';
import { parseTime } from './parse-task.ts';
import type { TaskListQueryFields } from './schemas/lists.ts';

/** As a query holds it, or a body, where one word need not be a list. */
type TaskFilterFields = Omit<TaskListQueryFields, 'status' | 'type' | 'region' | 'pool'> & {
  readonly [K in 'status' | 'type' | 'region' | 'pool']?: string | readonly string[];
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** @param at where it stands in the request @throws TaskRouterError `invalid_filter` (status, type, region: the original's 400), `validation_failed` (times) */
export function parseTaskFilter(query: TaskFilterFields, engine: Pick<Engine, 'types' | 'defaults'>, at = '/query'): TaskFilter {
  const filter: Writable<TaskFilter> = {};
  if (query.status !== undefined) filter.status = statuses(words(query.status), at);
  if (query.type !== undefined) {
    const known = () => engine.types().map((type) => type.name);
    filter.type = checked(`${at}/type`, 'Invalid task type', words(query.type), known);
  }
  if (query.region !== undefined)
    filter.region = checked(`${at}/region`, 'Invalid region', words(query.region), () => engine.defaults().regions);
  if (query.pool !== undefined) filter.pool = words(query.pool);
  if (query.tenant !== undefined) filter.tenant = query.tenant;
  if (query.seq !== undefined) filter.seq = query.seq;
  if (query.priority_gte !== undefined) filter.priorityGte = query.priority_gte;
  if (query.priority_lte !== undefined) filter.priorityLte = query.priority_lte;
  const after = parseTime(query.created_after ?? null, `${at}/created_after`);
  const before = parseTime(query.created_before ?? null, `${at}/created_before`);
  if (after !== null) filter.enqueuedAfter = after;
  if (before !== null) filter.enqueuedBefore = before;
  return filter;
}

function statuses(given: readonly string[], at: string): readonly TaskStatus[] {
  return checked(
    `${at}/status`,
    'Invalid status',
    given.map((word) => word.toLowerCase()),
    () => taskStatuses,
  ) as TaskStatus[]; // each was found in the list of statuses
}

function checked(path: string, text: string, given: readonly string[], known: () => readonly string[]): readonly string[] {
  const all = known();
  const wrong = given.find((word) => !all.includes(word));
  if (wrong === undefined) return given;
  const message = `must be one of ${all.join(', ')}`;
  throw new TaskRouterError('invalid_filter', `${text}: ${wrong.slice(0, 64)}. It ${message}.`, {
    errors: [{ path, message }],
  });
}

/** Lists by comma, by repetition, or both. */
function words(given: string | readonly string[]): readonly string[] {
  return [
    ...new Set(
      [given]
        .flat()
        .flatMap((text) => text.split(','))
        .map((word) => word.trim()),
    ),
  ];
}
