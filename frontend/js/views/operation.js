import { activeFilters, filterQuery, parseFilter } from '../model/filters.js';
import { count, dateTime, duration, percent, plural } from '../model/format.js';
import { quoted } from '../model/shell.js';
import { statusWords } from '../model/status.js';
import { href, html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';
import { bar, command } from './parts.js';

/** @typedef {import('../model/wire.js').OperationWire} OperationWire */

/** What an action is called before it is done, while it is, and after. @type {Readonly<Record<string, readonly [now: string, going: string, done: string]>>} */
const verbs = { cancel: ['Cancel', 'Cancelling', 'cancelled'], retry: ['Retry', 'Retrying', 'retried'] };
const unknownVerb = /** @type {const} */ (['Change', 'Changing', 'changed']);

/** What comes of it. @type {Readonly<Record<string, string>>} */
const outcomes = {
  cancel: 'What waits never runs, and what runs is stopped.',
  retry: 'Each gets a new task like it, and one that backs off is due now.',
};

/** @type {Readonly<Record<string, { readonly tone: string, readonly badge: string, readonly word: string, readonly icon: string }>>} */
const stands = {
  running: { tone: 'busy', badge: 'processing', word: 'Running', icon: 'play' },
  completed: { tone: 'ok', badge: 'completed', word: 'Done', icon: 'completed' },
  stopped: { tone: 'cancelled', badge: 'cancelled', word: 'Stopped', icon: 'cancelled' },
  failed: { tone: 'bad', badge: 'failed', word: 'Failed', icon: 'failed' },
};

/**
 * The way to one action on all that a filter shows, in the list of tasks.
 * @param {{ filter: string }} model the query of the filter, with its `?`; '' for none
 */
export function bulkMenu({ filter }) {
  const form = (/** @type {string} */ action, /** @type {string} */ label, /** @type {string} */ drawing) =>
    html`<form method="post" action="/tasks/bulk"><input type="hidden" name="action" value="${action}"><input type="hidden" name="filter" value="${verbatim(filter)}"><button class="button">${icon(drawing)}${label}</button></form>`;
  return html`<details class="menu menu-end bulk"><summary class="button">All that match</summary><div class="menu-body stack">${form('cancel', 'Cancel all ...', 'cancelled')}${form('retry', 'Retry all ...', 'retry')}<p class="small muted">You see how many that are, and are asked, before anything is done.</p></div></details>`;
}

/**
 * Asks before anything is done.
 * @param {{ action: string, filter: string, statuses: readonly string[], matched: number, isCapped: boolean, requestKey: string, origin: string, body: unknown, refusal?: string }} model `refusal`: why it cannot be done to any of them
 */
export function bulkScreen({ action, filter, statuses, matched, isCapped, requestKey, origin, body, refusal }) {
  const tasks = `${isCapped ? 'more than ' : ''}${plural(matched, 'task')}`;
  const [verb] = verbs[action] ?? unknownVerb;
  const back = `/tasks${filter}`;
  const chips = conditions({ ...parseFilter(filter), status: statuses });
  const way = html`<a class="button" href="${href(back)}">Back to the tasks</a>`;
  if (refusal)
    return html`<section class="card card-narrow stack" aria-labelledby="bulk-title"><h1 id="bulk-title">Nothing to ${verb.toLowerCase()}</h1><p>${refusal}</p><p class="form-end">${way}</p></section>`;
  return html`<section class="card card-narrow stack" aria-labelledby="bulk-title">
${
  matched === 0
    ? html`<h1 id="bulk-title">Nothing to ${verb.toLowerCase()}</h1><p>There is no task of which all of this is true now:</p>${chips}<p class="form-end">${way}</p>`
    : html`<h1 id="bulk-title">${verb} ${tasks}?</h1><p>That is every task of which all of this is true now:</p>${chips}
<p>${outcomes[action] ?? nothing} It is done in the background, newest first, and can be stopped half way; what was done by then stays done.</p>
<form method="post" action="/tasks/bulk" class="stack"><input type="hidden" name="action" value="${action}"><input type="hidden" name="filter" value="${verbatim(filter)}"><input type="hidden" name="request_key" value="${requestKey}"><input type="hidden" name="confirmed" value="1"><div class="form-end"><button class="button button-primary">${icon(action === 'retry' ? 'retry' : 'cancelled')}${verb} ${tasks}</button>${way}</div></form>`
}</section>
${command('The same as a command', `curl -d ${quoted(JSON.stringify(body))} -H 'content-type: application/json' ${origin}/api/v1/tasks/bulk`)}`;
}

/** @param {{ operation: OperationWire, origin: string, now: string }} model */
export function operationScreen(model) {
  const { id } = model.operation;
  return html`<div data-live="operation" class="stack">${operationPart(model)}</div>
${command('The same as a command', `curl ${model.origin}/api/v1/operations/${id}`)}`;
}

/**
 * How far it got.
 * @param {{ operation: OperationWire, now: string }} model
 */
export function operationPart({ operation, now }) {
  const { id, action, status, matched, matched_is_capped: isCapped, done, skipped, refused, reason, by, started_at: since } = operation;
  const seen = done + skipped + refused;
  const share = matched === 0 ? 1 : Math.min(1, seen / matched);
  const isRunning = status === 'running';
  const [verb, going, did] = verbs[action] ?? unknownVerb;
  const { tone, badge, word, icon: drawing } = stands[status] ?? { tone: 'cancelled', badge: 'gone', word: status, icon: 'info' };
  const all = `${isCapped ? 'more than ' : ''}${plural(matched, 'task')}`;
  const took = Date.parse(operation.ended_at ?? now) - Date.parse(since);
  const filter = parseFilter(queryOf(operation.filter));
  const list = `/tasks${filterQuery({ ...filter, status: [], cursor: '' })}`;
  return html`<div class="page-head"><h1>${isRunning ? `${going} ${all}` : `${verb} of ${all}`} <span class="badge badge-${badge}">${icon(drawing)}${word}</span></h1><div class="head-actions">${isRunning ? html`<a class="button no-js" href="${href(`/operations/${id}?refresh=5`)}">Read anew every 5 s</a><form method="post" action="${href(`/operations/${id}/stop`)}"><button class="button">Stop</button></form>` : nothing}<a class="button" href="${href(list)}">See the tasks</a></div></div>
<section class="card stack" aria-label="Progress"><p class="pool-load num"><span>${count(seen)} of ${isCapped ? 'more than ' : nothing}${count(matched)} looked at${isRunning ? remaining(seen, matched, took, isCapped) : html` in ${duration(took)}`}</span><span class="strong">${isCapped && isRunning ? nothing : percent(status === 'completed' ? 1 : share)}</span></p>${bar(status === 'completed' ? 1 : share, tone)}
<dl class="facts"><div><dt>${capital(did)}</dt><dd class="num">${count(done)}</dd></div><div><dt>Had moved on before</dt><dd class="num">${count(skipped)}</dd></div><div><dt>Refused</dt><dd class="num">${refused === 0 ? count(refused) : html`<b class="text-bad">${count(refused)}</b>`}</dd></div><div><dt>Asked for by</dt><dd>${by}</dd></div><div><dt>Began</dt><dd><time datetime="${since}">${dateTime(since)}</time></dd></div>${operation.ended_at ? html`<div><dt>Ended</dt><dd><time datetime="${operation.ended_at}">${dateTime(operation.ended_at)}</time></dd></div>` : nothing}</dl>
${reason ? html`<p class="text-bad">${icon('warning')}${reason}</p>` : nothing}<div><p class="small muted">Of all tasks that were</p>${conditions(filter)}</div></section>`;
}

/** What is left at the pace so far. @param {number} seen @param {number} matched @param {number} tookMs @param {boolean} isCapped */
function remaining(seen, matched, tookMs, isCapped) {
  if (seen === 0 || isCapped || seen >= matched || tookMs < 1_000) return nothing;
  return html`<span class="muted">, about ${duration(Math.ceil(((matched - seen) * tookMs) / seen / 1_000) * 1_000)} left</span>`;
}

/** What a filter asks for, in words: one of its statuses, and all of the rest. @param {import('../model/filters.js').TaskFilter} filter */
function conditions(filter) {
  const status = filter.status.map((one) => (statusWords[/** @type {keyof typeof statusWords} */ (one)] ?? one).toLowerCase()).join(' or ');
  const others = activeFilters({ ...filter, status: [] }).map(({ label }) => label);
  return html`<ul class="chips">${[...(status === '' ? [] : [status]), ...others].map((label) => html`<li><span class="chip chip-still">${label}</span></li>`)}</ul>`;
}

/** The address of a filter as the API tells it. @param {Readonly<Record<string, unknown>>} filter */
function queryOf(filter) {
  return new URLSearchParams(
    Object.entries(filter).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  ).toString();
}

/** @param {string} word */
function capital(word) {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
