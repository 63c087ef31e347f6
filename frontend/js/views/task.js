import { between, dateTime, duration, money } from '../model/format.js';
import { constraintsText } from '../model/labels.js';
import { lifeOf } from '../model/life.js';
import { explainPart, passedPart } from './explain.js';
import { familyPart } from './family.js';
import { href, html, nothing } from './html.js';
import { filesPart, outputPart } from './left.js';
import { logTable } from './log.js';
import { ageOf, bar, command, nodesOfParts, poolLink, poolsOfParts, resource, round, statusBadge, taskAction, timeOf } from './parts.js';
import { runOf, waitOf } from './task-table.js';

/** @typedef {import('../model/task-wire.js').FullTaskWire} TaskWire */
/** @typedef {import('./html.js').Html} Html */

/**
 * @typedef {object} TaskModel
 * @property {TaskWire} task
 * @property {readonly import('../model/task-wire.js').AttemptWire[]} attempts
 * @property {readonly import('../model/wire.js').LogWire[]} log oldest first
 * @property {import('../model/explain-wire.js').ExplanationWire} explanation
 * @property {import('../model/task-wire.js').FamilyWire} family
 * @property {readonly import('../model/pool-wire.js').PoolWire[]} pools
 * @property {number} poolTotal
 * @property {Tab} tab
 * @property {number} part whose output is shown, of a task of several parts
 * @property {string} origin
 * @property {boolean} isBundle it brings files, and may leave some
 * @property {import('../model/output-wire.js').TailsWire | null} output null: nothing is kept, or another tab is shown
 * @property {import('../model/output-wire.js').FilesWire | null} files as `output`
 */

/** @typedef {'summary' | 'explain' | 'output' | 'files' | 'events' | 'json'} Tab */

/** @type {readonly (readonly [Tab, string])[]} */
export const tabs = [
  ['summary', 'Summary'],
  ['explain', 'Explain'],
  ['output', 'Output'],
  ['files', 'Files'],
  ['events', 'Events'],
  ['json', 'JSON and curl'],
];

/** What only bundles have. @type {readonly Tab[]} */
const ofBundles = ['output', 'files'];

/** @param {TaskModel & { now: string }} model */
export function taskScreen(model) {
  return html`<div data-live="task">${taskPart(model)}</div>`;
}

/** @param {TaskModel & { now: string }} model */
export function taskPart(model) {
  const { task, now, tab, isBundle } = model;
  const shown = tabs.filter(([name]) => isBundle || name === tab || !ofBundles.includes(name));
  return html`<div class="page-head"><div><h1>Task #${task.seq} ${statusBadge(task.status)}</h1><p class="muted"><code>${task.id}</code> <button type="button" class="button button-small needs-js" data-action="copy" data-text="${task.id}">Copy id</button></p></div>
<div class="head-actions">${taskAction(task, `/tasks/${task.id}`, '')}<a class="button" href="${href(`/tasks/new?clone=${task.id}`)}">Clone</a></div></div>
${lifeBar(model)}
<nav class="tabs" aria-label="Parts of this task">${shown.map(([name, label]) => html`<a href="${href(tabPath(task, name))}"${name === tab ? html` aria-current="page"` : nothing}>${label}${name === 'events' ? html` <span class="muted num">${model.log.length}</span>` : nothing}</a>`)}</nav>
<section class="card" aria-label="${tabs.find(([name]) => name === tab)?.[1] ?? ''}">${tabBody(model)}</section>
<p class="muted small">Accepted ${ageOf(task.enqueued_at, now)}.</p>`;
}

/** @param {TaskWire} task @param {Tab} tab */
function tabPath(task, tab) {
  if (tab === 'summary') return `/tasks/${task.id}`;
  return tab === 'explain' ? `/tasks/${task.id}/explain` : `/tasks/${task.id}?tab=${tab}`;
}

/** @param {TaskModel & { now: string }} model */
function tabBody(model) {
  if (model.tab === 'explain') return explainPart(model);
  if (model.tab === 'output') return outputPart(model);
  if (model.tab === 'files') return filesPart(model);
  if (model.tab === 'events') return logTable(model.log);
  if (model.tab === 'json') return jsonPart(model);
  return summary(model);
}

/** Spans as a bar, and the same as a list with durations. @param {TaskModel & { now: string }} model */
function lifeBar({ task, attempts, now }) {
  const spans = lifeOf(task, attempts, Date.parse(now));
  const whole = Math.max(
    1,
    spans.reduce((sum, span) => sum + span.to - span.from, 0),
  );
  const least = 1.5;
  const free = 100 - spans.length * least;
  let x = 0;
  return html`<section class="card life" aria-label="Life of this task"><svg class="life-bar" aria-hidden="true">${spans.map((span) => {
    const width = least + ((span.to - span.from) / whole) * free;
    const tone = span.outcome && span.outcome !== 'succeeded' ? 'failed' : span.kind;
    const rect = html`<rect class="tone-${tone}" x="${round(x)}%" width="${round(Math.max(0.5, width - 0.3))}%" height="100%" rx="2"/>`;
    x += width;
    return rect;
  })}</svg><ol class="life-steps">${spans.map(
    (span) =>
      html`<li><span class="dot tone-${span.outcome && span.outcome !== 'succeeded' ? 'failed' : span.kind}"></span>${span.label}${span.outcome ? html` <span class="muted">${span.outcome.replaceAll('_', ' ')}</span>` : nothing} <b class="num">${duration(span.to - span.from)}</b>${span.open ? html` <span class="muted">so far</span>` : nothing}</li>`,
  )}${task.completed_at ? html`<li>${statusBadge(task.status)} ${timeOf(task.completed_at)} <span class="muted">after ${duration(between(task.enqueued_at, task.completed_at) ?? 0)}</span></li>` : nothing}</ol></section>`;
}

/** @param {TaskModel & { now: string }} model */
function summary({ task, explanation, family, now }) {
  return html`${task.error ? html`<div class="alert alert-bad"><div><p><b>${task.error.message}</b></p><p><span class="tag">${task.error.code}</span></p></div></div>` : nothing}${
    explanation.holds.length > 0
      ? html`<p class="reason-line">${explanation.summary} <a href="${href(`/tasks/${task.id}/explain`)}">Explain</a></p>${explanation.max_wait ? passedPart(explanation.max_wait) : nothing}`
      : nothing
  }${task.progress ? progressPart(task.progress, now) : nothing}<dl class="facts">${facts(task, now).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${familyPart(family)}${task.result === null || task.result === undefined ? nothing : block('Result', task.result)}
${task.payload === null || task.payload === undefined ? nothing : block('Payload', task.payload)}
${task.task_metadata ? block('Metadata', task.task_metadata) : nothing}`;
}

/** @param {NonNullable<TaskWire['progress']>} progress @param {string} now */
function progressPart({ ratio, note, at }, now) {
  return html`<div class="run">${bar(ratio, 'busy')}<p class="small"><b class="num">${Math.floor(ratio * 100)} %</b>${note === null ? nothing : html` ${note}`} <span class="muted">said ${ageOf(at, now)}</span></p></div>`;
}

/** @param {TaskWire} task @param {string} now @returns {readonly (readonly [string, Html | string | number])[]} */
function facts(task, now) {
  const time = (/** @type {string | null} */ iso) =>
    iso ? html`<time datetime="${iso}">${dateTime(iso)}</time> <span class="muted">UTC</span>` : '–';
  return [
    ['Type', task.type],
    ['Tenant', task.tenant],
    ['Priority', task.priority],
    ['Region', `${task.region ?? 'any'}${task.region && !task.regions && task.region_mode === 'require' ? ' (required)' : ''}`],
    ...(task.regions
      ? [/** @type {const} */ (['Regions', `${task.regions.join(', ')}${task.region_mode === 'require' ? ' (required)' : ' (preferred)'}`])]
      : []),
    ['Resource', resource(task.resource_type)],
    ...(task.constraints ? [/** @type {const} */ (['Constraints', html`<code>${constraintsText(task.constraints)}</code>`])] : []),
    ['Slots', task.parts === 1 ? task.slots : `${task.slots} for each of ${task.parts} parts`],
    task.placements === null ? ['Pool', poolLink(task.worker_id)] : ['Pools of its parts', poolsOfParts(task.placements)],
    ['Algorithm', task.algorithm_used ?? '–'],
    ['Attempts', `${task.attempt} of ${task.max_attempts}`],
    ['Waited', waitOf(task, now)],
    ['Ran', runOf(task, now)],
    ['Estimated cost', `${task.cost} ${task.cost === 1 ? 'unit' : 'units'}`],
    ['Actual cost', task.actual_cost === null ? '–' : money(task.actual_cost)],
    ['Accepted', time(task.enqueued_at)],
    ['Started', time(task.started_at)],
    ['Ended', time(task.completed_at)],
    ...(task.run_at ? [/** @type {const} */ (['Not before', time(task.run_at)])] : []),
    ...(task.due_at ? [/** @type {const} */ (['Next attempt', time(task.due_at)])] : []),
    ...(task.deadline ? [/** @type {const} */ (['Deadline', time(task.deadline)])] : []),
    ['Timeout', duration(task.timeout_ms)],
    ['Submitted by', task.initiated_by],
    task.placement_nodes === null ? ['Handled by', task.handled_by ?? '–'] : ['Nodes of its parts', nodesOfParts(task.placement_nodes)],
    ...(task.retry_of
      ? [
          /** @type {const} */ ([
            'Retry of',
            html`<a class="mono" href="${href(`/tasks/${task.retry_of}`)}">…${task.retry_of.slice(-8)}</a>`,
          ]),
        ]
      : []),
  ];
}

/** @param {string} title @param {unknown} value */
function block(title, value) {
  return html`<h3>${title}</h3><pre class="code" tabindex="0"><code>${typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')}</code></pre>`;
}

/** @param {TaskModel} model */
function jsonPart({ task, origin }) {
  return html`<pre class="code" tabindex="0"><code>${JSON.stringify(task, null, 2)}</code></pre>${command('Read it with curl', `curl ${origin}/api/v1/tasks/${task.id}`)}${command('Explain it with curl', `curl ${origin}/api/v1/tasks/${task.id}/explain`)}${command('Cancel it with curl', `curl -X DELETE ${origin}/api/v1/tasks/${task.id}`)}`;
}
