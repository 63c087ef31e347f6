import { preciseTime, total } from '../model/format.js';
import { quoted } from '../model/shell.js';
import { statusAfter } from '../model/status.js';
import { choice, filterSummary, input } from './fields.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { command, empty } from './parts.js';

/** @typedef {import('../model/wire.js').LogWire} LogWire */

/**
 * @typedef {object} LogModel
 * @property {readonly LogWire[]} entries newest first
 * @property {number} total
 * @property {boolean} totalIsCapped
 * @property {{ readonly event_type: string, readonly task_id: string }} filter
 * @property {string | null} nextCursor older
 * @property {boolean} isFirstPage
 * @property {readonly string[]} eventTypes
 * @property {string} origin
 * @property {import('../model/wire.js').Problem} [problem] what is wrong with the filter: nothing is shown then
 */

/** @param {{ event_type: string, task_id: string, cursor?: string }} filter */
export function logQuery(filter) {
  const params = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  return params.size === 0 ? '' : `?${params}`;
}

/** @param {LogModel} model */
export function logScreen(model) {
  const { filter, origin, problem } = model;
  return html`<div class="page-head"><h1>Live log</h1></div>
${filterForm(model)}
<div data-live="log">${logList(model)}</div>
${problem ? nothing : command('The same as a command', `curl ${quoted(`${origin}/api/v1/logs${logQuery(filter)}`)}`)}`;
}

/** @param {LogModel} model */
function filterForm({ filter, eventTypes, problem }) {
  const prefix = 'l';
  /** @type {import('./fields.js').FormState} */
  const form = { values: filter, of: 'query', ...(problem && { problem }) };
  const { event_type: own } = filter;
  const types = ['', ...eventTypes, ...(own === '' || eventTypes.includes(own) ? [] : [own])].map((value) => ({
    value,
    label: value === '' ? 'any' : value,
  }));
  const query = logQuery(filter).replace('?', '&');
  const downloads = html`<span class="filter-end"><a href="${href(`/logs/download?format=ndjson${query}`)}" download>NDJSON</a> <a href="${href(`/logs/download?format=csv${query}`)}" download>CSV</a></span>`;
  return html`<form class="filters card" method="get" action="/logs" data-do="filter" aria-label="Filter the log">
${filterSummary(prefix, problem, ['event_type', 'task_id'])}<div class="filter-fields">${choice({ prefix, name: 'event_type', label: 'Event', form, options: types })}<div class="field-wide">${input({ prefix, name: 'task_id', label: 'Task id', form, attributes: html`spellcheck="false"` })}</div>
<button class="button">Filter</button>${query ? html`<a class="button" href="/logs">Clear</a>` : nothing}${problem ? nothing : downloads}</div></form>`;
}

/** @param {LogModel} model */
export function logList(model) {
  const { entries, filter } = model;
  if (model.problem) {
    return empty({
      text: 'No entries are shown until the filter says what is meant.',
      action: html`<a class="button" href="/logs">Show all entries</a>`,
    });
  }
  if (entries.length === 0) {
    return logQuery(filter)
      ? empty({ text: 'No entry matches this filter.', action: html`<a class="button" href="/logs">Show all entries</a>` })
      : empty({
          text: 'Every change of every task appears here.',
          action: html`<a class="button button-primary" href="/tasks/new">Submit a task</a>`,
        });
  }
  return html`<p class="list-count"><b class="num">${total(model.total, model.totalIsCapped)}</b> entries${model.isFirstPage ? ', newest first' : nothing}</p>
${logTable(entries)}
<nav class="pager" aria-label="Pages of the log">${model.isFirstPage ? nothing : html`<a class="button" href="${href(`/logs${logQuery(filter)}`)}">Newest</a>`}${olderLink(model)}</nav>`;
}

/** The log is read towards the past. @param {LogModel} model */
function olderLink({ nextCursor, filter }) {
  if (!nextCursor) return html`<span class="button" aria-disabled="true">Older</span>`;
  return html`<a class="button" rel="next" href="${href(`/logs${logQuery({ ...filter, cursor: nextCursor })}`)}">Older</a>`;
}

/** @param {readonly LogWire[]} entries */
export function logTable(entries) {
  return html`<div class="table-scroll" role="region" aria-label="Log" tabindex="0"><table class="table table-log table-cards"><caption class="hidden-visually">Log, newest first</caption><thead><tr><th scope="col">Time</th><th scope="col" class="right">Number</th><th scope="col">Event</th><th scope="col">Task</th><th scope="col">Details</th></tr></thead><tbody>${entries.map(
    (entry) =>
      html`<tr id="log-${entry.id}"><td class="nowrap" data-label="Time"><time datetime="${entry.timestamp}">${preciseTime(entry.timestamp)}</time></td><th scope="row" class="right num" data-label="Number">${entry.id}</th><td class="card-first">${eventBadge(entry.event_type)}</td><td class="card-first">${
        entry.task_id === 'system'
          ? html`<span class="muted">system</span>`
          : html`<a class="mono nowrap" href="${href(`/tasks/${entry.task_id}`)}" title="${entry.task_id}">…${entry.task_id.slice(-8)}</a>`
      }</td><td class="details card-last">${details(entry.details)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** @param {string} type */
export function eventBadge(type) {
  const status = statusAfter(type);
  return html`<span class="badge badge-${status ?? 'gone'}">${icon(status ?? 'info')}${type.replaceAll('_', ' ')}</span>`;
}

/**
 * Keys and values of an entry, in the order they were written. Why a task went where it went is long, and on a page of its own.
 * @param {Readonly<Record<string, unknown>>} entry
 */
export function details(entry) {
  return Object.entries(entry)
    .filter(([key]) => key !== 'why')
    .map(([key, value]) => html`<span class="detail"><span class="muted">${key}</span> ${shown(key, value)}</span> `);
}

/** @param {string} key @param {unknown} value */
function shown(key, value) {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  if (key === 'replay') return html`<a href="${href(`/replays/${value}`)}">${value}</a>`;
  return value;
}
