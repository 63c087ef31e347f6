/** The parts of the overview that live: the browser draws these again, the rest it leaves as it was painted. */
import { count, duration, plural } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { empty } from './parts.js';
import { heatLegend, heatMap, poolCards } from './pools.js';
import { activity, stateBar, statTiles } from './stats.js';
import { taskTable } from './task-table.js';

/** @typedef {import('../model/wire.js').StatsWire} StatsWire */
/** @typedef {import('./overview.js').OverviewModel} OverviewModel */

/** @param {Pick<OverviewModel, 'stats' | 'history'> & { now: string }} model */
export function statistics(model) {
  return html`${statTiles(model)}${stateBar(model.stats)}${waitingReasons(model.stats)}${waits(model)}${activity(model)}`;
}

/** Why parked tasks are parked, most first. @param {StatsWire} stats */
function waitingReasons(stats) {
  const reasons = Object.entries(stats.waiting_by_reason)
    .filter(([, amount]) => amount > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (reasons.length === 0) return nothing;
  return html`<p class="reasons"><span class="muted">Waiting because</span> ${reasons.slice(0, 4).map(([code, amount]) => html`<span class="tag">${code.replaceAll('_', ' ')} <b class="num">${amount}</b></span> `)}</p>`;
}

/** How long the oldest waits, and how many wait longer than was promised. @param {{ stats: StatsWire, now: string }} model */
function waits({ stats: { oldest_ready_at: oldest, tasks_past_max_wait: past }, now }) {
  if (oldest === null) return nothing;
  const late = html` <a id="past-max-wait" href="/algorithms">${icon('warning')}<b class="text-bad">${plural(past, 'task')} ${past === 1 ? 'has' : 'have'} waited longer than the strategy promises</b></a>`;
  return html`<p class="reasons"><span class="muted">Oldest waiting task</span> <b class="num">${duration(Math.max(0, Date.parse(now) - Date.parse(oldest)))}</b>${past === 0 ? nothing : late}</p>`;
}

/** @param {Pick<OverviewModel, 'pools' | 'poolTotal'>} model */
export function poolsPart({ pools, poolTotal }) {
  if (pools.length === 0)
    return empty({ text: 'No pool is configured, so nothing can run.', action: html`<a class="button" href="/pools">Pools</a>` });
  return html`<div class="pools-part">${heatMap(pools)}${heatLegend()}</div>${poolTotal > pools.length ? html`<p class="muted">The first ${count(pools.length)} of ${count(poolTotal)} pools. <a href="/pools">All of them as a table</a></p>` : nothing}${poolCards(pools)}`;
}

/** @param {Pick<OverviewModel, 'tasks'> & { now: string }} model */
export function recentTasks({ tasks, now }) {
  if (tasks.length === 0) return empty({ text: 'The last ten tasks appear here.' });
  return taskTable({ tasks, now, back: '/', show: 'brief' });
}

/**
 * What to do first, until something was done.
 * @param {StatsWire} stats
 */
export function firstRun(stats) {
  const seen = Object.values(stats.tasks_by_status).reduce((sum, each) => sum + each, 0) + stats.tasks_processed;
  if (seen > 0) return nothing;
  return html`<section class="card first-run" aria-labelledby="first-run-title" data-needs="submit"><h2 id="first-run-title">Nothing has run here yet</h2><ol class="steps">
<li><a href="#submit">${icon('arrow')}<span><b>Submit</b><span class="muted">a task, and see where it runs</span></span></a></li>
<li><a href="#simulation">${icon('play')}<span><b>Simulate</b><span class="muted">traffic, and watch the pools fill</span></span></a></li></ol></section>`;
}
