/** Who switched the algorithm when, and the ways back. */
import { dateTime } from '../model/format.js';
import { shown } from '../model/parameters.js';
import { since } from './algorithm-picker.js';
import { input } from './fields.js';
import { html, nothing } from './html.js';
import { buttonForm } from './parts.js';

/** @typedef {import('../model/algorithm-wire.js').EpochWire} EpochWire */
/** @typedef {{ readonly epoch: EpochWire, readonly epochs: readonly EpochWire[], readonly now: string }} EpochsModel */

/** @param {EpochsModel} model */
export function epochsCard({ epoch, epochs, now }) {
  return html`<section class="card stack" id="epochs" aria-labelledby="epochs-title"><header class="card-head"><h2 id="epochs-title">Who switched when</h2></header>
<div class="table-scroll" role="region" aria-label="Switches" tabindex="0"><table class="table table-stack"><caption class="hidden-visually">Epochs, newest first</caption><thead><tr><th scope="col" class="right">Epoch</th><th scope="col">Algorithm</th><th scope="col">Parameters</th><th scope="col">Since</th><th scope="col">By</th><th scope="col">Why</th><th scope="col"><span class="hidden-visually">Actions</span></th></tr></thead><tbody>${epochs.map(
    (each) =>
      html`<tr><th scope="row" class="right num" data-label="Epoch">${each.epoch}</th><td data-label="Algorithm">${each.algorithm}</td><td class="params" data-label="Parameters"><code>${JSON.stringify(each.params)}</code></td><td class="nowrap" data-label="Since"><time datetime="${each.since}">${dateTime(each.since)}</time> <span class="muted">${since(each, now)}</span></td><td data-label="By">${each.by}</td><td data-label="Why">${each.reason ?? html`<span class="muted">–</span>`}</td><td class="actions">${isSame(each, epoch) ? nothing : wayBackTo(each, epoch)}</td></tr>`,
  )}</tbody></table></div>${rollbackForm(epoch, epochs)}</section>`;
}

/** To any of them, with the parameters it had then. @param {EpochWire} to @param {EpochWire} current */
function wayBackTo({ epoch, algorithm, params }, current) {
  const given = Object.fromEntries(Object.entries(params).map(([name, value]) => [`param.${name}`, shown(value)]));
  return buttonForm({
    action: '/algorithms/switch',
    label: 'Go back to this',
    name: `(${algorithm} as of epoch ${epoch})`,
    style: 'button-small',
    fields: { ...given, algorithm, epoch: current.epoch, back: '/algorithms', reason: `back to what decided in epoch ${epoch}` },
    does: 'switch',
  });
}

/** Undoes the last change, in one step. @param {EpochWire} current @param {readonly EpochWire[]} epochs */
function rollbackForm(current, epochs) {
  const before = epochs.find((each) => !isSame(each, current));
  if (before === undefined) return nothing;
  return html`<form method="post" action="/algorithms/rollback" data-do="rollback" class="stack"><h3>Undo the last change</h3><input type="hidden" name="epoch" value="${current.epoch}"><input type="hidden" name="back" value="/algorithms">
<p class="muted">From <b>${current.algorithm}</b> (epoch ${current.epoch}) to <b>${before.algorithm}</b> with the parameters of epoch ${before.epoch}. That is a change too, with an epoch of its own: undone in its turn, it leads here again. Further back lead the buttons of the table.</p>
${reasonField('rollback', { values: {} })}
<div class="form-end"><button class="button">Go back from ${current.algorithm} to ${before.algorithm} as of epoch ${before.epoch}</button></div></form>`;
}

/** Parameters of one algorithm have their names in one order, however often they were stored. @param {EpochWire} a @param {EpochWire} b */
function isSame(a, b) {
  return a.algorithm === b.algorithm && JSON.stringify(a.params) === JSON.stringify(b.params);
}

/** @param {string} prefix @param {import('./fields.js').FormState} form */
export function reasonField(prefix, form) {
  return input({ prefix, name: 'reason', label: 'Why', hint: 'optional, for the record', form, attributes: html`maxlength="500"` });
}
