import { dateTime, duration } from '../model/format.js';
import { kinds, since } from './algorithm-picker.js';
import { choice, input, problemSummary } from './fields.js';
import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';
import { command } from './parts.js';

/** @typedef {import('../model/wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('../model/wire.js').EpochWire} EpochWire */
/** @typedef {import('../model/wire.js').Problem} Problem */

/**
 * @typedef {object} AlgorithmsModel
 * @property {readonly AlgorithmWire[]} algorithms
 * @property {EpochWire} epoch the current one
 * @property {readonly EpochWire[]} epochs newest first
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
  const { algorithms, epochs, origin, problem, now } = model;
  return html`<div class="page-head"><h1>Scheduling algorithms</h1></div>
<p class="lead">The algorithm orders the queue and chooses the pool: each of the first list goes with each of the second. A switch takes effect on the very next decision, survives a restart, and is in the log; running tasks are left alone.</p>
${problemSummary('algorithm', problem)}
${Object.entries(kinds).map(
  ([kind, title]) => html`<section aria-labelledby="kind-${kind}"><h2 id="kind-${kind}">${title}</h2>
<ul class="algorithm-cards">${algorithms.filter((algorithm) => algorithm.kind === kind).map((algorithm) => algorithmCard(algorithm, model))}</ul></section>`,
)}
<section class="card" id="epochs" aria-labelledby="epochs-title"><header class="card-head"><h2 id="epochs-title">Who switched when</h2></header>
<div class="table-scroll" role="region" aria-label="Switches" tabindex="0"><table class="table"><caption class="hidden-visually">Epochs, newest first</caption><thead><tr><th scope="col" class="right">Epoch</th><th scope="col">Algorithm</th><th scope="col">Parameters</th><th scope="col">Since</th><th scope="col">By</th><th scope="col">Why</th></tr></thead><tbody>${epochs.map(
    (epoch) =>
      html`<tr><th scope="row" class="right num">${epoch.epoch}</th><td>${epoch.algorithm}</td><td><code>${JSON.stringify(epoch.params)}</code></td><td><time datetime="${epoch.since}">${dateTime(epoch.since)}</time> <span class="muted">${since(epoch, now)}</span></td><td>${epoch.by}</td><td>${epoch.reason ?? nothing}</td></tr>`,
  )}</tbody></table></div>${rollbackForm(model)}</section>
${command('The same as a command', `curl -X PUT -d '{"algorithm":"min_cost"}' -H 'content-type: application/json' ${origin}/api/v1/config/algorithm`)}`;
}

/** @param {AlgorithmWire} algorithm @param {AlgorithmsModel} model */
function algorithmCard(algorithm, { epoch, values, problem }) {
  const { name, kind, summary, description, complexity, current, max_wait } = algorithm;
  const isRefused = problem !== undefined && values?.['algorithm'] === name;
  return html`<li class="card algorithm${current ? ' algorithm-current' : ''}" id="algorithm-${name}"><header class="card-head"><h3>${name}</h3>${current ? html`<span class="badge badge-processing">${icon('completed')}Current</span>` : nothing}</header>
<p><b>${summary}</b></p><p class="muted">${prose(description)}</p>${maxWaitPart(max_wait)}${kind === 'order' ? html`<p class="small"><span class="tag">${complexity}</span> ${complexityWords[complexity] ?? nothing}</p>` : nothing}
<form method="post" action="/algorithms/switch" data-do="switch" class="stack"><input type="hidden" name="algorithm" value="${verbatim(name)}"><input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/algorithms">
${reasonField(`algorithm-${name}`, isRefused ? { values: values ?? {}, problem } : { values: {} })}
${parameterFields(algorithm, current ? epoch.params : {}, isRefused ? { values: values ?? {}, problem } : { values: {} })}
${submitButton(algorithm)}</form></li>`;
}

/** How long newer work may go before a waiting task. @param {import('../model/wire.js').MaxWaitWire} promised */
function maxWaitPart({ summary, room, by_priority: rows }) {
  return html`<details class="max-wait"><summary>Longest wait behind newer work</summary><p class="small">${summary} ${room}</p>${
    rows === null
      ? nothing
      : html`<div class="table-scroll" role="region" aria-label="Longest wait by priority" tabindex="0"><table class="table"><thead><tr><th scope="col">Priority</th>${rows.map(({ priority }) => html`<th scope="col" class="right num">${priority}</th>`)}</tr></thead><tbody><tr><th scope="row">May be passed for</th>${rows.map(({ ms }) => html`<td class="right num nowrap">${ms === null ? 'ever' : duration(ms)}</td>`)}</tr></tbody></table></div>`
  }</details>`;
}

/** Back to what decided before, in one step. @param {AlgorithmsModel} model */
function rollbackForm({ epoch, epochs }) {
  const before = epochs.find(
    ({ algorithm, params }) => algorithm !== epoch.algorithm || JSON.stringify(params) !== JSON.stringify(epoch.params),
  );
  if (before === undefined) return nothing;
  return html`<form method="post" action="/algorithms/rollback" data-do="rollback" class="stack"><input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/algorithms">
${reasonField('rollback', { values: {} })}
<div class="form-end"><button class="button">Go back to ${before.algorithm} as of epoch ${before.epoch}</button></div></form>`;
}

/** @param {string} prefix @param {import('./fields.js').FormState} form */
function reasonField(prefix, form) {
  return input({ prefix, name: 'reason', label: 'Why', hint: 'optional, for the record', form, attributes: html`maxlength="500"` });
}

/** The current one has something to send only when it has parameters. @param {AlgorithmWire} algorithm */
function submitButton({ name, current, parameters }) {
  if (!current) return html`<div class="form-end"><button class="button button-primary">Switch to ${name}</button></div>`;
  if (Object.keys(/** @type {object} */ (parameters['properties'] ?? {})).length === 0) return nothing;
  return html`<div class="form-end"><button class="button">Apply parameters</button></div>`;
}

/** Words between backticks are names. @param {string} text */
function prose(text) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/**
 * One field per parameter of the schema; what is left empty takes its default.
 * @param {AlgorithmWire} algorithm
 * @param {Readonly<Record<string, unknown>>} params in force
 * @param {import('./fields.js').FormState} form
 */
function parameterFields({ name, parameters }, params, form) {
  const properties = /** @type {Readonly<Record<string, ParameterSchema>>} */ (parameters['properties'] ?? {});
  const entries = Object.entries(properties);
  if (entries.length === 0) return html`<p class="muted small">No parameters.</p>`;
  return html`<div class="grid-2">${entries.map(([parameter, schema]) => {
    const isNumber = schema.type === 'number' || schema.type === 'integer';
    const inForce = params[parameter] ?? schema.default;
    const field = {
      prefix: `algorithm-${name}`,
      name: `param.${parameter}`,
      label: parameter,
      hint: [schema.description?.replace(/\.$/, ''), schema.default === undefined ? '' : `default ${shown(schema.default)}`]
        .filter(Boolean)
        .join('; '),
      form,
      fallback: inForce === undefined ? '' : shown(inForce),
    };
    const words = schema.enum ?? (schema.type === 'boolean' ? ['true', 'false'] : []);
    if (words.length > 0) return choice({ ...field, options: words.map((word) => ({ value: word, label: word })) });
    return input({
      ...field,
      type: isNumber ? 'number' : 'text',
      attributes: isNumber
        ? html`step="${schema.type === 'integer' ? '1' : 'any'}"${schema.minimum === undefined ? nothing : html` min="${schema.minimum}"`}${schema.maximum === undefined ? nothing : html` max="${schema.maximum}"`}`
        : nothing,
    });
  })}</div>`;
}

/** @typedef {{ readonly type?: string, readonly default?: unknown, readonly description?: string, readonly minimum?: number, readonly maximum?: number, readonly enum?: readonly string[] }} ParameterSchema */

/** @param {unknown} value */
function shown(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
