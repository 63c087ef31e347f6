import { activeFilters, filterQuery, isFirstPage, pageSizes } from '../model/filters.js';
import { total } from '../model/format.js';
import { quoted } from '../model/shell.js';
import { statuses, statusWords } from '../model/status.js';
import { href, html, nothing, verbatim } from './html.js';
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
 */

/** @param {TasksModel & { now: string }} model */
export function tasksScreen(model) {
  return html`<div class="page-head"><h1>Tasks</h1><div class="head-actions">${bulkMenu({ filter: filterQuery({ ...model.filter, cursor: '' }) })}<a class="button button-primary" href="/tasks/new" data-needs="submit">${icon('arrow')}New task</a></div></div>
${filterForm(model)}
<div data-live="chip" class="live-chip"></div>
<div data-live="tasks">${taskList(model)}</div>
${command('The same as a command', `curl ${quoted(`${model.origin}/api/v1/tasks${filterQuery(model.filter)}`)}`)}`;
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
function noTasks({ filter, origin }) {
  if (activeFilters(filter).length > 0 || !isFirstPage(filter)) {
    return empty({ text: 'No task matches this filter.', action: html`<a class="button" href="/tasks">Show all tasks</a>` });
  }
  return empty({
    text: 'Tasks appear here, newest first, as soon as one is submitted.',
    action: html`<a class="button button-primary" href="/tasks/new">Submit a task</a>`,
    curl: `curl -d '{"type":"hash","payload":"hello"}' -H 'content-type: application/json' ${origin}/api/v1/tasks`,
  });
}

/** @param {TasksModel} model */
function filterForm({ filter, types, regions, pools }) {
  const chips = activeFilters(filter);
  return html`<form class="filters card" method="get" action="/tasks" data-do="filter" aria-label="Filter tasks">
<fieldset class="status-filter"><legend>Status</legend>${statuses.map(
    (status) =>
      html`<label class="check"><input type="checkbox" name="status" value="${status}"${filter.status.includes(status) ? html` checked` : nothing}><span class="dot tone-${status}"></span>${statusWords[status]}</label>`,
  )}</fieldset>
<div class="filter-fields">${select('type', 'Type', types, filter.type)}${select('region', 'Region', regions, filter.region)}${select('pool', 'Pool', pools, filter.pool)}
<div class="field"><label for="f-tenant">Tenant</label><input id="f-tenant" name="tenant" maxlength="128" spellcheck="false" value="${verbatim(filter.tenant)}"></div>
<div class="field"><label for="f-priority-gte">Priority from</label><input id="f-priority-gte" name="priority_gte" type="number" min="1" max="10" value="${verbatim(filter.priority_gte)}"></div>
<div class="field"><label for="f-priority-lte">to</label><input id="f-priority-lte" name="priority_lte" type="number" min="1" max="10" value="${verbatim(filter.priority_lte)}"></div>
<div class="field"><label for="f-limit">Rows</label><select id="f-limit" name="limit">${pageSizes.map((size) => html`<option${size === filter.limit ? html` selected` : nothing}>${size}</option>`)}</select></div>
${kept('created_after', filter.created_after)}${kept('created_before', filter.created_before)}<button class="button">Filter</button></div>
${chips.length === 0 ? nothing : html`<ul class="chips">${chips.map(({ label, without }) => html`<li><a class="chip" href="${href(`/tasks${filterQuery(without)}`)}">${label}<span aria-hidden="true"> ×</span><span class="hidden-visually">, remove this condition</span></a></li>`)}<li><a class="chip chip-plain" href="/tasks">Clear all</a></li></ul>`}
</form>`;
}

/** A condition that came with the address and has no field of its own. @param {string} name @param {string} value */
function kept(name, value) {
  return value === '' ? nothing : html`<input type="hidden" name="${name}" value="${verbatim(value)}">`;
}

/** @param {string} name @param {string} label @param {readonly string[]} options @param {string} value */
function select(name, label, options, value) {
  const known = value === '' || options.includes(value) ? options : [...options, value];
  return html`<div class="field"><label for="f-${name}">${label}</label><select id="f-${name}" name="${name}"><option value="">any</option>${known.map(
    (option) => html`<option value="${verbatim(option)}"${option === value ? html` selected` : nothing}>${option}</option>`,
  )}</select></div>`;
}
