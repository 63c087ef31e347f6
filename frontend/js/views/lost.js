import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/**
 * An address that leads nowhere.
 * @typedef {object} LostModel
 * @property {string} path
 * @property {boolean} isAction forms are sent there, and there is nothing to look at
 * @property {readonly { readonly to: string, readonly label: string, readonly says: string }[]} links what may have been meant
 * @property {{ readonly to: string, readonly label: string }} way back
 */

/** @param {LostModel} model */
export function lostScreen({ path, isAction, links, way }) {
  return html`<div class="card card-narrow stack error-page"><h1>${icon('warning')}There is no page here</h1>
<p>${isAction ? html`<code>${path}</code> is where a form is sent to; there is nothing to look at.` : html`Nothing of this server has the address <code>${path}</code>.`}</p>
${links.length === 0 ? nothing : html`<p>You may be looking for:</p><ul class="bullets">${links.map(({ to, label, says }) => html`<li><a href="${href(to)}">${label}</a>${says ? html`: ${says}` : nothing}</li>`)}</ul>`}
<p class="form-end"><a class="button button-primary" href="${href(way.to)}">${way.label}</a></p></div>`;
}
