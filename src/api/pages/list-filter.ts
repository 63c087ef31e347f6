import type { FastifyRequest } from 'fastify';
import { type TaskFilter as AskedFilter, pageSizes, parseFilter } from '../../../frontend/js/model/filters.js';
import { type FieldError, TaskRouterError } from '../../core/domain/errors.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { TaskFilter } from '../../core/ports/task-store.ts';
import { refused } from '../refused.ts';
import { Strict } from '../schemas/common.ts';
import { taskFilterQuery } from '../schemas/lists.ts';
import { pageQuery } from '../schemas/paging.ts';
import { Type } from '../schemas/type.ts';
import { parseTaskFilter } from '../task-filter.ts';
import { anyPage, readAddress } from './address.ts';

const ListAddress = Strict({
  ...taskFilterQuery,
  cursor: pageQuery.cursor,
  limit: Type.Optional(Type.Unsafe<number>({ type: 'integer', enum: [...pageSizes] })),
  ...anyPage,
});

/** The API's own way of paging, which a list that moves cannot have: to open it at another place would hide what was asked for. */
const byNumber = ['page', 'page_size'];
const instead = 'is not how this page goes on, which moves while it is read: take Older and Newer below it, and limit for how many rows';

export interface ListFilter {
  /** As the page shows it. */
  readonly asked: AskedFilter;
  /** As the store reads it. */
  readonly filter: TaskFilter;
  /** All that is wrong with it; then `filter` holds the rest and stands for nothing that was asked for. */
  readonly refusal: TaskRouterError | undefined;
}

/** What the list of tasks is asked for, by its address or by a form that holds one. @param isStrict see `readAddress` */
export function readListFilter(
  request: FastifyRequest,
  engine: Pick<Engine, 'types' | 'defaults'>,
  query: URLSearchParams,
  { isStrict = false } = {},
): ListFilter {
  const asked = parseFilter(query.toString());
  const { given, errors: misshapen } = readAddress(request, ListAddress, { query, isStrict });
  const numbered = byNumber.filter((name) => (query.get(name) ?? '').trim() !== '').map((name) => `/query/${name}`);
  const others = misshapen.filter(({ path }) => !numbered.includes(path));
  const shape: readonly FieldError[] = [...others, ...numbered.map((path) => ({ path, message: instead }))];
  try {
    const filter = parseTaskFilter(given, engine);
    const [first, ...more] = shape;
    return { asked, filter, refusal: first === undefined ? undefined : refused(first, ...more) };
  } catch (error) {
    if (!(error instanceof TaskRouterError)) throw error;
    const [first, ...more] = [...shape, ...error.errors];
    return { asked, filter: {}, refusal: shape.length === 0 || first === undefined ? error : refused(first, ...more) };
  }
}
