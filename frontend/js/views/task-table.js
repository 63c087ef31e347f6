import { between, count, duration, money } from '../model/format.js';
import { isTerminal } from '../model/status.js';
import { html, nothing } from './html.js';
import { ageOf, poolLink, statusBadge, taskAction, taskLink } from './parts.js';

/** @typedef {import('../model/task-wire.js').TaskWire} TaskWire */
/**
 * Which columns: `running` is for tasks that all run in one pool.
 * @typedef {'all' | 'brief' | 'running'} Show
 */

/**
 * Rows carry their task's id, so a patch keeps the row element, its focus and its selection while its values change. On a phone each row is a
 * card: what it is and what can be done first, then its figures behind their names, then why.
 * @param {{ tasks: readonly TaskWire[], now: string, back: string, show?: Show }} model
 */
export function taskTable({ tasks, now, back, show = 'all' }) {
  return html`<div class="table-scroll" role="region" aria-label="Tasks" tabindex="0"><table class="table table-cards${show === 'all' ? '' : ' table-brief'}"><caption class="hidden-visually">Tasks, newest first</caption><thead><tr>
<th scope="col">Status</th><th scope="col">Task</th><th scope="col">Type</th><th scope="col" class="right">Priority</th><th scope="col">Region</th>${show === 'running' ? nothing : html`<th scope="col">Pool</th>`}<th scope="col">Algorithm</th>${headOf[show]}<th scope="col">Accepted</th><th scope="col"><span class="hidden-visually">Actions</span></th></tr></thead>
<tbody>${tasks.map((task) => row(task, now, back, show))}</tbody></table></div>`;
}

const outcomeHead = html`<th scope="col">Why, or what came of it</th>`;
const headOf = {
  all: html`<th scope="col" class="right">Wait</th><th scope="col" class="right">Run</th><th scope="col" class="right">Cost</th>${outcomeHead}`,
  brief: outcomeHead,
  running: html`<th scope="col" class="right">Attempt</th><th scope="col" class="right">Run</th>`,
};

/** @param {TaskWire} task @param {string} now @param {string} back @param {Show} show */
function row(task, now, back, show) {
  const figure = (/** @type {string} */ label, /** @type {import('./html.js').Value} */ value) =>
    html`<td class="right num" data-label="${label}">${value}</td>`;
  const ran = runOf(task, now);
  const run = figure('Run', ran === '–' ? none : ran);
  const why = html`<td class="why card-last">${outcome(task)}</td>`;
  const cells = {
    all: html`${figure('Wait', waitOf(task, now))}${run}${figure('Cost', task.actual_cost === null ? none : money(task.actual_cost))}${why}`,
    brief: why,
    running: html`${figure('Attempt', html`${task.attempt} of ${task.max_attempts}`)}${run}`,
  };
  const pool = show === 'running' ? nothing : html`<td class="nowrap" data-label="Pool">${poolLink(task.worker_id)}</td>`;
  return html`<tr id="task-${task.id}" data-task="${task.id}"><td class="card-first">${statusBadge(task.status)}</td><th scope="row" class="card-first">${taskLink(task)}</th><td class="card-first">${task.type}</td>${figure('Priority', task.priority)}<td class="nowrap" data-label="Region">${task.region ?? 'any'}</td>${pool}<td data-label="Algorithm">${task.algorithm_used ?? none}</td>${cells[show]}<td class="nowrap" data-label="Accepted">${ageOf(task.enqueued_at, now)}</td><td class="actions">${taskAction(task, back)}</td></tr>`;
}

const none = html`<span class="muted">–</span>`;

/**
 * From acceptance to its latest start, or until now.
 * @param {TaskWire} task
 * @param {string} now
 */
export function waitOf(task, now) {
  const until = task.started_at ?? (isTerminal(task.status) ? task.completed_at : now);
  return duration(between(task.enqueued_at, until) ?? 0);
}

/**
 * @param {TaskWire} task
 * @param {string} now
 */
export function runOf(task, now) {
  if (!task.started_at || task.status === 'delayed' || task.status === 'queued') return '–';
  return duration(between(task.started_at, task.completed_at ?? now) ?? 0);
}

/** One short sentence: why it waits, what went wrong, what it gave. @param {TaskWire} task */
function outcome(task) {
  if (task.reason) return html`${task.reason.summary}`;
  if (task.error) return html`<span class="text-bad">${task.error.message}</span>`;
  if (task.status === 'processing') return task.attempt > 1 ? html`attempt ${task.attempt} of ${task.max_attempts}` : nothing;
  return nothing;
}

/**
 * Appears above a list that is not redrawn under the reader.
 * @param {{ unseen: number, unseenIsCapped: boolean }} state
 */
export function newTasksChip({ unseen: amount, unseenIsCapped }) {
  if (amount === 0) return nothing;
  return html`<button type="button" class="chip chip-new" data-action="show-new">${count(amount)}${unseenIsCapped ? '+' : ''} new ${amount === 1 ? 'task' : 'tasks'} – show</button>`;
}
