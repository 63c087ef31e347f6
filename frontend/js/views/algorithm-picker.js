import { ago } from '../model/format.js';
import { choice, problemSummary } from './fields.js';
import { html } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/algorithm-wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('../model/algorithm-wire.js').EpochWire} EpochWire */
/** @typedef {import('../model/wire.js').Problem} Problem */

/** What a choice shows of an algorithm. @typedef {Pick<AlgorithmWire, 'name' | 'summary' | 'kind' | 'current'>} AlgorithmOption */

/** @type {Readonly<Record<string, string>>} */
export const kinds = { order: 'Which task is next', place: 'Which pool it gets' };

/** The current one and a choice, for the overview. @param {{ algorithms: readonly AlgorithmOption[], epoch: EpochWire, problem?: Problem, now: string }} model */
export function algorithmPicker({ algorithms, epoch, problem, now }) {
  return html`<p class="current-algorithm"><span class="badge badge-processing">${icon('completed')}Current</span> <b>${epoch.algorithm}</b> <span class="muted">since ${since(epoch, now)}, by ${epoch.by}</span></p>
<form method="post" action="/algorithms/switch" data-do="switch" class="stack">
${problemSummary('switch', problem)}<input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/">
${choice({ prefix: 'switch', name: 'algorithm', label: 'Switch to', options: options(algorithms), fallback: epoch.algorithm, form: { values: {} } })}
<div class="form-end"><button class="button">Switch</button><a href="/algorithms">Rules and parameters</a></div></form>`;
}

/** By kind; a combination that decides now is in no list, so nothing is chosen. @param {readonly AlgorithmOption[]} algorithms */
function options(algorithms) {
  const list = algorithms.map(({ name, summary, kind, current }) => ({
    value: name,
    label: `${name}${current ? ' (current)' : ''}: ${summary}`,
    group: kinds[kind] ?? kind,
  }));
  return algorithms.some(({ current }) => current) ? list : [{ value: '', label: 'Choose one', group: '' }, ...list];
}

/** @param {EpochWire} epoch @param {string} now */
export function since(epoch, now) {
  return html`<time datetime="${epoch.since}">${ago(Date.parse(now) - Date.parse(epoch.since))}</time>`;
}
