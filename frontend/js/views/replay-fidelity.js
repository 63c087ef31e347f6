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
 * What the figures are worth, before any of them. Two questions that are easily taken for one: whether the core decides the same when it is
 * told the same, and whether the times of a run that is worked out agree with those that were.
 * @param {Pick<import('../model/replay-wire.js').ReplayResultWire, 'fidelity' | 'proof'>} result
 */
export function fidelityBox({ fidelity, proof }) {
  return html`${scoreBox(fidelity)}${proof === null ? nothing : proofBox(proof, fidelity?.is_good === true)}`;
}

const sameDecisions = 'Told the same, does the server decide the same?';
const sameTimes = 'Do the times of the replay agree with what happened?';

/** @param {import('../model/replay-wire.js').ProofWire} proof @param {boolean} isFaithful */
function proofBox({ outcome, says, difference }, isFaithful) {
  if (difference !== null) {
    return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>${sameDecisions} No.</b> ${says}</p><details><summary>Both records of task ${difference.task}</summary><pre><code>${JSON.stringify({ recorded: difference.recorded, again: difference.again }, null, 2)}</code></pre></details></div></div>`;
  }
  const answers = { proved: 'Yes, proved.', partly: 'Yes, as far as it can be told.', none: 'Nobody knows.' };
  const apart =
    !isFaithful && (outcome === 'proved' || outcome === 'partly')
      ? html` <span class="muted">This is about decisions: here the server was told when tasks really ended. The figures below come from a run that works out all ends by itself, and what that is worth stands above.</span>`
      : nothing;
  return html`<div class="alert ${outcome === 'proved' ? 'alert-ok' : 'alert-info'}" role="note">${icon(outcome === 'proved' ? 'completed' : 'info')}<div><p><b>${sameDecisions} ${answers[outcome === 'differs' ? 'none' : outcome]}</b> ${says}${apart}</p></div></div>`;
}

/** @param {import('../model/replay-wire.js').FidelityWire | null} fidelity */
function scoreBox(fidelity) {
  if (fidelity === null) {
    return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>${sameTimes} Nobody knows.</b> What really decided could not be replayed, so nothing compares it with what happened. Do not decide by these figures alone.</p></div></div>`;
  }
  const { score, is_good, placement, placement_by, free_placement, wait_error, tail_error, warning } = fidelity;
  const parts = html`<ul class="chips"><li class="fact">${percent(placement)} ${placed[placement_by]}</li><li class="fact">mean wait ${percent(wait_error)} off</li><li class="fact">95th percentile ${percent(tail_error)} off</li>${placement_by === 'decisions' && free_placement !== null ? html`<li class="fact">${percent(free_placement)} of the tasks on the same kind of pool where ends are worked out</li>` : nothing}</ul>`;
  const share = `fidelity ${(100 * score).toFixed(1)} %`;
  if (is_good) {
    return html`<div class="alert alert-ok" role="note">${icon('completed')}<div><p><b>${sameTimes} Yes: ${share}.</b> What really decided, replayed with all ends worked out, gives the waits that really were.</p>${parts}</div></div>`;
  }
  return html`<div class="alert alert-bad" role="note">${icon('warning')}<div><p><b>${sameTimes} Too little: ${share}.</b> The figures below are no ground for a decision. ${warning ?? nothing}</p>${parts}</div></div>`;
}
