import { ago } from '../model/format.js';
import { choice, problemSummary } from './fields.js';
import { html } from './html.js';
import { icon } from './icons.js';
import { keptParameters } from './parameter-fields.js';

/** @typedef {import('../model/algorithm-wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('../model/algorithm-wire.js').EpochWire} EpochWire */
/** @typedef {import('../model/wire.js').Problem} Problem */

/** What a choice shows of an algorithm. @typedef {Pick<AlgorithmWire, 'name' | 'summary' | 'kind' | 'current'>} AlgorithmOption */

/** @type {Readonly<Record<string, string>>} */
export const kinds = { order: 'Which task is next', place: 'Which pool it gets' };

/**
 * The current one and a choice, for the overview.
 * @typedef {object} PickerModel
 * @property {readonly AlgorithmOption[]} algorithms
 * @property {EpochWire} epoch
 * @property {Readonly<Record<string, unknown>>} overtaking what holds whatever decides: a switch keeps it
 */

/** @param {PickerModel & { problem?: Problem, now: string }} model */
export function algorithmPicker({ algorithms, epoch, overtaking, problem, now }) {
  return html`<p class="current-algorithm"><span class="badge badge-processing">${icon('completed')}Current</span> <b>${epoch.algorithm}</b> <span class="muted">since ${since(epoch, now)}, by ${epoch.by}</span></p>
<form method="post" action="/algorithms/switch" data-do="switch" class="stack">
${problemSummary('switch', problem)}<input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/">${keptParameters(overtaking)}
${choice({ prefix: 'switch', name: 'algorithm', label: 'Switch to', hint: 'begins with its own parameters at their defaults; who may overtake whom stays as it is', options: options(algorithms), attributes: html`required`, form: { values: {}, ...(problem ? { problem } : {}) } })}
<div class="form-end"><button class="button">Switch</button><a href="/algorithms">Rules and parameters</a></div></form>`;
}

/** By kind, without the one that decides: to switch to it would only take its parameters away. @param {readonly AlgorithmOption[]} algorithms */
function options(algorithms) {
  const others = algorithms.filter(({ current }) => !current);
  return [
    { value: '', label: 'Choose one', group: '' },
    ...others.map(({ name, summary, kind }) => ({ value: name, label: `${name}: ${summary}`, group: kinds[kind] ?? kind })),
  ];
}

/** @param {EpochWire} epoch @param {string} now */
export function since(epoch, now) {
  return html`<time datetime="${epoch.since}">${ago(Date.parse(now) - Date.parse(epoch.since))}</time>`;
}
