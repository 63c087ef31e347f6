import { clockTime, count } from '../model/format.js';
import { filterless, withParameter } from '../model/paths.js';
import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/**
 * How fresh the page is.
 * @typedef {object} Liveness
 * @property {'still' | 'connecting' | 'live' | 'paused' | 'reconnecting' | 'polling' | 'hidden'} phase `still`: no script runs
 * @property {string} at time of the newest data
 * @property {number} retryInS seconds, while reconnecting
 * @property {number} held changes that wait to be shown
 * @property {number} refresh seconds of the opt-in reload
 * @property {string} path
 */

/** @param {Liveness} state */
export function liveness(state) {
  const { phase, at, retryInS, held, refresh, path } = state;
  const from = html`<time datetime="${at}">${clockTime(at)}</time>`;
  if (phase === 'live') return html`<span class="live live-on"><span class="live-dot"></span>Live</span>${pauseButton(false)}`;
  if (phase === 'paused')
    return html`<span class="live">${icon('pause')}Paused${held > 0 ? html`, ${count(held)} changes wait` : nothing}</span>${pauseButton(true)}`;
  if (phase === 'reconnecting')
    return html`<span class="live live-off">${icon('warning')}Data from ${from}. ${retryInS > 0 ? `Reconnecting in ${retryInS} s` : 'Reconnecting'}</span>`;
  if (phase === 'polling')
    return html`<span class="live live-off">${icon('warning')}Stream unavailable, reading every 10 s. Data from ${from}</span>`;
  if (phase === 'connecting' || phase === 'hidden') return html`<span class="live">Data from ${from}</span>`;
  return html`<span class="live">Data from ${from}</span>${
    refresh > 0
      ? html`<a class="no-js small" href="${href(filterless(path, 'refresh'))}">stop refreshing</a>`
      : html`<a class="no-js small" href="${href(withParameter(path, 'refresh', '10'))}">refresh every 10 s</a>`
  }`;
}

/** @param {boolean} isPaused */
function pauseButton(isPaused) {
  return html`<button type="button" class="button button-small button-quiet" data-action="pause" aria-pressed="${isPaused ? 'true' : 'false'}" title="${isPaused ? 'Go on (.)' : 'Pause (.)'}">${icon(isPaused ? 'play' : 'pause')}${isPaused ? 'Go on' : 'Pause'}</button>`;
}
