import { plural } from '../model/format.js';
import { algorithmPicker } from './algorithms.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { card, empty } from './parts.js';
import { heatLegend, heatMap, poolCards } from './pools.js';
import { simulateCard } from './simulate.js';
import { activity, stateBar, statTiles } from './stats.js';
import { quickForm } from './task-form.js';
import { taskTable } from './task-table.js';

/** @typedef {import('../model/wire.js').StatsWire} StatsWire */
/** @typedef {import('../model/wire.js').PoolWire} PoolWire */
/** @typedef {import('../model/wire.js').TaskWire} TaskWire */
/** @typedef {import('../model/wire.js').Sample} Sample */

/**
 * @typedef {object} OverviewModel
 * @property {StatsWire} stats
 * @property {readonly Sample[]} history
 * @property {readonly PoolWire[]} pools
 * @property {readonly TaskWire[]} tasks the last ten
 * @property {readonly import('../model/wire.js').AlgorithmWire[]} algorithms
 * @property {import('../model/wire.js').EpochWire} epoch
 * @property {import('../model/wire.js').SimulationWire | null} simulation
 * @property {import('./task-form.js').TaskFormModel} taskForm
 * @property {import('./fields.js').FormState} simulateForm
 */

/** @param {OverviewModel & { now: string }} model */
export function overviewScreen(model) {
  return html`<h1 class="hidden-visually">Overview</h1>
<div data-live="first-run">${firstRun(model.stats)}</div>
<div class="overview"><div class="main-cards">
${card({ id: 'stats', title: 'System statistics', live: 'stats', body: statistics(model) })}
${card({ id: 'pools', title: 'Worker pools', live: 'pools', aside: html`<a href="/pools">All pools</a>`, body: poolsPart(model) })}</div>
<div class="side-cards">
${card({ id: 'submit', title: 'Submit a task', live: 'quick-form', body: quickForm(model.taskForm) })}
${card({ id: 'simulation', title: 'Traffic simulation', body: simulateCard({ form: model.simulateForm, simulation: model.simulation, now: model.now }) })}
${card({ id: 'algorithm', title: 'Scheduling algorithm', live: 'algorithm', body: algorithmPicker(model) })}</div>
${card({ id: 'recent', title: 'Recent tasks', live: 'recent', aside: recentLinks(), body: recentTasks(model) })}
</div>`;
}

function recentLinks() {
  return html`<a href="/tasks?status=processing">Running</a><a href="/tasks?status=queued,delayed">Waiting</a><a href="/tasks?status=failed">Failed</a><a href="/tasks">All tasks</a>`;
}

/** @param {Pick<OverviewModel, 'stats' | 'history'> & { now: string }} model */
export function statistics(model) {
  return html`${statTiles(model)}${stateBar(model.stats)}${waitingReasons(model.stats)}${activity(model)}`;
}

/** Why parked tasks are parked, most first. @param {StatsWire} stats */
function waitingReasons(stats) {
  const reasons = Object.entries(stats.waiting_by_reason)
    .filter(([, amount]) => amount > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (reasons.length === 0) return nothing;
  return html`<p class="reasons"><span class="muted">Waiting because</span> ${reasons.slice(0, 4).map(([code, amount]) => html`<span class="tag">${code.replaceAll('_', ' ')} <b class="num">${amount}</b></span> `)}</p>`;
}

/** @param {Pick<OverviewModel, 'pools'>} model */
export function poolsPart({ pools }) {
  if (pools.length === 0) return empty({ text: 'No pool is configured, so nothing can run.', action: html`<a class="button" href="/pools">Pools</a>` });
  return html`<div class="pools-part">${heatMap(pools)}${heatLegend()}</div>${poolCards(pools)}`;
}

/** @param {Pick<OverviewModel, 'tasks'> & { now: string }} model */
export function recentTasks({ tasks, now }) {
  if (tasks.length === 0) return empty({ text: 'The last ten tasks appear here.' });
  return taskTable({ tasks, now, back: '/', brief: true });
}

/**
 * What to do first, until something was done.
 * @param {StatsWire} stats
 */
export function firstRun(stats) {
  const seen = Object.values(stats.tasks_by_status).reduce((sum, each) => sum + each, 0) + stats.tasks_processed;
  if (seen > 0) return nothing;
  return html`<section class="card first-run" aria-labelledby="first-run-title"><h2 id="first-run-title">Nothing has run here yet</h2><ol class="steps">
<li><a href="#submit">${icon('arrow')}<span><b>Submit</b><span class="muted">a task, and see where it runs</span></span></a></li>
<li><a href="#simulation">${icon('play')}<span><b>Simulate</b><span class="muted">traffic, and watch the pools fill</span></span></a></li></ol></section>`;
}

/**
 * The sentence a screen reader is told now and then, never at each tick.
 * @param {StatsWire} stats
 */
export function statsSentence(stats) {
  return `${plural(stats.tasks_by_status['processing'] ?? 0, 'task')} running, ${plural(stats.tasks_pending, 'task')} waiting, ${plural(stats.tasks_failed, 'task')} failed so far.`;
}
