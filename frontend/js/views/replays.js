import { dateTime, plural } from '../model/format.js';
import { fileChoice, madeChoice, otherWindow, spans } from '../model/replay-form.js';
import { kinds } from './algorithm-picker.js';
import { choice, input, problemSummary, textarea } from './fields.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { ageOf, bar, command, empty } from './parts.js';

/** @typedef {import('../model/replay-wire.js').ReplaySummaryWire} ReplaySummaryWire */
/** @typedef {import('./algorithm-picker.js').AlgorithmOption} AlgorithmOption */
/** @typedef {import('./fields.js').FormState} FormState */

/**
 * @typedef {object} ReplaysModel
 * @property {FormState} form
 * @property {readonly AlgorithmOption[]} algorithms
 * @property {readonly ReplaySummaryWire[]} replays newest first
 * @property {string} origin
 */

/** Ticked before anybody chose. */
const usual = ['fifo', 'priority', 'min_cost', 'region_aware'];

/** @param {ReplaysModel & { now: string }} model */
export function replaysScreen(model) {
  return html`<div class="page-head"><h1>Replays</h1></div>
<p class="lead">What would the last hours have been like under another strategy? The server decides its own history again, with the code that decides live. First it replays what really decided and compares that with what happened, so you can see what the answer is worth. A trace or made tasks can be tried the same way.</p>
<section class="card" aria-labelledby="replays-title"><header class="card-head"><h2 id="replays-title">Replays there were</h2></header><div data-live="replays">${replayList(model)}</div></section>
<section class="card" aria-labelledby="new-replay-title" data-needs="operate"><header class="card-head"><h2 id="new-replay-title">New replay</h2></header><div data-live="replay-form">${replayForm(model)}</div></section>
${command('The same as a command', `curl -d '{"strategies":["fifo","min_cost"]}' -H 'content-type: application/json' ${model.origin}/api/v1/replays\ntrx replay --history --policy fifo,min_cost`)}`;
}

/** @param {Pick<ReplaysModel, 'replays'> & { now: string }} model */
export function replayList({ replays, now }) {
  if (replays.length === 0) return empty({ text: 'A replay appears here when one is started.' });
  return html`<div class="table-scroll" role="region" aria-label="Replays" tabindex="0"><table class="table"><caption class="hidden-visually">Replays, newest first</caption><thead><tr><th scope="col">Tasks</th><th scope="col">Tried</th><th scope="col">How far</th><th scope="col">Started</th><th scope="col">By</th></tr></thead><tbody>${replays.map(
    (replay) =>
      html`<tr id="replay-${replay.id}"><th scope="row"><a href="${href(`/replays/${replay.id}`)}">${tasksText(replay)}</a></th><td>${replay.algorithms.join(', ')}</td><td>${replayBadge(replay)}${replay.status === 'running' ? progressBar(replay) : nothing}</td><td class="nowrap">${ageOf(replay.started_at, now)}</td><td>${replay.by}</td></tr>`,
  )}</tbody></table></div>`;
}

/** Which tasks it is of. @param {Pick<ReplaySummaryWire, 'from' | 'to' | 'source'>} replay */
export function tasksText({ from, to, source }) {
  if (source !== null) return source.kind === 'trace' ? `trace ${source.name}` : `made tasks, ${source.name}`;
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  return `${dateTime(from)} to ${isOneDay ? to.slice(11, 19) : dateTime(to)}`;
}

const badges = /** @type {const} */ ({
  running: ['processing', 'play', 'Running'],
  completed: ['completed', 'completed', 'Done'],
  cancelled: ['cancelled', 'cancelled', 'Cancelled'],
  failed: ['failed', 'failed', 'Failed'],
  interrupted: ['delayed', 'warning', 'Interrupted'],
});

/** @param {Pick<ReplaySummaryWire, 'status'>} replay */
export function replayBadge({ status }) {
  const [tone, drawing, word] = badges[/** @type {keyof typeof badges} */ (status)] ?? ['gone', 'info', status];
  return html`<span class="badge badge-${tone}">${icon(drawing)}${word}</span>`;
}

/** @param {Pick<ReplaySummaryWire, 'progress'>} replay */
export function progressBar({ progress: { done, total } }) {
  return html`<div class="run">${bar(total ? done / total : 0, 'busy')}<p class="num small">${plural(done, 'task')}${total === null ? '' : ` of ${plural(total, 'task')}`} replayed</p></div>`;
}

/** @param {Pick<ReplaysModel, 'form' | 'algorithms'>} model */
export function replayForm({ form, algorithms }) {
  const prefix = 'replay';
  const time = (/** @type {string} */ name, /** @type {string} */ label) =>
    input({ prefix, form, name, label, type: 'datetime-local', attributes: html`step="1"` });
  return html`<form method="post" action="/replays" enctype="multipart/form-data" data-do="replay" class="stack">${problemSummary(prefix, form.problem)}
<fieldset class="group"><legend>Which tasks</legend><div class="grid-3">${choice({ prefix, form, name: 'last', label: 'Tasks', fallback: '60', options: [...spans.map(({ minutes, label }) => ({ value: String(minutes), label, group: 'Own history' })), ...otherTasks] })}
${time('from', 'From')}${time('to', 'To')}</div><p class="field-hint">From and to count where “From and to these times” is chosen; they are UTC.</p>${otherFields(prefix, form)}</fieldset>
<fieldset class="group"><legend>Which strategies</legend>${Object.entries(kinds).map(
    ([kind, title]) =>
      html`<p class="small strong">${title}</p><div class="strategy-choices">${algorithms.filter((each) => each.kind === kind).map((each) => strategyCheck(each, form.values))}</div>`,
  )}
${input({ prefix, form, name: 'others', label: 'Others', hint: 'an order and a placement, such as hrrn+least_loaded; several with commas between', attributes: html`spellcheck="false"` })}</fieldset>
<fieldset class="group"><legend>What else would be different</legend>${textarea({ prefix, form, name: 'pools', label: 'Pools', rows: 2, placeholder: 'us-east-gpu-pool capacity=8\nmore-gpu region=eu-west resource_type=gpu capacity=2 cost_per_unit=2', hint: 'one a line: its name, then capacity, cost_per_unit, speed, region, resource_type, state; a new name is a new pool' })}
${input({ prefix, form, name: 'seed', label: 'Seed', hint: 'the same seed gives the same answer', type: 'number', attributes: html`min="0" max="4294967295" step="1" placeholder="1"` })}</fieldset>
<div class="form-end"><button class="button button-primary">${icon('play')}Start replay</button><span class="muted small">It runs in a thread of its own, beside the server: nobody waits behind it.</span></div></form>`;
}

const otherTasks = [
  { value: otherWindow, label: 'From and to these times', group: 'Own history' },
  { value: fileChoice, label: 'A trace: a file', group: 'Other tasks' },
  { value: madeChoice, label: 'Made tasks', group: 'Other tasks' },
];
const patterns = [
  { value: 'steady', label: 'Steady' },
  { value: 'poisson', label: 'Poisson (random gaps)' },
  { value: 'burst', label: 'Bursts of 10' },
  { value: 'diurnal', label: 'Day and night' },
  { value: 'spike', label: 'One spike' },
  { value: 'lublin', label: 'Parallel jobs of a machine (Lublin)' },
];

/** Of a trace or of made tasks. @param {string} prefix @param {FormState} form */
function otherFields(prefix, form) {
  const isChosen = form.values['last'] === fileChoice || form.values['last'] === madeChoice;
  const number = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ hint,
    /** @type {import('./html.js').Html} */ attributes,
  ) => input({ prefix, form, name, label, hint, type: 'number', attributes });
  return html`<details class="command"${isChosen ? html` open` : nothing}><summary>A trace or made tasks instead</summary><div class="grid-3">
${input({ prefix, form: { ...form, values: {} }, name: 'trace', label: 'Trace', type: 'file', hint: 'Standard Workload Format, CSV or NDJSON of tasks, plain or gzip; at most 32 MiB; kept nowhere' })}
${choice({ prefix, form, name: 'pattern', label: 'Made tasks come', fallback: 'poisson', options: patterns })}
${number('tasks', 'Tasks to make', '1 to 1,000,000', html`min="1" max="1000000" step="1" placeholder="10000"`)}
${number('load', 'Load', 'work by capacity, above 0 up to 10', html`min="0.01" max="10" step="any" placeholder="0.9"`)}
${number('processors', 'Processors', 'of one machine in place of the pools; optional, but for parallel jobs', html`min="1" max="10000000" step="1"`)}</div></details>`;
}

/** @param {AlgorithmOption} algorithm @param {Readonly<Record<string, string>>} values */
function strategyCheck({ name, summary, current }, values) {
  const isTicked = Object.keys(values).length === 0 ? usual.includes(name) || current : values[`try.${name}`] !== undefined;
  return html`<label class="option"><input type="checkbox" name="try.${name}" value="on"${isTicked ? html` checked` : nothing}><span class="option-text"><span class="option-name">${name}${current ? html` <span class="tag">current</span>` : nothing}</span><span class="muted small">${summary}</span></span></label>`;
}
