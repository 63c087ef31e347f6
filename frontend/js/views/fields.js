/** Form fields with label, hint and error, and the summary of what was refused. */
import { fieldErrors } from '../model/problem.js';
import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('./html.js').Html} Html */
/** @typedef {import('../model/wire.js').Problem} Problem */

/**
 * What a form shows: the values as typed, and what was wrong with them.
 * @typedef {object} FormState
 * @property {Readonly<Record<string, string>>} values
 * @property {Problem} [problem]
 * @property {'body' | 'query'} [of] where its fields stand in a request: a filter is a query
 */

/**
 * @typedef {object} Field
 * @property {string} prefix of element ids: unique per form
 * @property {string} name
 * @property {string} label
 * @property {string} [hint]
 * @property {FormState} form
 */

/** @param {Field & { type?: string, attributes?: Html, fallback?: string }} field */
export function input({ type = 'text', attributes, fallback = '', ...field }) {
  return wrap(
    field,
    (ids) =>
      html`<input id="${ids.id}" name="${field.name}" type="${type}" value="${verbatim(field.form.values[field.name] ?? fallback)}" ${attributes ?? nothing}${ids.aria}>`,
  );
}

/** @param {Field & { rows?: number, placeholder?: string }} field */
export function textarea({ rows = 3, placeholder = '', ...field }) {
  return wrap(
    field,
    (ids) => html`<textarea id="${ids.id}" name="${field.name}" rows="${rows}" placeholder="${placeholder}" spellcheck="false"${ids.aria}>
${verbatim(field.form.values[field.name])}</textarea>`,
  );
}

/** @param {Field & { options: readonly { value: string, label: string, group?: string }[], attributes?: Html, fallback?: string }} field */
export function choice({ options, attributes, fallback = '', ...field }) {
  const chosen = field.form.values[field.name] ?? fallback;
  const groups = [...new Set(options.map((option) => option.group ?? ''))];
  const list = (/** @type {string} */ group) =>
    options
      .filter((option) => (option.group ?? '') === group)
      .map(({ value, label }) => html`<option value="${verbatim(value)}"${value === chosen ? html` selected` : nothing}>${label}</option>`);
  return wrap(
    field,
    (ids) =>
      html`<select id="${ids.id}" name="${field.name}"${attributes ? html` ${attributes}` : nothing}${ids.aria}>${groups.map((group) => (group === '' ? list(group) : html`<optgroup label="${group}">${list(group)}</optgroup>`))}</select>`,
  );
}

/**
 * @param {Field} field
 * @param {(ids: { id: string, aria: Html }) => Html} control
 */
function wrap({ prefix, name, label, hint, form }, control) {
  const id = `${prefix}-${name}`;
  const error = fieldErrors(form.problem, form.of)[name];
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  const aria = html`${described ? html` aria-describedby="${described}"` : nothing}${error ? html` aria-invalid="true"` : nothing}`;
  return html`<div class="field${error ? ' field-bad' : ''}"><label for="${id}">${label}</label>${control({ id, aria })}${
    error ? html`<p class="field-error" id="${id}-error">${icon('warning')}${error}</p>` : nothing
  }${hint ? html`<p class="field-hint" id="${id}-hint">${hint}</p>` : nothing}</div>`;
}

/**
 * What was refused, first thing in the form, with a link to each field.
 * @param {string} prefix
 * @param {Problem | undefined} problem
 */
export function problemSummary(prefix, problem) {
  if (!problem) return nothing;
  const errors = Object.entries(fieldErrors(problem));
  // The sentence of the document is the first of these, in the words of the API.
  const detail = problem.code === 'validation_failed' && errors.length > 0 ? 'Nothing was changed. Please look at:' : problem.detail;
  return html`<div class="alert alert-bad" role="alert" tabindex="-1" data-focus>${icon('warning')}<div><p><b>${problem.title}.</b> ${detail}</p>${
    errors.length === 0
      ? nothing
      : html`<ul>${errors.map(([name, message]) => html`<li><a href="#${prefix}-${name}">${name.replace(/^param\./, '').replaceAll('_', ' ')}</a>: ${message}</li>`)}</ul>`
  }${problem.request_id ? html`<p class="small muted">Request ${problem.request_id}</p>` : nothing}</div></div>`;
}

/**
 * The same of a filter, whose address may hold what the form has no field for.
 * @param {string} prefix
 * @param {Problem | undefined} problem
 * @param {readonly string[]} fields what the form has
 */
export function filterSummary(prefix, problem, fields) {
  if (!problem) return nothing;
  const errors = Object.entries(fieldErrors(problem, 'query'));
  return html`<div class="alert alert-bad" role="alert" tabindex="-1" data-focus>${icon('warning')}<div><p><b>Nothing is shown, because the filter is wrong.</b></p>${
    errors.length === 0
      ? html`<p>${problem.detail}</p>`
      : html`<ul>${errors.map(([name, message]) => html`<li>${fields.includes(name) ? html`<a href="#${prefix}-${name}">${name.replaceAll('_', ' ')}</a>` : html`<b>${name}</b>`}: ${message}</li>`)}</ul>`
  }</div></div>`;
}
