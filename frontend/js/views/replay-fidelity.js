import { percent } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';

/**
 * What the figures are worth, before any of them.
 * @param {import('../model/replay-wire.js').FidelityWire | null} fidelity
 */
export function fidelityBox(fidelity) {
  if (fidelity === null) {
    return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>Nobody knows how good this replay is.</b> What really decided could not be replayed, so nothing compares it with what happened. Do not decide by these figures alone.</p></div></div>`;
  }
  const { score, is_good, placement, placement_by, wait_error, tail_error, warning } = fidelity;
  const parts = html`<ul class="chips"><li class="chip chip-plain">${percent(placement)} of the tasks on the same ${placement_by === 'pool' ? 'pool' : 'kind of pool'}</li><li class="chip chip-plain">mean wait ${percent(wait_error)} off</li><li class="chip chip-plain">95th percentile ${percent(tail_error)} off</li></ul>`;
  if (is_good) {
    return html`<div class="alert alert-ok" role="note">${icon('completed')}<div><p><b>Fidelity ${(100 * score).toFixed(1)} %.</b> Replaying what really decided gives what really happened.</p>${parts}</div></div>`;
  }
  return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>Fidelity only ${(100 * score).toFixed(1)} %: no ground for a decision.</b> ${warning ?? nothing}</p>${parts}</div></div>`;
}
