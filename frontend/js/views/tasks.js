import { activeFilters, filterQuery, isFirstPage, pageSizes } from '../model/filters.js';
import { total } from '../model/format.js';
import { fieldErrors } from '../model/problem.js';
import { quoted } from '../model/shell.js';
import { statuses, statusWords } from '../model/status.js';
import { choice, filterSummary, input } from './fields.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { bulkMenu } from './operation.js';
import { command, empty } from './parts.js';
import { taskTable } from './task-table.js';

/** @typedef {import('../model/task-wire.js').TaskWire} TaskWire */
/** @typedef {import('../model/filters.js').TaskFilter} TaskFilter */

/**
 * @typedef {object} TasksModel
 * @property {readonly TaskWire[]} tasks
 * @property {number} total
 * @property {boolean} totalIsCapped
 * @property {string | null} nextCursor older
 * @property {string | null} prevCursor newer
 * @property {TaskFilter} filter
 * @property {readonly string[]} types
 * @property {readonly string[]} regions
 * @property {readonly string[]} pools
 * @property {string} origin scheme and host this page was asked for
 * @property {import('../model/wire.js').Problem} [problem] what is wrong with the filter: nothing is shown then
 */

/** @param {TasksModel & { now: string }} model */
export function tasksScreen(model) {
  return html`<div class="page-head"><h1>Tasks</h1><div class="head-actions">${model.problem ? nothing : bulkMenu({ filter: filterQuery({ ...model.filter, cursor: '' }) })}<a class="button button-primary" href="/tasks/new" data-needs="submit">${icon('arrow')}New task</a></div></div>
${filterForm(model)}
<div data-live="chip" class="live-chip"></div>
<div data-live="tasks">${taskList(model)}</div>
${model.problem ? nothing : command('The same as a command', `curl ${quoted(`${model.origin}/api/v1/tasks${filterQuery(model.filter)}`)}`)}`;
}

/** The part that is redrawn. @param {TasksModel & { now: string }} model */
export function taskList(model) {
  const { tasks, filter } = model;
  const query = filterQuery(filter);
  if (tasks.length === 0) return noTasks(model);
  return html`<p class="list-count"><b class="num">${total(model.total, model.totalIsCapped)}</b> ${model.total === 1 && !model.totalIsCapped ? 'task' : 'tasks'}${isFirstPage(filter) ? ', newest first' : nothing}</p>
${taskTable({ tasks, now: model.now, back: `/tasks${query}` })}
<nav class="pager" aria-label="Pages of tasks">${pageLink(model.prevCursor, filter, 'Newer')}${isFirstPage(filter) ? nothing : html`<a class="button" href="${href(`/tasks${filterQuery({ ...filter, cursor: '' })}`)}">Newest</a>`}${pageLink(model.nextCursor, filter, 'Older')}</nav>`;
}

/** @param {string | null} cursor @param {TaskFilter} filter @param {string} label */
function pageLink(cursor, filter, label) {
  if (!cursor) return html`<span class="button" aria-disabled="true">${label}</span>`;
  return html`<a class="button" href="${href(`/tasks${filterQuery({ ...filter, cursor })}`)}" rel="${label === 'Older' ? 'next' : 'prev'}">${label}</a>`;
}

/** @param {TasksModel} model */
function noTasks({ filter, origin, problem }) {
  if (problem) {
    const newest = html`<a class="button" href="${href(`/tasks${filterQuery({ ...filter, cursor: '' })}`)}">From the newest on</a>`;
    const isPlace = fieldErrors(problem, 'query')['cursor'] !== undefined;
    return empty({
      text: isPlace ? 'This place of the list is not known.' : 'No tasks are shown until the filter says what is meant.',
      action: isPlace ? newest : html`<a class="button" href="/tasks">Show all tasks</a>`,
    });
  }
  if (activeFilters(filter).length > 0 || !isFirstPage(filter)) {
    return empty({ text: 'No task matches this filter.', action: html`<a class="button" href="/tasks">Show all tasks</a>` });
  }
  return empty({
    text: 'Tasks appear here, newest first, as soon as one is submitted.',
    action: html`<a class="button button-primary" href="/tasks/new">Submit a task</a>`,
    curl: `curl -d '{"type":"hash","payload":"hello"}' -H 'content-type: application/json' ${origin}/api/v1/tasks`,
  });
}

/** Conditions with a field that is always there. */
const usualFields = ['status', 'type', 'region', 'pool', 'tenant', 'priority_gte', 'priority_lte', 'limit'];
/** Those that come with an address only: their field is there when they are. */
const otherFields = /** @type {const} */ ([
  ['seq', 'Number'],
  ['parts_gte', 'Parts from'],
  ['parts_lte', 'to'],
  ['created_after', 'Accepted after'],
  ['created_before', 'and before'],
]);

/** @param {TasksModel} model */
function filterForm({ filter, types, regions, pools, problem }) {
  const chips = activeFilters(filter);
  const others = otherFields.filter(([name]) => filter[name] !== '');
  const wrong = fieldErrors(problem, 'query');
  const { status: wanted, limit, ...texts } = filter;
  /** @type {import('./fields.js').FormState} */
  const form = { values: { ...texts, limit: String(limit) }, of: 'query', ...(problem && { problem }) };
  const pick = (/** @type {string} */ name, /** @type {string} */ label, /** @type {readonly string[]} */ options) =>
    choice({ prefix, name, label, form, options: [{ value: '', label: 'any' }, ...withOwn(options, texts, name)] });
  const range = html`min="1" max="10"`;
  return html`<form class="filters card" method="get" action="/tasks" data-do="filter" aria-label="Filter tasks">
${filterSummary(prefix, problem, [...usualFields, ...others.map(([name]) => name)])}<fieldset class="status-filter${wrong['status'] ? ' field-bad' : ''}" id="${prefix}-status"${wrong['status'] ? html` aria-describedby="${prefix}-status-error"` : nothing}><legend>Status</legend>${statuses.map(
    (status) =>
      html`<label class="check"><input type="checkbox" name="status" value="${status}"${wanted.includes(status) ? html` checked` : nothing}><span class="dot tone-${status}"></span>${statusWords[status]}</label>`,
  )}${wrong['status'] ? html`<p class="field-error" id="${prefix}-status-error">${icon('warning')}${wrong['status']}</p>` : nothing}</fieldset>
<div class="filter-fields">${pick('type', 'Type', types)}${pick('region', 'Region', regions)}${pick('pool', 'Pool', pools)}${input({ prefix, name: 'tenant', label: 'Tenant', form, attributes: html`maxlength="128" spellcheck="false"` })}${input({ prefix, name: 'priority_gte', label: 'Priority from', form, type: 'number', attributes: range })}${input({ prefix, name: 'priority_lte', label: 'to', form, type: 'number', attributes: range })}${others.map(([name, label]) => input({ prefix, name, label, form, attributes: html`spellcheck="false"` }))}${choice({ prefix, name: 'limit', label: 'Rows', form, options: pageSizes.map((size) => ({ value: String(size), label: String(size) })) })}<button class="button">Filter</button></div>
${chips.length === 0 ? nothing : html`<ul class="chips">${chips.map(({ label, without }) => html`<li><a class="chip" href="${href(`/tasks${filterQuery(without)}`)}">${label}<span aria-hidden="true"> ×</span><span class="hidden-visually">, remove this condition</span></a></li>`)}<li><a class="chip chip-plain" href="/tasks">Clear all</a></li></ul>`}
</form>`;
}

const prefix = 'f';

/** A name that is gone by now is still what was asked for. @param {readonly string[]} options @param {Readonly<Record<string, string>>} texts @param {string} name */
function withOwn(options, texts, name) {
  const value = texts[name] ?? '';
  return (value === '' || options.includes(value) ? options : [...options, value]).map((one) => ({ value: one, label: one }));
}
