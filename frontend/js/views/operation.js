import { count, dateTime, plural } from '../model/format.js';
import { quoted } from '../model/shell.js';
import { href, html, nothing, verbatim } from './html.js';
import { bar, command } from './parts.js';

/** @typedef {import('../model/wire.js').OperationWire} OperationWire */

/** @type {Readonly<Record<string, string>>} */
const statusWords = { processing: 'running' };
/** @type {Readonly<Record<string, string>>} */
const doneWords = { cancel: 'cancelled', retry: 'retried' };

/**
 * The way to one action on all that a filter shows, in the list of tasks.
 * @param {{ filter: string }} model the query of the filter, with its `?`; '' for none
 */
export function bulkMenu({ filter }) {
  const form = (/** @type {string} */ action, /** @type {string} */ label) =>
    html`<form method="post" action="/tasks/bulk"><input type="hidden" name="action" value="${action}"><input type="hidden" name="filter" value="${verbatim(filter)}"><button class="button button-small">${label}</button></form>`;
  return html`<details class="menu bulk"><summary class="button button-quiet">All that match</summary><div class="menu-body stack">${form('cancel', 'Cancel all ...')}${form('retry', 'Retry all ...')}</div></details>`;
}

/**
 * Asks before anything is done.
 * @param {{ action: string, filter: string, statuses: readonly string[], matched: number, isCapped: boolean, requestKey: string, origin: string, body: unknown }} model
 */
export function bulkScreen({ action, filter, statuses, matched, isCapped, requestKey, origin, body }) {
  const tasks = `${isCapped ? 'more than ' : ''}${plural(matched, 'task')}`;
  const verb = action === 'cancel' ? 'Cancel' : 'Retry';
  const back = `/tasks${filter}`;
  return html`<div class="card card-narrow"><h1>${verb} ${tasks}?</h1>
<p>All that match <a href="${href(back)}">the filter</a> and are ${statuses.map((status) => statusWords[status] ?? status).join(', ')} now. ${action === 'cancel' ? 'What waits never runs, and what runs is stopped.' : 'Each gets a new task like it.'} It is done in the background, and can be stopped half way.</p>
${
  matched === 0
    ? html`<p><a class="button" href="${href(back)}">Back to the tasks</a></p>`
    : html`<form method="post" action="/tasks/bulk" class="stack"><input type="hidden" name="action" value="${action}"><input type="hidden" name="filter" value="${verbatim(filter)}"><input type="hidden" name="request_key" value="${requestKey}"><input type="hidden" name="confirmed" value="1"><div class="form-end"><button class="button button-primary">${verb} ${tasks}</button><a class="button" href="${href(back)}">Back to the tasks</a></div></form>`
}</div>
${command('The same as a command', `curl -d ${quoted(JSON.stringify(body))} -H 'content-type: application/json' ${origin}/api/v1/tasks/bulk`)}`;
}

/** @param {{ operation: OperationWire, origin: string }} model */
export function operationScreen(model) {
  return html`<div data-live="operation" class="stack">${operationPart(model)}</div>
<p><a class="button" href="/tasks">Tasks</a></p>
${command('The same as a command', `curl ${model.origin}/api/v1/operations/${model.operation.id}`)}`;
}

/**
 * How far it got.
 * @param {{ operation: OperationWire }} model
 */
export function operationPart({ operation }) {
  const { id, action, status, matched, matched_is_capped: isCapped, done, skipped, refused, reason, by } = operation;
  const seen = done + skipped + refused;
  const isRunning = status === 'running';
  return html`<div class="page-head"><h1>${action === 'cancel' ? 'Cancel' : 'Retry'} of many tasks: ${status}</h1>${isRunning ? html`<a class="button no-js" href="${href(`/operations/${id}?refresh=5`)}">Read anew every 5 s</a>` : nothing}</div>
<section class="card" aria-label="Progress">${bar(matched === 0 || !isRunning ? 1 : Math.min(1, seen / matched), isRunning ? 'busy' : 'ok')}
<dl class="facts"><div><dt>Matched at first</dt><dd>${isCapped ? 'more than ' : nothing}${count(matched)}</dd></div><div><dt>Were ${doneWords[action] ?? 'done'}</dt><dd>${count(done)}</dd></div><div><dt>Had moved on before</dt><dd>${count(skipped)}</dd></div><div><dt>Refused</dt><dd>${count(refused)}</dd></div><div><dt>Asked for by</dt><dd>${by}</dd></div><div><dt>Since</dt><dd><time datetime="${operation.started_at}">${dateTime(operation.started_at)}</time></dd></div>${operation.ended_at ? html`<div><dt>Ended</dt><dd><time datetime="${operation.ended_at}">${dateTime(operation.ended_at)}</time></dd></div>` : nothing}<div><dt>Filter</dt><dd><code>${JSON.stringify(operation.filter)}</code></dd></div></dl>
${reason ? html`<p class="text-bad">${reason}</p>` : nothing}${isRunning ? html`<form method="post" action="${href(`/operations/${id}/stop`)}"><button class="button">Stop</button></form>` : nothing}</section>`;
}
