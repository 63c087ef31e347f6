import { money } from '../model/format.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { poolLink } from './parts.js';

/** @typedef {import('../model/explain-wire.js').PreviewWire} PreviewWire */
/** @typedef {import('../model/explain-wire.js').PlaceWire} PlaceWire */

/** What would become of the task of the form: the sentence first, then the same under every strategy. @param {PreviewWire} preview */
export function previewPart(preview) {
  const { summary, infeasible, refusal, strategy, strategies } = preview;
  const isBad = infeasible || refusal !== null;
  const others = strategies.filter(({ algorithm }) => algorithm !== strategy);
  return html`<section class="card stack" id="preview" aria-labelledby="preview-title"><header class="card-head"><h2 id="preview-title" tabindex="-1" data-focus>If it were submitted now</h2></header>
<div class="alert ${isBad ? 'alert-bad' : 'alert-info'}">${icon(isBad ? 'warning' : 'info')}<div><p><b>${summary}</b></p>${refusal ? html`<p>A submit would be refused: ${refusal.detail}</p>` : nothing}</div></div>
<p class="muted small">The algorithm that decides sees all that waits; the others are asked as if nothing else did.</p>
<div class="table-scroll" role="region" aria-label="Under each algorithm" tabindex="0"><table class="table"><caption class="hidden-visually">Under each algorithm</caption><thead><tr><th scope="col">Algorithm</th><th scope="col">Where</th><th scope="col" class="right">Price</th><th scope="col">When</th></tr></thead><tbody>${row(strategy, preview, true)}${others.map((one) => row(one.algorithm, one, false))}</tbody></table></div>
<p class="muted">Nothing was stored. What runs and what waits changes, and the answer with it.</p></section>`;
}

/** @param {string} algorithm @param {PlaceWire} place @param {boolean} isCurrent */
function row(algorithm, place, isCurrent) {
  return html`<tr><th scope="row">${algorithm}${isCurrent ? html` <span class="tag">current</span>` : nothing}</th><td>${place.pool === null ? (place.holds[0]?.summary ?? nothing) : poolLink(place.pool)}</td><td class="right num">${price(place.cost)}</td><td>${when(place)}</td></tr>`;
}

/** @param {PlaceWire['cost']} cost */
function price(cost) {
  if (cost === null) return '–';
  return cost.least === cost.most ? money(cost.least) : `${money(cost.least)} to ${money(cost.most)}`;
}

/** @param {PlaceWire} place */
function when({ starts_now: now, infeasible, forecast }) {
  if (now) return 'now';
  if (infeasible) return 'never';
  return forecast === null ? 'unknown yet' : forecast.when;
}
