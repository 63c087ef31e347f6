import { ago } from '../model/format.js';
import { problemSummary } from './fields.js';
import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/wire.js').AlgorithmWire} AlgorithmWire */
/** @typedef {import('../model/wire.js').EpochWire} EpochWire */
/** @typedef {import('../model/wire.js').Problem} Problem */

/** The current one and a choice, for the overview. @param {{ algorithms: readonly AlgorithmWire[], epoch: EpochWire, problem?: Problem, now: string }} model */
export function algorithmPicker({ algorithms, epoch, problem, now }) {
  return html`<p class="current-algorithm"><span class="badge badge-processing">${icon('completed')}Current</span> <b>${epoch.algorithm}</b> <span class="muted">since ${since(epoch, now)}, by ${epoch.by}</span></p>
<form method="post" action="/algorithms/switch" data-do="switch" class="stack">
${problemSummary('switch', problem)}<input type="hidden" name="epoch" value="${epoch.epoch}"><input type="hidden" name="back" value="/">
<fieldset class="options"><legend class="hidden-visually">Switch to</legend>${algorithms.map(
    ({ name, summary, current }) =>
      html`<label class="option"><input type="radio" name="algorithm" value="${verbatim(name)}"${current ? html` checked` : nothing} required><span class="option-text"><span class="option-name">${name}${current ? html` <span class="muted small">current</span>` : nothing}</span><span class="muted small">${summary}</span></span></label>`,
  )}</fieldset>
<div class="form-end"><button class="button">Switch</button><a href="/algorithms">Rules and parameters</a></div></form>`;
}

/** @param {EpochWire} epoch @param {string} now */
export function since(epoch, now) {
  return html`<time datetime="${epoch.since}">${ago(Date.parse(now) - Date.parse(epoch.since))}</time>`;
}
