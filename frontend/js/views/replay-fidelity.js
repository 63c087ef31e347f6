import { percent } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';

/** What `placement` counts. */
const placed = {
  decisions: 'of its decisions are the recorded ones',
  pool: 'of the tasks on the same pool',
  class: 'of the tasks on the same kind of pool',
};

/**
 * What the figures are worth, before any of them.
 * @param {Pick<import('../model/replay-wire.js').ReplayResultWire, 'fidelity' | 'proof'>} result
 */
export function fidelityBox({ fidelity, proof }) {
  return html`${scoreBox(fidelity)}${proof === null ? nothing : proofBox(proof)}`;
}

/** @param {import('../model/replay-wire.js').ProofWire} proof */
function proofBox({ outcome, says, difference }) {
  if (difference !== null) {
    return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>Decided once more: not the same.</b> ${says}</p><details><summary>Both records of task ${difference.task}</summary><pre><code>${JSON.stringify({ recorded: difference.recorded, again: difference.again }, null, 2)}</code></pre></details></div></div>`;
  }
  const summary = {
    proved: 'Decided once more: the same.',
    partly: 'Decided once more: the same, as far as it goes.',
    none: 'Not decided once more.',
  };
  return html`<div class="alert ${outcome === 'proved' ? 'alert-ok' : 'alert-info'}" role="note">${icon(outcome === 'proved' ? 'completed' : 'info')}<div><p><b>${summary[outcome === 'differs' ? 'none' : outcome]}</b> ${says}</p></div></div>`;
}

/** @param {import('../model/replay-wire.js').FidelityWire | null} fidelity */
function scoreBox(fidelity) {
  if (fidelity === null) {
    return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>Nobody knows how good this replay is.</b> What really decided could not be replayed, so nothing compares it with what happened. Do not decide by these figures alone.</p></div></div>`;
  }
  const { score, is_good, placement, placement_by, free_placement, wait_error, tail_error, warning } = fidelity;
  const parts = html`<ul class="chips"><li class="chip chip-plain">${percent(placement)} ${placed[placement_by]}</li><li class="chip chip-plain">mean wait ${percent(wait_error)} off</li><li class="chip chip-plain">95th percentile ${percent(tail_error)} off</li>${placement_by === 'decisions' && free_placement !== null ? html`<li class="chip chip-plain">${percent(free_placement)} of the tasks on the same kind of pool where ends are worked out</li>` : nothing}</ul>`;
  if (is_good) {
    return html`<div class="alert alert-ok" role="note">${icon('completed')}<div><p><b>Fidelity ${(100 * score).toFixed(1)} %.</b> Replaying what really decided gives what really happened.</p>${parts}</div></div>`;
  }
  return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>Fidelity only ${(100 * score).toFixed(1)} %: no ground for a decision.</b> ${warning ?? nothing}</p>${parts}</div></div>`;
}
