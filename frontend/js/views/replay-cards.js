import { count, duration, money, plural, trim } from '../model/format.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/replay-wire.js').ReplayWire} ReplayWire */
/** @typedef {import('../model/replay-wire.js').ReplayResultWire} ReplayResultWire */
/** @typedef {import('../model/replay-wire.js').CardWire} CardWire */
/** @typedef {import('../model/replay-wire.js').FiguresWire} FiguresWire */
/** @typedef {import('../model/replay-wire.js').DifferenceWire} DifferenceWire */

const dash = html`<span class="muted">–</span>`;

/**
 * All figures side by side: as it happened, what really decided replayed, then what was tried.
 * @param {ReplayResultWire} result
 * @param {string} current what decides now
 */
export function comparison({ actual, as_run, decided, cards }, current) {
  return html`<section class="card" aria-labelledby="comparison-title"><header class="card-head"><h2 id="comparison-title">Side by side</h2></header>
<div class="table-scroll" role="region" aria-label="Comparison" tabindex="0"><table class="table table-figures"><caption class="hidden-visually">Figures of each strategy; what differences are to is said below</caption>
<thead><tr><th scope="col">Strategy</th><th scope="col" class="right">Mean wait</th><th scope="col" class="right">p95</th><th scope="col" class="right">p99</th><th scope="col" class="right">Longest</th><th scope="col" class="right">Slowdown, mean</th><th scope="col" class="right">worst</th><th scope="col" class="right">Cost</th><th scope="col" class="right">Deadlines missed</th><th scope="col" class="right">Fairness</th></tr></thead>
<tbody>${actual === null ? nothing : html`<tr><th scope="row">As it happened</th>${cells(actual)}</tr>`}${as_run === null ? nothing : html`<tr><th scope="row">What really decided, replayed<br><span class="small muted">${decidedText(decided)}; the base of the differences${unstarted(as_run)}</span></th>${cells(as_run.figures)}</tr>`}${cards.map(
    (card, i) =>
      html`<tr><th scope="row"><a href="#card-${i}">${card.algorithm}</a>${card.algorithm === current ? html` <span class="tag">current</span>` : nothing}<br><span class="small muted">tried alone${unstarted(card)}</span></th>${cells(card.figures, card.differences)}</tr>`,
  )}</tbody></table></div>
<p class="muted small">${as_run === null ? nothing : 'What really decided is every strategy that decided in the window, in its time and with its parameters; what was tried decides alone from begin to end. '}Wait: until a task first starts, or is given up; what never starts has none, is in no average, and is counted by itself. Slowdown: wait and run by run, at least 10 s. Fairness: 1 when all tenants fare alike. ${as_run === null ? 'Differences are to the first; ' : nothing}“better” and “worse” stand only where chance is ruled out.</p></section>`;
}

/** Names told of many that took turns. */
const mostDecided = 4;

/** What really decided, one after the other. @param {readonly string[]} names */
function decidedText(names) {
  const more = names.length - mostDecided;
  return `${names.slice(0, mostDecided).join(', then ')}${more > 0 ? `, and ${plural(more, 'switch', 'switches')} more` : ''}`;
}

/** Tasks without a wait: they are in none of the figures. @param {CardWire} card */
function unstarted({ never_started }) {
  return never_started === 0 ? nothing : html`; <span class="text-bad">${plural(never_started, 'task')} never started</span>`;
}

/** @param {FiguresWire} figures @param {CardWire['differences']} [differences] */
function cells({ wait_ms, bounded_slowdown, cost, deadlines, fairness_jain }, differences = null) {
  const right = (/** @type {unknown} */ content) => html`<td class="right num">${/** @type {any} */ (content)}</td>`;
  return html`${right(html`${ms(wait_ms.mean)}${change(differences?.mean_wait_ms)}`)}${right(html`${ms(wait_ms.p95)}${change(differences?.p95_wait_ms)}`)}${right(ms(wait_ms.p99))}${right(ms(wait_ms.max))}${right(factor(bounded_slowdown.mean))}${right(factor(bounded_slowdown.max))}${right(html`${money(cost)}${change(differences?.cost)}`)}${right(missed(deadlines))}${right(fairness_jain === null ? dash : trim(fairness_jain, 3))}`;
}

/** How much more or less than the base; of all figures less is better. @param {DifferenceWire | undefined} difference */
function change(difference) {
  if (difference === undefined || difference.relative === null) return nothing;
  const { relative, verdict } = difference;
  const size = `${relative > 0 ? '+' : '−'}${trim(Math.abs(100 * relative), 1)} %`;
  const words = verdict === null ? nothing : html` <b class="verdict-${verdict}">${verdict}</b>`;
  return html`<br><span class="small muted">${Math.abs(relative) < 0.0005 ? 'the same' : size}</span>${words}`;
}

/**
 * One card per strategy: what it would cost whom, and the way to put it in force.
 * @param {ReplayWire} replay
 * @param {string} current
 */
export function replayCards({ id, result, source }, current) {
  return html`<ul class="algorithm-cards replay-cards">${(result?.cards ?? []).map((card, i) => replayCard(card, i, { id, current, base: result?.as_run == null ? (result?.cards[0]?.algorithm ?? '') : 'what really decided, replayed', isOwn: source === null }))}</ul>`;
}

/**
 * @param {CardWire} card
 * @param {number} place among the cards
 * @param {{ id: string, current: string, base: string, isOwn: boolean }} replay `base`: what differences are to
 */
function replayCard(card, place, { id, current, base, isOwn }) {
  const { algorithm, params, figures, never_started, total_cost, makespan_ms, differences } = card;
  const isCurrent = algorithm === current;
  const { wait_ms, cost, deadlines, fairness_jain, failed } = figures;
  return html`<li class="card algorithm${isCurrent ? ' algorithm-current' : ''}" id="card-${place}"><header class="card-head"><h3>${algorithm}</h3>${isCurrent ? html`<span class="badge badge-processing">${icon('completed')}Current</span>` : nothing}</header>
<p>${sentence(card, base)}</p>
${never_started === 0 ? nothing : html`<div class="alert alert-bad">${icon('warning')}<p>${plural(never_started, 'task')} would never have started: the waits below are of the others.</p></div>`}
<dl class="facts"><div><dt>Mean wait</dt><dd>${ms(wait_ms.mean)}${change(differences?.mean_wait_ms)}</dd></div><div><dt>Wait, p95 / p99</dt><dd>${ms(wait_ms.p95)} / ${ms(wait_ms.p99)}</dd></div><div><dt>${never_started === 0 ? 'Longest wait' : 'Longest wait of those that start'}</dt><dd>${ms(wait_ms.max)}</dd></div>
<div><dt>Cost</dt><dd>${money(cost)}${change(differences?.cost)}</dd></div><div><dt>Deadlines missed</dt><dd>${missed(deadlines)}</dd></div><div><dt>Fairness</dt><dd>${fairness_jain === null ? dash : trim(fairness_jain, 3)}</dd></div>
<div><dt>Above the least cost</dt><dd>${gap(total_cost)}</dd></div><div><dt>Above the least time</dt><dd>${gap(makespan_ms)}</dd></div><div><dt>Failed</dt><dd>${count(failed)}</dd></div>${never_started === 0 ? nothing : html`<div><dt>Never started</dt><dd>${count(never_started)}</dd></div>`}</dl>
${worstTable(card, isOwn)}${tenantTable(card)}
${Object.keys(params).length === 0 ? nothing : html`<details class="command"><summary>Parameters of ${algorithm}</summary><pre class="code" tabindex="0"><code>${JSON.stringify(params, null, 1)}</code></pre></details>`}
${isCurrent ? nothing : html`<div class="form-end"><a class="button" href="${href(`/replays/${id}/activation?card=${place}`)}">Switch to ${algorithm}…</a></div>`}</li>`;
}

/** The figures in words, with who pays for them. @param {CardWire} card @param {string} base */
function sentence({ differences, figures }, base) {
  const relative = differences?.mean_wait_ms.relative;
  const [worst] = figures.worst;
  const tail =
    worst === undefined
      ? ''
      : `; the unluckiest task waits ${duration(worst.wait_ms)}${worst.really_waited_ms === null ? '' : ` (really ${duration(worst.really_waited_ms)})`}`;
  if (relative === null || relative === undefined)
    return `Mean wait ${figures.wait_ms.mean === null ? 'unknown' : duration(figures.wait_ms.mean)}${tail}.`;
  const isSure = differences?.mean_wait_ms.verdict !== null;
  const by = trim(Math.abs(100 * relative), 1);
  const head =
    Math.abs(relative) < 0.0005
      ? `On average tasks wait as long as under ${base}`
      : `On average tasks wait ${by} % ${relative < 0 ? 'less' : 'longer'} than under ${base}${isSure ? '' : ' (may be chance)'}`;
  return `${head}${tail}.`;
}

/** @param {CardWire} card @param {boolean} isOwn */
function worstTable({ algorithm, figures: { worst } }, isOwn) {
  if (worst.length === 0) return nothing;
  return html`<details class="twin"><summary>The ${worst.length === 1 ? 'task' : `${worst.length} tasks`} that wait longest</summary><div class="table-scroll" role="region" aria-label="Longest waits under ${algorithm}" tabindex="0"><table class="table"><thead><tr><th scope="col">Task</th><th scope="col">Type</th><th scope="col">Tenant</th><th scope="col" class="right">Waits</th>${isOwn ? html`<th scope="col" class="right">Really</th>` : nothing}</tr></thead><tbody>${worst.map(
    ({ id, seq, type, tenant, wait_ms, really_waited_ms }) =>
      html`<tr><th scope="row" class="num">${id === null ? `${isOwn ? '#' : 'line '}${seq}` : html`<a href="${href(`/tasks/${id}`)}">#${seq}</a>`}</th><td>${type}</td><td>${tenant}</td><td class="right num">${duration(wait_ms)}</td>${isOwn ? html`<td class="right num">${really_waited_ms === null ? html`<span class="muted">never</span>` : duration(really_waited_ms)}</td>` : nothing}</tr>`,
  )}</tbody></table></div></details>`;
}

/** @param {CardWire} card */
function tenantTable({ algorithm, figures: { tenants } }) {
  if (tenants.length < 2) return nothing;
  return html`<details class="twin"><summary>By tenant</summary><div class="table-scroll" role="region" aria-label="Tenants under ${algorithm}" tabindex="0"><table class="table"><thead><tr><th scope="col">Tenant</th><th scope="col" class="right">Tasks</th><th scope="col" class="right">Mean wait</th><th scope="col" class="right">Longest</th></tr></thead><tbody>${tenants.map(
    ({ tenant, tasks, mean_wait_ms, max_wait_ms }) =>
      html`<tr><th scope="row">${tenant}</th><td class="right num">${count(tasks)}</td><td class="right num">${duration(mean_wait_ms)}</td><td class="right num">${duration(max_wait_ms)}</td></tr>`,
  )}</tbody></table></div></details>`;
}

/** @param {number | null} value */
function ms(value) {
  return value === null ? dash : duration(value);
}

/** @param {number | null} value */
function factor(value) {
  return value === null ? dash : `${trim(value, 2)}×`;
}

/** @param {FiguresWire['deadlines']} deadlines */
function missed({ tasks, missed }) {
  return tasks === 0 ? dash : `${count(missed)} of ${count(tasks)}`;
}

/** @param {import('../model/replay-wire.js').BoundedWire} bounded */
function gap({ gap }) {
  return gap === null ? html`<span class="muted">unknown</span>` : `${trim(100 * gap, 1)} %`;
}
