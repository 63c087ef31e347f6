import { duration } from '../model/format.js';
import { inForce, ownParameters, sharedParameters, shown } from '../model/parameters.js';
import { kinds, since } from './algorithm-picker.js';
import { epochsCard, reasonField } from './epochs.js';
import { problemSummary } from './fields.js';
import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';
import { keptParameters, parameterFields } from './parameter-fields.js';
import { command } from './parts.js';

/** @typedef {import('../model/algorithm-wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('../model/algorithm-wire.js').EpochWire} EpochWire */
/** @typedef {import('../model/wire.js').Problem} Problem */
/** @typedef {import('../model/parameters.js').Parameters} Parameters */

/**
 * @typedef {object} AlgorithmsModel
 * @property {readonly AlgorithmWire[]} algorithms
 * @property {EpochWire} epoch the current one
 * @property {readonly EpochWire[]} epochs newest first; none for who sees one tenant alone
 * @property {Problem} [problem] of a refused switch
 * @property {Readonly<Record<string, string>>} [values] of a refused switch
 * @property {string} origin
 */

/** What each class of ordering costs, in words. @type {Readonly<Record<string, string>>} */
const complexityWords = {
  static: 'fixed key per task',
  slope: 'order changes with waiting time',
  share: 'order follows shares of tenants',
};

/** @param {AlgorithmsModel & { now: string }} model */
export function algorithmsScreen(model) {
  const { algorithms, epochs, origin, problem, values } = model;
  const shared = sharedParameters(algorithms);
  return html`<div class="page-head"><h1>Scheduling algorithms</h1></div>
<p class="lead">The algorithm orders the queue and chooses the pool: each of the first list goes with each of the second. A switch takes effect on the very next decision, survives a restart, and is in the log; running tasks are left alone.</p>
${problemSummary(values?.['form'] === 'overtaking' ? 'algorithm' : `algorithm-${values?.['algorithm'] ?? ''}`, problem)}
<section class="card stack" aria-labelledby="current-title" data-live="current-algorithm">${currentPart(model, shared)}</section>
${Object.entries(kinds).map(
  ([kind, title]) => html`<section aria-labelledby="kind-${kind}"><h2 id="kind-${kind}">${title}</h2>
<ul class="algorithm-cards">${algorithms.filter((algorithm) => algorithm.kind === kind).map((algorithm) => algorithmCard(algorithm, model, shared))}</ul></section>`,
)}
${epochs.length === 0 ? nothing : epochsCard(model)}
${command('The same as a command', `curl -X PUT -d '{"algorithm":"min_cost"}' -H 'content-type: application/json' ${origin}/api/v1/config/algorithm`)}`;
}

/** The card whose form was refused, told at its fields. @param {AlgorithmsModel & { now: string }} model */
export function refusedCard(model) {
  const shared = sharedParameters(model.algorithms);
  if (model.values?.['form'] === 'overtaking') return currentPart(model, shared);
  const algorithm = model.algorithms.find(({ name }) => name === model.values?.['algorithm']);
  return algorithm === undefined ? undefined : algorithmPart(algorithm, model, shared);
}

/** What decides now, and what holds whatever decides. @param {AlgorithmsModel & { now: string }} model @param {Parameters} shared */
function currentPart({ epoch, values, problem, now }, shared) {
  const { shared: set, rest, prefix } = inForce(epoch, shared);
  const isRefused = problem !== undefined && values?.['form'] === 'overtaking';
  const form = isRefused ? { values: values ?? {}, problem } : { values: {} };
  return html`<h2 id="current-title">${epoch.algorithm} decides now</h2>
<p class="muted">Since ${since(epoch, now)}, by ${epoch.by}${epoch.reason ? html`: ${epoch.reason}` : nothing}</p>
${
  Object.keys(shared).length === 0
    ? nothing
    : html`<details class="more" id="overtaking"${isRefused ? html` open` : nothing}><summary>Who may overtake whom: <code>${Object.entries(
        set,
      )
        .slice(0, 2)
        .map(([name, value]) => `${name} ${shown(value)}`)
        .join(', ')}</code></summary>
<form method="post" action="/algorithms/switch" data-do="switch" class="stack" data-reads><input type="hidden" name="form" value="overtaking"><input type="hidden" name="algorithm" value="${verbatim(epoch.algorithm)}"><input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/algorithms">${keptParameters(rest)}
<p class="muted">The same for every algorithm. A switch in the dashboard keeps it; one by the API or a command that does not name it brings the defaults back.</p>
${parameterFields({ parameters: shared, values: set, prefix: 'algorithm', form, at: prefix })}
${reasonField('overtaking', form)}
<div class="form-end"><button class="button">Apply to ${epoch.algorithm}</button></div></form></details>`
}`;
}

/** @param {AlgorithmWire} algorithm @param {AlgorithmsModel} model @param {Parameters} shared */
function algorithmCard(algorithm, model, shared) {
  const { name, current } = algorithm;
  return html`<li class="card algorithm${current ? ' algorithm-current' : ''}" id="algorithm-${name}" data-live="algorithm-${name}">${algorithmPart(algorithm, model, shared)}</li>`;
}

/** @param {AlgorithmWire} algorithm @param {AlgorithmsModel} model @param {Parameters} shared */
function algorithmPart(algorithm, { epoch, values, problem }, shared) {
  const { name, kind, summary, description, complexity, current, max_wait } = algorithm;
  const isRefused = problem !== undefined && values?.['algorithm'] === name && values['form'] !== 'overtaking';
  const form = isRefused ? { values: values ?? {}, problem } : { values: {} };
  const set = inForce(epoch, shared);
  const own = ownParameters(algorithm, shared);
  return html`<header class="card-head"><h3>${name}</h3>${current ? html`<span class="badge badge-processing">${icon('completed')}Current</span>` : nothing}</header>
<p>${summary}</p>
<form method="post" action="/algorithms/switch" data-do="switch" class="stack" data-reads><input type="hidden" name="algorithm" value="${verbatim(name)}"><input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/algorithms">${keptParameters(set.shared)}
<details class="more"${isRefused ? html` open` : nothing}><summary>Rule and parameters</summary><div class="stack"><p>${prose(description)}</p>${maxWaitPart(max_wait)}${kind === 'order' ? html`<p class="small"><span class="tag">${complexity}</span> ${complexityWords[complexity] ?? nothing}</p>` : nothing}
${parameterFields({ parameters: own, values: current ? set.rest : {}, prefix: `algorithm-${name}`, form })}
${reasonField(`algorithm-${name}`, form)}${current && Object.keys(own).length > 0 ? html`<div class="form-end"><button class="button">Apply parameters</button></div>` : nothing}</div></details>
${current ? nothing : html`<div class="form-end"><button class="button button-small">Switch to ${name}</button></div>`}</form>`;
}

/** How long newer work may go before a waiting task. @param {import('../model/algorithm-wire.js').MaxWaitWire} promised */
function maxWaitPart({ summary, room, by_priority: rows }) {
  return html`<p><b>Longest wait behind newer work.</b> ${summary} ${room}</p>${
    rows === null
      ? nothing
      : html`<div class="table-scroll" role="region" aria-label="Longest wait by priority" tabindex="0"><table class="table"><thead><tr><th scope="col">Priority</th>${rows.map(({ priority }) => html`<th scope="col" class="right num">${priority}</th>`)}</tr></thead><tbody><tr><th scope="row">May be passed for</th>${rows.map(({ ms }) => html`<td class="right num nowrap">${ms === null ? 'ever' : duration(ms)}</td>`)}</tr></tbody></table></div>`
  }`;
}

/** Words between backticks are names. @param {string} text */
function prose(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
