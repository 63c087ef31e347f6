import { compact, count, duration, money, percent, plural, trim } from '../model/format.js';
import { historyMs, series } from '../model/history.js';
import { statuses, statusWords } from '../model/status.js';
import { areaChart, sparkline } from './chart.js';
import { href, html, nothing } from './html.js';
import { round } from './parts.js';

/** @typedef {import('./html.js').Html} Html */
/** @typedef {import('../model/wire.js').StatsWire} StatsWire */
/** @typedef {import('../model/wire.js').Sample} Sample */

/**
 * The original's six figures and two more, each a link to what it counts.
 * @param {{ stats: StatsWire, history: readonly Sample[], now: string }} model
 */
export function statTiles({ stats, history, now }) {
  const past = series(history, Date.parse(now));
  const running = stats.tasks_by_status['processing'] ?? 0;
  return html`<ul class="tiles">${[
    tile({ label: 'Processed', value: compact(stats.tasks_processed), note: 'completed and failed', to: '/tasks?status=completed,failed' }),
    tile({ label: 'Pending', value: compact(stats.tasks_pending), note: 'queued and delayed', to: '/tasks?status=queued,delayed' }),
    tile({
      label: 'Queue size',
      value: compact(stats.queue_size),
      note: 'ready to run',
      to: '/tasks?status=queued',
      spark: sparkline(past.waiting, 'wait'),
    }),
    tile({
      label: 'Running',
      value: compact(running),
      note: 'right now',
      to: '/tasks?status=processing',
      spark: sparkline(past.running, 'busy'),
    }),
    tile({ label: 'Completed', value: compact(stats.tasks_completed), note: successNote(stats), to: '/tasks?status=completed' }),
    tile({
      label: 'Failed',
      value: compact(stats.tasks_failed),
      note: failureNote(stats),
      to: '/tasks?status=failed',
      tone: stats.tasks_failed > 0 ? 'bad' : '',
    }),
    tile({ label: 'Average latency', value: duration(stats.average_latency * 1_000), note: 'start to end', to: '/tasks?status=completed' }),
    tile({
      label: 'Done per second',
      value: trim(stats.throughput, stats.throughput < 10 ? 2 : 1),
      note: 'last 60 s',
      to: '/logs?event_type=completed',
      spark: sparkline(past.perSecond, 'ok'),
    }),
  ]}</ul>`;
}

/** @param {{ label: string, value: string, note: string, to: string, spark?: Html, tone?: string }} tile */
function tile({ label, value, note, to, spark, tone = '' }) {
  return html`<li class="tile"><a href="${href(to)}"><span class="tile-label">${label}</span><span class="tile-value num ${tone ? `text-${tone}` : ''}">${value}</span><span class="tile-note">${note}</span></a>${spark ?? nothing}</li>`;
}

/** @param {StatsWire} stats */
function successNote(stats) {
  return stats.tasks_processed === 0 ? 'none yet' : `${percent(stats.tasks_completed / stats.tasks_processed)} of processed`;
}

/** @param {StatsWire} stats */
function failureNote(stats) {
  return stats.tasks_processed === 0 ? 'none yet' : `${trim((stats.tasks_failed / stats.tasks_processed) * 100, 1)}% of processed`;
}

/**
 * Where all tasks stand, as one bar; a status that has any is at least 6 px wide.
 * @param {StatsWire} stats
 */
export function stateBar(stats) {
  const shares = statuses.map((status) => ({ status, amount: stats.tasks_by_status[status] ?? 0 }));
  const sum = shares.reduce((all, each) => all + each.amount, 0);
  return html`<div class="states"><svg class="state-bar" role="img" aria-label="${stateSentence(shares, sum)}">${segments(shares, sum)}</svg>
<ul class="state-legend">${shares.map(
    ({ status, amount }) =>
      html`<li><a href="${href(`/tasks?status=${status}`)}"><span class="dot tone-${status}"></span>${statusWords[status]} <b class="num">${count(amount)}</b></a></li>`,
  )}<li class="state-cost"><span class="muted">Cost so far</span> <b class="num">${money(stats.cost_total)}</b></li></ul></div>`;
}

/** Percent of the bar that any status with tasks gets: about 6 px of a wide page. */
const leastShare = 0.8;

/** @param {readonly { status: string, amount: number }[]} shares @param {number} sum */
function segments(shares, sum) {
  const shown = shares.filter((each) => each.amount > 0);
  const free = 100 - shown.length * leastShare;
  let x = 0;
  return shown.map(({ status, amount }) => {
    const width = leastShare + (amount / sum) * free;
    const rect = html`<rect class="tone-${status}" x="${round(x)}%" width="${round(width)}%" height="100%"/>`;
    x += width;
    return rect;
  });
}

/** @param {readonly { status: import('../model/task-wire.js').TaskStatus, amount: number }[]} shares @param {number} sum */
function stateSentence(shares, sum) {
  if (sum === 0) return 'No tasks yet.';
  const parts = shares.filter((each) => each.amount > 0).map((each) => `${count(each.amount)} ${statusWords[each.status].toLowerCase()}`);
  return `${plural(sum, 'task')}: ${parts.join(', ')}.`;
}

/**
 * The last two minutes: what was finished, what waits.
 * @param {{ history: readonly Sample[], now: string }} model
 */
export function activity({ history, now }) {
  const past = series(history, Date.parse(now));
  const seconds = Math.min(historyMs / 1_000, Math.max(0, past.waiting.length - 1) * 2);
  const show = (/** @type {number} */ value) => trim(value, value < 10 ? 1 : 0);
  return html`<div class="charts">${[
    areaChart({
      title: 'Finished',
      unit: 'per second',
      values: past.perSecond,
      tone: 'ok',
      seconds,
      show,
      summary: `Tasks finished per second over the last ${seconds} seconds: now ${show(past.perSecond.at(-1) ?? 0)}, at most ${show(Math.max(0, ...past.perSecond))}.`,
    }),
    areaChart({
      title: 'Waiting',
      unit: 'tasks',
      values: past.waiting,
      tone: 'wait',
      seconds,
      show: compact,
      summary: `Tasks waiting over the last ${seconds} seconds: now ${count(past.waiting.at(-1) ?? 0)}, at most ${count(Math.max(0, ...past.waiting))}.`,
    }),
  ]}</div>${activityTable(past, seconds)}`;
}

/** @param {{ perSecond: readonly number[], waiting: readonly number[], running: readonly number[] }} past @param {number} seconds */
function activityTable(past, seconds) {
  if (past.waiting.length < 2) return nothing;
  const rows = past.waiting.map((waiting, index) => ({
    waiting,
    running: past.running[index] ?? 0,
    done: past.perSecond[index] ?? 0,
    ago: seconds - index * 2,
  }));
  const shown = rows.filter((_, index) => (rows.length - 1 - index) % 10 === 0);
  return html`<details class="twin"><summary>Show as a table</summary><div class="table-scroll" role="region" aria-label="The last minutes" tabindex="0"><table class="table table-plain"><caption class="hidden-visually">The last ${seconds} seconds</caption><thead><tr><th scope="col">Seconds ago</th><th scope="col" class="right">Finished per second</th><th scope="col" class="right">Waiting</th><th scope="col" class="right">Running</th></tr></thead><tbody>${shown.map(
    (row) =>
      html`<tr><th scope="row" class="num">${row.ago}</th><td class="right num">${round(row.done)}</td><td class="right num">${count(row.waiting)}</td><td class="right num">${count(row.running)}</td></tr>`,
  )}</tbody></table></div></details>`;
}
