import { count, money, plural } from '../model/format.js';
import { labelsText } from '../model/labels.js';
import { choice, filterSummary, input, problemSummary } from './fields.js';
import { href, html, nothing, verbatim } from './html.js';
import { nodesTable } from './nodes.js';
import { bar, command, empty, resource } from './parts.js';
import { heatLegend, heatMap, loadFigure, loadTone, poolsTable, stateButtons, stateWord, utilisation } from './pools.js';
import { taskTable } from './task-table.js';

/** @typedef {import('../model/pool-wire.js').PoolWire} PoolWire */

/**
 * @typedef {object} PoolsModel
 * @property {readonly PoolWire[]} pools of this page
 * @property {number} total pools of the region, or all
 * @property {string} region '' for all
 * @property {readonly string[]} regions
 * @property {number} page from 1
 * @property {number} pageSize
 * @property {string} origin
 * @property {import('../model/wire.js').Problem} [problem] what is wrong with the address: nothing is shown then
 */

/** @param {PoolsModel} model */
export function poolsScreen(model) {
  const { pools, origin, problem } = model;
  if (problem)
    return html`<div class="page-head"><h1>Worker pools</h1></div>
${regionFilter(model)}<p><a class="button" href="/pools">Show all pools</a></p>`;
  return html`<div class="page-head"><h1>Worker pools</h1></div>
${regionFilter(model)}<section class="card" aria-labelledby="map-title"><header class="card-head"><h2 id="map-title">Utilisation</h2>${heatLegend()}</header><div data-live="heat">${heatMap(pools)}</div></section>
<section class="card" aria-label="All pools"><div data-live="pools-table">${poolsTable({ pools })}</div></section>
${pages(model)}
${command('The same as a command', `curl ${origin}/api/v1/pools`)}`;
}

/** Only where there are more pools than one page shows: it says what is seen of how many. @param {PoolsModel} model */
function regionFilter({ pools, total, region, regions, page, pageSize, problem }) {
  if (!problem && total <= pageSize && region === '') return nothing;
  const prefix = 'p';
  const first = (page - 1) * pageSize;
  /** @type {import('./fields.js').FormState} */
  const form = { values: { region }, of: 'query', ...(problem && { problem }) };
  const options = ['', ...regions].map((value) => ({ value, label: value || 'all' }));
  const counted = html`<p class="list-count">Pools <b class="num">${count(pools.length === 0 ? 0 : first + 1)} to ${count(first + pools.length)}</b> of ${count(total)}. Map and table show these.</p>`;
  return html`<form class="filters card" method="get" action="/pools" data-do="filter" aria-label="Filter pools">${filterSummary(prefix, problem, ['region'])}<div class="filter-fields">${choice({ prefix, name: 'region', label: 'Region', form, options })}<button class="button">Show</button>${problem ? nothing : counted}</div></form>`;
}

/** @param {PoolsModel} model */
function pages({ total, region, page, pageSize }) {
  if (total <= pageSize) return nothing;
  const link = (/** @type {number} */ to, /** @type {string} */ label, /** @type {boolean} */ exists) =>
    exists
      ? html`<a class="button" href="${href(`/pools?region=${encodeURIComponent(region)}&page=${to}`)}">${label}</a>`
      : html`<span class="button" aria-disabled="true">${label}</span>`;
  return html`<nav class="pager" aria-label="Pages of pools">${link(page - 1, 'Previous', page > 1)}${link(page + 1, 'Next', page * pageSize < total)}</nav>`;
}

/**
 * @typedef {object} PoolModel
 * @property {PoolWire} pool
 * @property {readonly import('../model/task-wire.js').TaskWire[]} tasks running here
 * @property {readonly import('../model/pool-wire.js').NodeWire[] | null} nodes of a pool whose work runs on other machines
 * @property {import('./fields.js').FormState} form
 * @property {string} origin
 */

/** @param {PoolModel & { now: string }} model */
export function poolScreen(model) {
  const { pool, nodes, form, origin } = model;
  const path = `/pools/${encodeURIComponent(pool.name)}`;
  return html`<div data-live="pool-head">${poolHead(pool)}</div>
${
  nodes === null
    ? nothing
    : html`<section class="card" aria-labelledby="nodes-title"><header class="card-head"><h2 id="nodes-title">Nodes</h2></header><div data-live="pool-nodes">${nodesTable({ ...model, nodes })}</div></section>
`
}<div class="columns columns-side"><section class="card" aria-labelledby="running-title"><header class="card-head"><h2 id="running-title">Running here</h2><div class="card-aside"><a href="${href(`/tasks?pool=${encodeURIComponent(pool.name)}`)}">All its tasks</a></div></header><div data-live="pool-tasks">${poolTasks(model)}</div></section>
<section class="card" id="change" aria-labelledby="change-title" data-needs="operate"><header class="card-head"><h2 id="change-title">Change</h2></header><div data-live="pool-form">${poolForm(pool, form)}</div></section></div>
${command('The same as a command', `curl -X PATCH -d '${nodes === null ? `{"capacity":${pool.capacity}}` : '{"state":"draining"}'}' -H 'content-type: application/merge-patch+json' ${origin}/api/v1${path}`)}`;
}

/** @param {PoolWire} pool */
export function poolHead(pool) {
  const load = utilisation(pool);
  return html`<div class="page-head"><div><h1>${pool.name} ${stateWord(pool)}</h1><p class="muted">${pool.region} · ${resource(pool.resource_type)} · ${money(pool.cost_per_unit)} per unit · ${pool.executor} · speed ${pool.speed}${pool.carbon_grams_per_kwh === null ? nothing : html` · ${pool.carbon_grams_per_kwh} g CO₂/kWh`} · types ${pool.types.join(', ')}${pool.cooling === null ? nothing : html` · left alone after ${plural(pool.cooling.failures, 'failure')} in a row`}</p>${Object.keys(pool.labels).length > 0 ? html`<p class="muted">labels <code>${labelsText(pool.labels)}</code></p>` : nothing}</div><div class="head-actions">${stateButtons(pool, `/pools/${encodeURIComponent(pool.name)}`)}</div></div>
<div class="card"><p class="pool-load num"><span>${count(pool.current_load)} of ${plural(pool.capacity, 'slot')} in use</span>${loadFigure(load)}</p>${bar(load, loadTone(load))}${
    pool.state === 'draining'
      ? html`<p>${pool.current_load === 0 ? 'Drained: nothing runs here.' : `${plural(pool.current_load, 'slot')} still at work; nothing new starts.`}</p>`
      : nothing
  }</div>`;
}

/** @param {PoolModel & { now: string }} model */
export function poolTasks({ pool, tasks, now }) {
  if (tasks.length === 0) return empty({ text: 'Nothing runs here right now.' });
  return taskTable({ tasks, now, back: `/pools/${encodeURIComponent(pool.name)}`, show: 'running' });
}

/** @param {PoolWire} pool @param {import('./fields.js').FormState} form */
export function poolForm(pool, form) {
  const prefix = 'pool';
  return html`<form method="post" action="${href(`/pools/${encodeURIComponent(pool.name)}`)}" data-do="pool-change" class="stack">${problemSummary(prefix, form.problem)}<input type="hidden" name="version" value="${pool.version}">
${pool.executor === 'node' ? nothing : input({ prefix, form, name: 'capacity', label: 'Capacity', type: 'number', fallback: String(pool.capacity), hint: 'slots; below the load nothing is killed, but nothing new starts', attributes: html`min="0" step="1" required` })}
${input({ prefix, form, name: 'cost_per_unit', label: 'Price per unit', type: 'number', fallback: String(pool.cost_per_unit), attributes: html`min="0" step="any" required` })}
${input({ prefix, form, name: 'speed', label: 'Speed', type: 'number', fallback: String(pool.speed), hint: '2 halves the run time', attributes: html`min="0.01" step="any" required` })}
<input type="hidden" name="labels_before" value="${verbatim(Object.keys(pool.labels).join(' '))}">
${input({ prefix, form, name: 'labels', label: 'Labels', fallback: labelsText(pool.labels), hint: 'what constraints of tasks ask for, with commas between', attributes: html`placeholder="gpu_memory_gb = 80, zone = a" spellcheck="false"` })}
<div class="form-end"><button class="button button-primary">Save</button></div></form>`;
}
