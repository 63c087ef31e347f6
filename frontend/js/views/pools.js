import { clockTime, count, money, percent, plural } from '../model/format.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';
import { bar, buttonForm, poolLink, resource } from './parts.js';

/** @typedef {import('../model/pool-wire.js').PoolWire} PoolWire */
/** @typedef {import('./html.js').Html} Html */

/** More regions than this are too many for the width of a phone. */
const fewRegions = 5;
/** More pools than this are shown as a table only: cards would fill screens. */
const mostCards = 50;
/** Slots are drawn one by one up to here, as one bar beyond. */
const mostSlots = 24;

/**
 * Used slots as a share, 0-1; a pool without slots uses none.
 * @param {PoolWire} pool
 */
export function utilisation(pool) {
  return pool.capacity > 0 ? pool.current_load / pool.capacity : 0;
}

/**
 * Full use is what a pool is for, so it has the colour of work however much there is. More than full is work of slots that were taken away,
 * which is to be waited for. Red is for what somebody has to do something about, and load never is.
 * @param {number} load
 */
export function loadTone(load) {
  return load > 1 ? 'queued' : 'busy';
}

/** @param {number} load */
export function loadFigure(load) {
  const words = load > 1 ? ' above its capacity' : load === 1 ? ' full' : '';
  return html`<span class="num${load >= 1 ? ' strong' : ''}">${percent(load)}${words ? html`<span class="hidden-visually">${words}</span>` : nothing}</span>`;
}

/** @param {readonly PoolWire[]} pools */
export function poolCards(pools) {
  if (pools.length > mostCards) {
    return html`<p class="muted">${count(pools.length)} pools are too many for cards: <a href="/pools">all of them as a table</a>.</p>`;
  }
  return html`<ul class="pool-cards">${pools.map(poolCard)}</ul>`;
}

/** @param {PoolWire} pool */
function poolCard(pool) {
  const load = utilisation(pool);
  return html`<li class="pool-card" id="pool-${pool.id}"><div class="pool-top"><h3>${poolLink(pool.name)}</h3>${poolState(pool)}</div>
<p class="pool-facts"><span>${pool.region}</span><span>${resource(pool.resource_type)}</span><span class="num">${money(pool.cost_per_unit)}<span class="muted">/unit</span></span></p>
${slots(pool)}
<p class="pool-load num"><span>${count(pool.current_load)}<span class="muted"> / ${plural(pool.capacity, 'slot')}</span></span>${loadFigure(load)}</p></li>`;
}

/** @param {PoolWire} pool */
export function poolState(pool) {
  if (pool.state === 'draining') return html`<span class="badge badge-queued">${icon('drain')}Draining</span>`;
  if (pool.state === 'paused') return html`<span class="badge badge-cancelled">${icon('pause')}Paused</span>`;
  if (pool.cools_until !== null)
    return html`<span class="badge badge-failed" title="Attempts kept failing here: it takes nothing until then.">${icon('warning')}Cooling until ${clockTime(pool.cools_until)}</span>`;
  return nothing;
}

/** One box per slot while they can be told apart. @param {PoolWire} pool */
function slots(pool) {
  const load = utilisation(pool);
  const tone = loadTone(load);
  if (pool.capacity > mostSlots || pool.capacity < 1) return bar(load, tone);
  const width = 100 / pool.capacity;
  const gap = Math.min(1.6, width * 0.2);
  const boxes = Array.from({ length: pool.capacity }, (_, index) => {
    const x = Math.round((index * width + gap / 2) * 100) / 100;
    return html`<rect class="${index < pool.current_load ? `bar-fill tone-${tone}` : 'bar-rail'}" x="${x}%" width="${Math.round((width - gap) * 100) / 100}%" height="100%" rx="2"/>`;
  });
  return html`<svg class="slots" aria-hidden="true">${boxes}</svg>`;
}

/**
 * Region × resource, colour and number = used slots in percent. The table of pools says the same in words.
 * @param {readonly PoolWire[]} pools
 */
export function heatMap(pools) {
  const regions = [...new Set(pools.map((pool) => pool.region))];
  const kinds = [...new Set(pools.map((pool) => pool.resource_type))].sort();
  return html`<div class="table-scroll" role="region" aria-label="Utilisation map" tabindex="0"><table class="heat${regions.length > fewRegions ? ' heat-wide' : ''}"><caption class="hidden-visually">Used slots in percent by region and resource</caption><thead><tr><th></th>${regions.map(
    (region) => html`<th scope="col">${region}</th>`,
  )}</tr></thead><tbody>${kinds.map(
    (kind) =>
      html`<tr><th scope="row">${resource(kind)}</th>${regions.map((region) => heatCell(pools.filter((pool) => pool.region === region && pool.resource_type === kind)))}</tr>`,
  )}</tbody></table></div>`;
}

/** @param {readonly PoolWire[]} pools of one region and kind */
function heatCell(pools) {
  if (pools.length === 0) return html`<td class="heat-none"><span class="muted">–</span></td>`;
  const shown = pools.slice(0, 6);
  return html`<td><div class="heat-cells">${shown.map((pool) => {
    const load = utilisation(pool);
    return html`<a class="heat-cell heat-${heatStep(load)}" href="${href(`/pools/${encodeURIComponent(pool.name)}`)}" title="${pool.name}: ${count(pool.current_load)} of ${count(pool.capacity)} in use"><span class="hidden-visually">${pool.name} </span>${pool.state === 'active' ? nothing : icon(pool.state === 'paused' ? 'pause' : 'drain')}<span class="num">${percent(load)}</span></a>`;
  })}${pools.length > shown.length ? html`<a class="heat-more" href="/pools">+${pools.length - shown.length}</a>` : nothing}</div></td>`;
}

/**
 * Step 0 is idle, step 7 is full; the six between are equal parts.
 * @param {number} load 0-1, above 1 while a lowered capacity drains
 */
export function heatStep(load) {
  if (load <= 0) return 0;
  if (load >= 1) return 7;
  return Math.min(6, 1 + Math.floor(load * 6));
}

/** The steps and what they mean. */
export function heatLegend() {
  const words = ['idle', '', '', '', '', '', '', 'full'];
  return html`<p class="heat-legend" aria-hidden="true"><span>idle</span>${words.map((_, step) => html`<span class="heat-key heat-${step}"></span>`)}<span>full</span></p>`;
}

/** @param {{ pools: readonly PoolWire[] }} model */
export function poolsTable({ pools }) {
  const capacity = pools.reduce((sum, pool) => sum + pool.capacity, 0);
  const load = pools.reduce((sum, pool) => sum + pool.current_load, 0);
  return html`<div class="table-scroll" role="region" aria-label="Pools" tabindex="0"><table class="table table-cards"><caption class="hidden-visually">Worker pools</caption><thead><tr>
<th scope="col">Pool</th><th scope="col">Region</th><th scope="col">Resource</th><th scope="col">Executor</th><th scope="col" class="right">Price per unit</th><th scope="col" class="right">Load</th><th scope="col">Utilisation</th><th scope="col">State</th><th scope="col"><span class="hidden-visually">Actions</span></th></tr></thead>
<tbody>${pools.map(poolRow)}</tbody>
<tfoot><tr><th scope="row" colspan="5">${plural(pools.length, 'pool')}</th><td class="right num">${count(load)} / ${count(capacity)}</td><td colspan="3"></td></tr></tfoot></table></div>`;
}

/** @param {PoolWire} pool */
function poolRow(pool) {
  const load = utilisation(pool);
  return html`<tr id="pool-${pool.id}"><th scope="row" class="card-first">${poolLink(pool.name)}</th><td data-label="Region">${pool.region}</td><td data-label="Resource">${resource(pool.resource_type)}</td><td data-label="Executor">${pool.executor}</td><td class="right num" data-label="Price">${money(pool.cost_per_unit)}</td><td class="right num" data-label="Load">${count(pool.current_load)} / ${count(pool.capacity)}</td><td class="bar-cell">${bar(load, loadTone(load))}${loadFigure(load)}</td><td>${stateWord(pool)}</td><td class="actions">${stateButtons(pool, '/pools')}</td></tr>`;
}

/** @param {PoolWire} pool */
export function stateWord(pool) {
  return pool.state === 'active' && pool.cools_until === null
    ? html`<span class="badge badge-completed">${icon('play')}Active</span>`
    : poolState(pool);
}

/**
 * @param {PoolWire} pool
 * @param {string} back where a page without a script returns to
 */
export function stateButtons(pool, back) {
  const action = `/pools/${encodeURIComponent(pool.name)}/state`;
  const to = (/** @type {string} */ state, /** @type {string} */ label, /** @type {string} */ drawing, /** @type {string} */ title) =>
    buttonForm({
      action,
      label,
      name: pool.name,
      icon: drawing,
      style: 'button-small',
      fields: { state, back },
      does: 'pool-state',
      title,
    });
  if (pool.state !== 'active') return to('active', 'Resume', 'play', 'Takes new work again');
  return html`${pool.cools_until === null ? nothing : to('active', 'Resume now', 'play', 'Takes new work again before its pause ends')}${to('draining', 'Drain', 'drain', 'Finishes what runs, takes nothing new')}${to('paused', 'Pause', 'pause', 'Takes nothing new until resumed')}`;
}
