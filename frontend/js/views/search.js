import { href, html, nothing } from './html.js';

/**
 * A search that found nothing of that very name.
 * @typedef {object} SearchModel
 * @property {string} text that was looked for
 * @property {readonly { readonly to: string, readonly label: string }[]} near what is called nearly so
 */

/** @param {SearchModel} model */
export function searchScreen({ text, near }) {
  return html`<div class="card card-narrow stack"><h1>Nothing found for “${text}”</h1>
<p>A search finds a task by its id or its number, a pool by its name, and all tasks of a type by the name of the type.</p>
${near.length === 0 ? nothing : html`<p>Close to it:</p><ul class="bullets">${near.map(({ to, label }) => html`<li><a href="${href(to)}">${label}</a></li>`)}</ul>`}
<p class="form-end"><a class="button button-primary" href="/tasks">All tasks</a><a class="button" href="/pools">All pools</a></p></div>`;
}
