/**
 * The filter of the task list and its URL. The names are those of `GET /api/v1/tasks`, so page, API and curl line share one query string.
 */
import { statuses } from './status.js';

/**
 * @typedef {object} TaskFilter
 * @property {readonly string[]} status
 * @property {string} type
 * @property {string} region
 * @property {string} pool
 * @property {string} tenant
 * @property {string} seq
 * @property {string} priority_gte
 * @property {string} priority_lte
 * @property {string} parts_gte
 * @property {string} parts_lte
 * @property {string} created_after
 * @property {string} created_before
 * @property {number} limit
 * @property {string} cursor
 */

export const pageSizes = [50, 100, 200];

/** Fields that are one text each. */
const texts = /** @type {const} */ ([
  'type',
  'region',
  'pool',
  'tenant',
  'seq',
  'priority_gte',
  'priority_lte',
  'parts_gte',
  'parts_lte',
  'created_after',
  'created_before',
  'cursor',
]);

/**
 * Reads a query string; what it does not know or cannot read is left out. Whoever acts on it has asked the server first, which refuses that.
 * @param {string} query with or without `?`
 * @returns {TaskFilter}
 */
export function parseFilter(query) {
  const params = new URLSearchParams(query);
  const wanted = params.getAll('status').flatMap((each) => each.toLowerCase().split(','));
  const limit = Number(params.get('limit'));
  /** @type {Record<string, string>} */
  const read = {};
  for (const name of texts) read[name] = (params.get(name) ?? '').trim();
  return {
    .../** @type {Pick<TaskFilter, (typeof texts)[number]>} */ (/** @type {unknown} */ (read)),
    status: statuses.filter((status) => wanted.includes(status)),
    limit: pageSizes.includes(limit) ? limit : (pageSizes[0] ?? 50),
  };
}

/**
 * The query string of a filter, without defaults and always in the same order.
 * @param {Partial<TaskFilter>} filter
 * @returns {string} '' or `?...`
 */
export function filterQuery(filter) {
  const params = new URLSearchParams();
  if (filter.status && filter.status.length > 0) params.set('status', filter.status.join(','));
  for (const name of texts) if (filter[name]) params.set(name, filter[name]);
  if (filter.limit && filter.limit !== pageSizes[0]) params.set('limit', String(filter.limit));
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

/**
 * One chip per active condition, with the filter that is left when it is taken away.
 * @param {TaskFilter} filter
 * @returns {readonly { label: string, without: TaskFilter }[]}
 */
export function activeFilters(filter) {
  const base = { ...filter, cursor: '' };
  /** @type {{ label: string, without: TaskFilter }[]} */
  const chips = filter.status.map((status) => ({
    label: `status ${status}`,
    without: { ...base, status: filter.status.filter((each) => each !== status) },
  }));
  const labels = /** @type {const} */ ([
    ['type', 'type'],
    ['region', 'region'],
    ['pool', 'pool'],
    ['tenant', 'tenant'],
    ['seq', 'number'],
    ['priority_gte', 'priority at least'],
    ['priority_lte', 'priority at most'],
    ['parts_gte', 'parts at least'],
    ['parts_lte', 'parts at most'],
    ['created_after', 'accepted after'],
    ['created_before', 'accepted before'],
  ]);
  for (const [name, label] of labels) if (filter[name]) chips.push({ label: `${label} ${filter[name]}`, without: { ...base, [name]: '' } });
  return chips;
}

/**
 * True for the first page of a filter: the one that new tasks belong on.
 * @param {TaskFilter} filter
 */
export function isFirstPage(filter) {
  return filter.cursor === '';
}
