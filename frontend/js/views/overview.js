import { algorithmPicker } from './algorithm-picker.js';
import { html } from './html.js';
import { firstRun, poolsPart, recentTasks, statistics } from './overview-parts.js';
import { card } from './parts.js';
import { simulateCard } from './simulate.js';
import { quickForm } from './task-form.js';

/** @typedef {import('../model/wire.js').StatsWire} StatsWire */
/** @typedef {import('../model/pool-wire.js').PoolWire} PoolWire */
/** @typedef {import('../model/task-wire.js').TaskWire} TaskWire */
/** @typedef {import('../model/wire.js').Sample} Sample */

/**
 * @typedef {object} OverviewModel
 * @property {StatsWire} stats
 * @property {readonly Sample[]} history
 * @property {readonly PoolWire[]} pools
 * @property {number} poolTotal there may be more than are shown
 * @property {readonly TaskWire[]} tasks the last ten
 * @property {readonly import('./algorithm-picker.js').AlgorithmOption[]} algorithms
 * @property {import('../model/algorithm-wire.js').EpochWire} epoch
 * @property {Readonly<Record<string, unknown>>} overtaking who may overtake whom, which holds whatever decides
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
${card({ id: 'submit', title: 'Submit a task', live: 'quick-form', needs: 'submit', body: quickForm(model.taskForm) })}
${card({ id: 'simulation', title: 'Traffic simulation', body: simulateCard({ form: model.simulateForm, simulation: model.simulation, now: model.now }) })}
${card({ id: 'algorithm', title: 'Scheduling algorithm', live: 'algorithm', body: algorithmPicker(model) })}</div>
${card({ id: 'recent', title: 'Recent tasks', live: 'recent', aside: recentLinks(), body: recentTasks(model) })}
</div>`;
}

function recentLinks() {
  return html`<a href="/tasks?status=processing">Running</a><a href="/tasks?status=queued,delayed">Waiting</a><a href="/tasks?status=failed">Failed</a><a href="/tasks">All tasks</a>`;
}
