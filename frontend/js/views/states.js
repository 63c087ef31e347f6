import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/wire.js').Problem} Problem */

/**
 * What went wrong, what to do, and the number to give who is asked.
 * @param {{ problem: Problem, path: string, links: readonly { readonly to: string, readonly label: string }[] }} model `links`: pages that may help on
 */
export function errorScreen({ problem, path, links }) {
  return html`<div class="card card-narrow error-page"><h1>${icon('warning')}${problem.title}</h1><p>${problem.detail}</p>
<p class="muted small">${problem.status} ${problem.code}${problem.request_id ? html`, request <code>${problem.request_id}</code>` : nothing}</p>
<p class="form-end">${problem.status === 404 ? nothing : html`<a class="button button-primary" href="${href(path)}">Try again</a>`}${links.map(({ to, label }) => html`<a class="button" href="${href(to)}">${label}</a>`)}</p></div>`;
}

/**
 * Message after an action, carried over the redirect.
 * @typedef {object} Flash
 * @property {'ok' | 'bad'} tone
 * @property {string} text
 * @property {string} [to] a path to look at
 * @property {string} [label] of that link
 */

/** @param {Flash} flash */
export function flashMessage({ tone, text, to, label }) {
  return html`<div class="flash flash-${tone}">${icon(tone === 'ok' ? 'completed' : 'warning')}<p>${text}${to ? html` <a href="${href(to)}">${label ?? 'Show'}</a>` : nothing}</p></div>`;
}

/**
 * Something the operator should know for as long as it holds.
 * @typedef {object} Notice
 * @property {string} text
 * @property {string} [to]
 * @property {string} [label]
 */

/** @param {readonly Notice[]} notices */
export function doctorStrip(notices) {
  if (notices.length === 0) return nothing;
  return html`<div class="doctor" role="region" aria-label="Warnings"><ul>${notices.map(({ text, to, label }) => html`<li>${icon('warning')}<span>${text}${to ? html` <a href="${href(to)}">${label ?? 'Show'}</a>` : nothing}</span></li>`)}</ul></div>`;
}
