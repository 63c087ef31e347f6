import { count, plural } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { ageOf, buttonForm, empty } from './parts.js';

/** @typedef {import('../model/pool-wire.js').NodeWire} NodeWire */

/** Machines of a pool. @param {{ pool: { name: string }, nodes: readonly NodeWire[], now: string }} model */
export function nodesTable({ pool, nodes, now }) {
  if (nodes.length === 0)
    return empty({ text: 'No machine has joined this pool, so its tasks wait.', curl: `trx worker --pool ${pool.name} --slots 4` });
  return html`<div class="table-scroll" role="region" aria-label="Nodes" tabindex="0"><table class="table table-cards"><caption class="hidden-visually">Nodes of this pool</caption><thead><tr>
<th scope="col">Node</th><th scope="col">State</th><th scope="col" class="right">Slots in use</th><th scope="col">Last heartbeat</th><th scope="col" class="right">Results</th><th scope="col">Types</th><th scope="col"><span class="hidden-visually">Actions</span></th></tr></thead>
<tbody>${nodes.map((node) => row(node, pool.name, now))}</tbody></table></div>`;
}

/** @param {NodeWire} node @param {string} pool @param {string} now */
function row(node, pool, now) {
  const mishap = node.last_error === null ? nothing : html`<p class="muted">last error: ${node.last_error}</p>`;
  return html`<tr data-key="${node.id}"><th scope="row" class="card-first">${node.id}${node.agent === null ? nothing : html` <span class="muted">${node.agent}</span>`}</th><td class="card-first">${badge(node)}</td><td class="right num" data-label="Slots in use">${count(node.slots_used)} / ${count(node.slots)}</td><td data-label="Last heartbeat">${ageOf(node.seen_at, now)}</td><td class="right num" data-label="Results">${count(node.results)}</td><td data-label="Types">${node.types.join(', ')}${mishap}</td><td class="actions">${drainButton(node, pool)}</td></tr>`;
}

/** @param {NodeWire} node */
function badge({ state, slots_used: used }) {
  if (state === 'live') return html`<span class="badge badge-completed">${icon('play')}Live</span>`;
  if (state === 'lost') return html`<span class="badge badge-failed">${icon('failed')}Lost</span>`;
  if (state === 'silent')
    return html`<span class="badge badge-delayed" title="No heartbeat when one was due: it gets nothing new">${icon('warning')}Silent</span>`;
  const left = used === 0 ? 'nothing runs there' : `${plural(used, 'slot')} still at work`;
  return html`<span class="badge badge-queued" title="${left}">${icon('drain')}${used === 0 ? 'Drained' : 'Draining'}</span>`;
}

/** @param {NodeWire} node @param {string} pool */
function drainButton({ id, state }, pool) {
  if (state === 'lost') return nothing;
  const isDraining = state === 'draining';
  return buttonForm({
    action: `/pools/${encodeURIComponent(pool)}/nodes/${encodeURIComponent(id)}/state`,
    label: isDraining ? 'Resume' : 'Drain',
    name: id,
    icon: isDraining ? 'play' : 'drain',
    style: 'button-small',
    fields: { state: isDraining ? 'live' : 'draining' },
    does: 'node-state',
    title: isDraining ? 'Takes new work again' : 'Finishes what runs, takes nothing new',
  });
}
