import { count, dateTime, percent, trim } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { command, poolLink } from './parts.js';

/** @typedef {import('../model/pool-wire.js').QuotaWire} QuotaWire */

/**
 * @typedef {object} QuotasModel
 * @property {readonly QuotaWire[]} quotas those that tasks wait behind first, then the fullest
 * @property {number} total there may be more than are shown
 * @property {string} origin
 */

/** What each kind of limit is called. @type {Readonly<Record<string, string>>} */
const scopes = { tenant: 'Tenant', type: 'Type', tenant_type: 'Tenant and type', pool: 'Pool', pool_type: 'Type in a pool' };

/** @param {QuotasModel} model */
export function quotasScreen({ quotas, total, origin }) {
  const waiting = quotas.filter(({ waiting, scope }) => waiting !== null && waiting > 0 && !scope.startsWith('pool')).length;
  return html`<div class="page-head"><h1>Limits</h1></div>
<p class="lead">${waiting === 0 ? 'No task waits behind a limit of a tenant or a type.' : html`<b>Tasks wait behind ${count(waiting)} ${waiting === 1 ? 'limit' : 'limits'}</b> of tenants and types.`} Limits that tasks wait behind come first, then the fullest.${total > quotas.length ? html` These are ${count(quotas.length)} of ${count(total)}.` : nothing}</p>
<section class="card"><div class="table-scroll" role="region" aria-label="Limits and their use" tabindex="0"><table class="table table-cards"><caption class="hidden-visually">Limits and their use</caption><thead><tr><th scope="col">Whose</th><th scope="col">Limit</th><th scope="col" class="right">Used</th><th scope="col" class="right">Of</th><th scope="col">Share</th><th scope="col" class="right">Borrowed</th><th scope="col" class="right">Waiting</th><th scope="col">Free again</th></tr></thead><tbody>${quotas.map(row)}</tbody></table></div></section>
${command('The same as a command', `curl ${origin}/api/v1/quotas`)}`;
}

const none = html`<span class="muted">–</span>`;

/** @param {QuotaWire} quota */
function row(quota) {
  const { scope, limit, unit, used, most, guaranteed, borrowed, waiting, until } = quota;
  const isOver = used >= most;
  return html`<tr><th scope="row" class="card-first"><span class="tag">${scopes[scope] ?? scope}</span> ${names(quota)}</th><td data-label="Limit"><code>${limit}</code> <span class="muted">${unit}</span></td><td class="right num" data-label="Used">${trim(used, 6)}</td><td class="right num" data-label="Of">${trim(most, 6)}</td><td class="num" data-label="Share">${isOver ? fullBadge(waiting !== null && waiting > 0 && !scope.startsWith('pool')) : nothing}${most === 0 ? '–' : percent(used / most)}</td><td class="right num" data-label="Borrowed">${guaranteed === null || guaranteed === 0 ? none : count(borrowed ?? 0)}</td><td class="right num" data-label="Waiting">${waiting === null ? none : count(waiting)}</td><td data-label="Free again">${until === null ? none : html`<time datetime="${until}">${dateTime(until)}</time>`}</td></tr>`;
}

/** A limit that is used up does its work; where tasks wait behind it, its owner may want to know. @param {boolean} isWaitedFor */
function fullBadge(isWaitedFor) {
  if (isWaitedFor) return html`<span class="badge badge-queued">${icon('queued')}full, tasks wait</span> `;
  return html`<span class="badge badge-processing">full</span> `;
}

/** @param {QuotaWire} quota */
function names({ tenant, type, pool }) {
  return [tenant, type, pool === null ? null : poolLink(pool)]
    .filter((name) => name !== null)
    .map((name, i) => html`${i > 0 ? ' · ' : nothing}${name}`);
}
