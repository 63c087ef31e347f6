import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
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
  // Each was found in the list of statuses, or the filter is refused below.
  if (query.status !== undefined) filter.status = words(query.status).map((word) => word.toLowerCase()) as TaskStatus[];
  if (query.type !== undefined) filter.type = words(query.type);
  if (query.region !== undefined) filter.region = words(query.region);
  checkNames(at, [
    ['status', 'Invalid status', filter.status, () => taskStatuses],
    ['type', 'Invalid task type', filter.type, () => engine.types().map((type) => type.name)],
    ['region', 'Invalid region', filter.region, () => engine.defaults().regions],
  ]);
  if (query.pool !== undefined) filter.pool = words(query.pool);
  if (query.tenant !== undefined) filter.tenant = query.tenant;
  if (query.seq !== undefined) filter.seq = query.seq;
  if (query.priority_gte !== undefined) filter.priorityGte = query.priority_gte;
  if (query.priority_lte !== undefined) filter.priorityLte = query.priority_lte;
  if (query.parts_gte !== undefined) filter.partsGte = query.parts_gte;
  if (query.parts_lte !== undefined) filter.partsLte = query.parts_lte;
  const after = parseTime(query.created_after ?? null, `${at}/created_after`);
  const before = parseTime(query.created_before ?? null, `${at}/created_before`);
  if (after !== null) filter.enqueuedAfter = after;
  if (before !== null) filter.enqueuedBefore = before;
  return filter;
}

type Names = readonly [field: string, text: string, given: readonly string[] | undefined, known: () => readonly string[]];

/** Each is told with what there is, the first as a sentence. */
function checkNames(at: string, all: readonly Names[]): void {
  const wrong = all.flatMap(([field, text, given = [], known]) => {
    const names = given.length === 0 ? [] : known();
    const strange = given.find((word) => !names.includes(word));
    return strange === undefined
      ? []
      : [{ path: `${at}/${field}`, message: `must be one of ${names.join(', ')}`, text, told: strange.slice(0, 64) }];
  });
  const [first] = wrong;
  if (first === undefined) return;
  const errors = wrong.map(({ path, message, told }): FieldError => ({ path, message: `${message}, and it was ${told}` }));
  throw new TaskRouterError('invalid_filter', `${first.text}: ${first.told}. It ${first.message}.`, { errors });
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
