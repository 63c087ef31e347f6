import { href, html, nothing } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/wire.js').Problem} Problem */

/**
 * What went wrong, what to do, and the number to give who is asked.
 * @param {{ problem: Problem, path: string }} model
 */
export function errorScreen({ problem, path }) {
  return html`<div class="card card-narrow error-page"><h1>${icon('warning')}${problem.title}</h1><p>${problem.detail}</p>
<p class="muted small">${problem.status} ${problem.code}${problem.request_id ? html`, request <code>${problem.request_id}</code>` : nothing}</p>
<p class="form-end"><a class="button button-primary" href="${href(path)}">Try again</a><a class="button" href="/">Overview</a></p></div>`;
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
