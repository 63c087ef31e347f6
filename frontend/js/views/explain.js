import { fitOf } from '../model/fit.js';
import { plural } from '../model/format.js';
import { isTerminal } from '../model/status.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { poolLink, poolsOfParts } from './parts.js';

/** @typedef {import('../model/task-wire.js').TaskWire} TaskWire */
/** @typedef {import('../model/pool-wire.js').PoolWire} PoolWire */
/** @typedef {import('../model/explain-wire.js').ExplanationWire} ExplanationWire */
/** @typedef {import('../model/explain-wire.js').WhyWire} WhyWire */

/**
 * @typedef {object} ExplainModel
 * @property {TaskWire} task
 * @property {ExplanationWire} explanation
 * @property {readonly PoolWire[]} pools
 * @property {number} poolTotal there may be more than are shown
 */

/** Who can clear a reason, as a sentence. @type {Readonly<Record<string, string>>} */
const clearedByWords = {
  time: 'It clears by itself when its time has come.',
  capacity: 'It clears when a slot comes free, or when someone adds capacity.',
  quota_owner: 'The owner of the quota can clear it.',
  submitter: 'Only a changed task can run: submit it again with other needs.',
  operator: 'An operator can clear it.',
};

/** The sentence first, then every pool with every constraint. @param {ExplainModel} model */
export function explainPart(model) {
  return html`${sentence(model)}${isTerminal(model.task.status) ? nothing : fits(model)}`;
}

/** @param {ExplainModel} model */
function sentence({ explanation }) {
  const { summary, holds, counts, decision, forecast, max_wait: passed } = explanation;
  return html`<div class="alert alert-info">${icon('info')}<div><p><b>${summary}</b></p>${holds.map(
    (hold) =>
      html`<p><span class="tag">${hold.code.replaceAll('_', ' ')}</span> ${clearedByWords[hold.who] ?? nothing}${hold.ahead === null ? nothing : html` ${ahead(hold.ahead)}`}</p>`,
  )}${forecast ? html`<p>Expected to start <b>${forecast.when}</b>: ${forecast.basis}.</p>` : nothing}${passed ? passedPart(passed) : nothing}${counts ? html`<p class="muted">${counted(counts)}</p>` : nothing}</div></div>
${cures(explanation)}${decision ? html`${decided(decision.details)}${decision.why ? whyThere(decision.why) : nothing}` : nothing}`;
}

/** How long newer work may go before it. @param {NonNullable<ExplanationWire['max_wait']>} passed */
export function passedPart({ is_past: isPast, summary }) {
  return isPast ? html`<p class="text-bad">${icon('warning')}<b>${summary}</b></p>` : html`<p>${summary}</p>`;
}

/** @param {number} amount */
function ahead(amount) {
  if (amount === 0) return 'It is the next one of its kind.';
  return `${plural(amount, 'task')} of its kind ${amount === 1 ? 'is' : 'are'} ahead.`;
}

/** @param {NonNullable<ExplanationWire['counts']>} counts */
function counted({ pools, may_run, full, out }) {
  const why = Object.entries(out).map(([cause, amount]) => `${amount} out by ${cause.replaceAll('_', ' ')}`);
  return `Of ${plural(pools, 'pool')}, ${may_run} may run it and ${full} of these ${full === 1 ? 'is' : 'are'} full${why.length > 0 ? `; ${why.join(', ')}` : ''}.`;
}

/** @param {Readonly<Record<string, unknown>>} decision details of the latest `scheduled` entry */
function decided(decision) {
  const told = ['worker_pool', 'parts', 'algorithm', 'epoch', 'attempt', 'region', 'cost_per_unit', 'why'];
  const rest = Object.entries(decision).filter(([key]) => !told.includes(key));
  const { parts } = decision;
  const where = Array.isArray(parts)
    ? html`${poolsOfParts(parts.map(String))}`
    : html`<b>${poolLink(text(decision['worker_pool']))}</b> in ${text(decision['region'])} at ${text(decision['cost_per_unit'])} per unit`;
  return html`<p>Attempt ${text(decision['attempt'])} went to ${where}, decided by <b>${text(decision['algorithm'])}</b>${decision['epoch'] === undefined ? nothing : html` (epoch ${text(decision['epoch'])})`}.</p>${
    rest.length === 0
      ? nothing
      : html`<dl class="facts">${rest.map(([key, value]) => html`<div><dt>${key.replaceAll('_', ' ')}</dt><dd>${text(value)}</dd></div>`)}</dl>`
  }`;
}

/** Single changes, each of which was tried. @param {ExplanationWire} explanation */
function cures({ unblock, holds }) {
  if (holds.length === 0) return nothing;
  if (unblock.length === 0) return html`<p class="muted">No single change would start it at once.</p>`;
  return html`<h3>${unblock.some(({ starts_on: pool }) => pool === null) ? 'What would help' : 'What would start it now'}</h3><ul class="bullets">${unblock.map(
    ({ summary, who }) => html`<li>${summary} <span class="tag">${who.replaceAll('_', ' ')}</span></li>`,
  )}</ul>`;
}

const roomTexts = {
  free: '',
  reserved: ' Its room was kept for it, as its needs had waited too long.',
  backfilled: ' It was put in before a task that the pool is kept for, which it does not delay.',
};

/** @param {WhyWire} why */
export function whyThere({ ring, spilled, room, deadline_at_risk: isLate, considered, full, out, parts, compared }) {
  const left = Object.entries(out).map(([cause, amount]) => `${amount} out by ${cause.replaceAll('_', ' ')}`);
  const without = full === 0 ? '' : `, ${full} better ${full === 1 ? 'one was' : 'ones were'} full`;
  const reach = ring === 'home' ? 'in its home' : spilled ? 'anywhere, as its home was full' : 'anywhere';
  return html`<p class="muted">${plural(considered, 'pool')} could run it ${reach}${without}${left.length > 0 ? `; ${left.join(', ')}` : ''}.${roomTexts[room]}${isLate ? ' By its expected run time there it would end after its deadline.' : ''}</p>${parts && compared ? places(parts, compared) : nothing}${compared ? comparison(compared) : nothing}`;
}

/** @param {NonNullable<WhyWire['parts']>} parts @param {NonNullable<WhyWire['compared']>} compared */
function places(parts, { by }) {
  const isRanked = by !== 'catalogue';
  return html`<p>Its parts were placed one after the other: ${parts.map(
    ({ pool, parts: count, total }, i) =>
      html`${i === 0 ? nothing : ', '}${plural(count, 'part')} on ${poolLink(pool)}${isRanked ? html` <span class="muted num">${by} ${amount(total)}</span>` : nothing}`,
  )}. This is how pools compared for the last of them:</p>`;
}

/** @param {NonNullable<WhyWire['compared']>} compared */
function comparison({ by, unit, total, terms, runner_up: second, margin }) {
  const rows = terms.map(
    ({ name, unit, weight, value, runner_up: other, flips }) =>
      html`<tr><th scope="row">${name}</th><td>${unit}</td><td class="right num">${weight}</td><td class="right num">${amount(value)}</td><td class="right num">${second ? amount(other) : '–'}</td><td>${flips ? `weight ${flips.when} ${flips.weight}` : '–'}</td></tr>`,
  );
  return html`<div class="table-scroll" role="region" aria-label="Winner and runner-up" tabindex="0"><table class="table"><caption class="hidden-visually">Winner and runner-up</caption><thead><tr><th scope="col">Compared by</th><th scope="col">Unit</th><th scope="col" class="right">Weight</th><th scope="col" class="right">Chosen</th><th scope="col" class="right">${second ? second.pool : 'Runner-up'}</th><th scope="col">Runner-up wins with</th></tr></thead><tbody>${rows}<tr><th scope="row">${by}</th><td>${unit}</td><td class="right num">–</td><td class="right num"><b>${amount(total)}</b></td><td class="right num">${second ? amount(second.total) : 'nobody'}</td><td>${margin === null ? '–' : `${margin} apart`}</td></tr></tbody></table></div>`;
}

/** @param {number | null} value */
function amount(value) {
  return value === null ? 'no end' : String(value);
}

/** @param {ExplainModel} model */
function fits({ task, pools, poolTotal }) {
  const all = pools.map((pool) => fitOf(task, pool));
  const may = all.filter((fit) => fit.mayRun);
  const room = may.filter((fit) => fit.hasRoom);
  const names = all[0]?.checks.map((check) => check.name) ?? [];
  return html`<h3>All pools, all constraints</h3><p class="muted">${plural(may.length, 'pool')} of ${all.length} may run it, ${room.length} of them ${room.length === 1 ? 'has' : 'have'} a free slot now.${poolTotal > all.length ? html` These are the first ${all.length} of ${poolTotal} pools.` : nothing}</p>
<div class="table-scroll" role="region" aria-label="Pools and constraints" tabindex="0"><table class="table"><caption class="hidden-visually">Constraints by pool</caption><thead><tr><th scope="col">Pool</th><th scope="col">May run it</th>${names.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">Free slots</th></tr></thead><tbody>${all.map(
    (fit) =>
      html`<tr><th scope="row">${poolLink(fit.pool.name)}</th><td>${yesNo(fit.mayRun)}</td>${fit.checks.map((check) => html`<td class="${check.ok ? 'muted' : 'text-bad'}">${check.ok ? nothing : html`${icon('failed')}<span class="hidden-visually">does not fit: </span>`}${check.text}</td>`)}<td class="right num">${fit.hasRoom ? nothing : html`<span class="hidden-visually">full: </span>`}${fit.pool.capacity - fit.pool.current_load} of ${fit.pool.capacity}</td></tr>`,
  )}</tbody></table></div>`;
}

/** @param {boolean} yes */
function yesNo(yes) {
  return yes
    ? html`<span class="badge badge-completed">${icon('completed')}yes</span>`
    : html`<span class="badge badge-cancelled">${icon('failed')}no</span>`;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : value === undefined ? '–' : (JSON.stringify(value) ?? '');
}
