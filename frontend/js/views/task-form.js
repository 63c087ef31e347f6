import { taskFromForm } from '../model/forms.js';
import { quoted } from '../model/shell.js';
import { choice, input, problemSummary, textarea } from './fields.js';
import { html, nothing } from './html.js';
import { icon } from './icons.js';
import { command } from './parts.js';
import { previewPart } from './preview.js';

/** @typedef {import('./fields.js').FormState} FormState */
/** @typedef {import('../model/explain-wire.js').PreviewWire} PreviewWire */

/**
 * @typedef {object} TaskFormModel
 * @property {FormState} form
 * @property {readonly { readonly name: string, readonly description: string }[]} types
 * @property {readonly string[]} regions
 * @property {string} region the server's own
 * @property {string} requestKey makes one task of a form that is sent twice
 * @property {string} origin
 * @property {PreviewWire} [preview] of what the form holds
 */

/** The four fields of the original, and one for the work itself. @param {TaskFormModel} model */
export function quickForm(model) {
  const prefix = 'quick';
  const { form } = model;
  return html`<form method="post" action="/tasks/new" data-do="submit-task" data-form="quick" class="stack">
<input type="hidden" name="request_key" value="${model.requestKey}">
${problemSummary(prefix, form.problem)}
<div class="grid-2">${typeField(prefix, model)}${regionField(prefix, model)}
${input({ prefix, form, name: 'priority', label: 'Priority', type: 'number', fallback: '5', hint: '1 to 10, larger runs earlier', attributes: html`min="1" max="10" step="1" required` })}
${input({ prefix, form, name: 'cost', label: 'Estimated cost', type: 'number', fallback: '1.0', hint: 'units of work', attributes: html`min="0.1" step="0.1" required` })}</div>
${textarea({ prefix, form, name: 'payload', label: 'Payload', rows: 1, placeholder: 'hello', hint: 'JSON or plain text; may be left empty' })}
<div class="form-end"><button class="button button-primary">${icon('arrow')}Submit task</button><a href="/tasks/new">All fields</a></div>
</form>`;
}

/** @param {TaskFormModel} model */
export function taskFormScreen(model) {
  return html`<div class="page-head"><h1>New task</h1></div><p class="lead only-read">Your key may look, and not submit: that takes one with the role submit.</p>${model.preview ? previewPart(model.preview) : nothing}<div class="card card-narrow" data-live="task-form">${fullForm(model)}</div>`;
}

/** @param {TaskFormModel} model */
export function fullForm(model) {
  const prefix = 'task';
  const { form } = model;
  const number = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint, attributes = html`min="0"`) =>
    input({ prefix, form, name, label, hint, type: 'number', attributes });
  return html`<form method="post" action="/tasks/new" data-do="submit-task" data-form="full" class="stack">
<input type="hidden" name="request_key" value="${model.requestKey}">
${problemSummary(prefix, form.problem)}<p class="muted">What is left empty takes the default of the type, or of the server. Times are UTC.</p>
<fieldset class="group"><legend>What</legend><div class="grid-2">${typeField(prefix, model)}
${input({ prefix, form, name: 'tenant', label: 'Tenant', hint: 'who it is for', attributes: html`maxlength="128"` })}</div>
${textarea({ prefix, form, name: 'payload', label: 'Payload', rows: 4, placeholder: '{"a": 1, "b": 2}', hint: 'what the handler gets: JSON, or plain text as a string' })}
${textarea({ prefix, form, name: 'metadata', label: 'Metadata', rows: 2, placeholder: '{"customer": "acme"}', hint: 'a JSON object of your own, returned unchanged' })}</fieldset>
<fieldset class="group"><legend>How important, how much</legend><div class="grid-2">
${input({ prefix, form, name: 'priority', label: 'Priority', type: 'number', fallback: '5', hint: '1 to 10, larger runs earlier', attributes: html`min="1" max="10" step="1"` })}
${input({ prefix, form, name: 'cost', label: 'Estimated cost', type: 'number', fallback: '1', hint: 'units of work; the price is units × price of the pool', attributes: html`min="0.01" step="any"` })}
${number('max_cost', 'Dearest acceptable price', 'no pool that would cost more', html`min="0" step="any"`)}
${number('estimate_ms', 'Estimated run time, ms', 'helps to plan')}</div></fieldset>
<fieldset class="group"><legend>Where</legend><div class="grid-2">${regionField(prefix, model)}
${choice({
  prefix,
  form,
  name: 'region_mode',
  label: 'Regions are',
  options: [
    { value: '', label: 'preferred' },
    { value: 'require', label: 'required' },
  ],
})}
${choice({
  prefix,
  form,
  name: 'resource_type',
  label: 'Resource',
  options: [
    { value: '', label: 'any' },
    { value: 'cpu', label: 'CPU' },
    { value: 'gpu', label: 'GPU' },
  ],
})}
${number('slots', 'Slots', 'of a pool that it occupies', html`min="1"`)}
${number('parts', 'Parts', 'that start together, each with so many slots', html`min="1" max="64"`)}
${input({ prefix, form, name: 'regions', label: 'Several regions', hint: 'with commas between, in place of the one above', attributes: html`placeholder="us-east, us-west" spellcheck="false"` })}
${choice({
  prefix,
  form,
  name: 'accept_unroutable',
  label: 'When no pool could run it',
  options: [
    { value: '', label: 'refuse it' },
    { value: 'true', label: 'let it wait' },
  ],
})}</div>
${input({ prefix, form, name: 'constraints', label: 'Labels its pool must have', hint: 'with commas between; =, !=, <, >, in, not in, or the label alone', attributes: html`placeholder="gpu_memory_gb > 16, zone in (a, b), !spot" spellcheck="false"` })}</fieldset>
<fieldset class="group"><legend>When, how long, how often</legend><div class="grid-2">
${input({ prefix, form, name: 'run_at', label: 'Not before', type: 'datetime-local', attributes: html`step="1"` })}
${input({ prefix, form, name: 'deadline', label: 'Deadline', type: 'datetime-local', hint: 'fails when it passes', attributes: html`step="1"` })}
${number('timeout_ms', 'Timeout of an attempt, ms', '', html`min="1"`)}
${number('max_attempts', 'Attempts', '', html`min="1"`)}</div></fieldset>
<div class="form-end"><button class="button button-primary">${icon('arrow')}Submit task</button><button class="button" formaction="/tasks/preview">Preview</button></div>
</form>${sameAsCurl(model)}`;
}

/** Chosen where nothing else is: the original's first type. */
const usualType = 'order';

/** @param {string} prefix @param {TaskFormModel} model */
function typeField(prefix, { form, types }) {
  const options = types.map(({ name, description }) => ({
    value: name,
    label: description && description.length <= 32 ? `${name} – ${description}` : name,
  }));
  const typed = form.values['type'];
  if (typed && !types.some((type) => type.name === typed)) options.push({ value: typed, label: typed });
  return choice({
    prefix,
    form,
    name: 'type',
    label: 'Type',
    options,
    fallback: types.some((type) => type.name === usualType) ? usualType : '',
  });
}

/** @param {string} prefix @param {TaskFormModel} model */
function regionField(prefix, { form, regions, region }) {
  const options = regions.map((name) => ({ value: name, label: name }));
  return choice({ prefix, form, name: 'region', label: 'Region', fallback: region, options: [...options, { value: 'any', label: 'any' }] });
}

/** @param {TaskFormModel} model */
function sameAsCurl({ form, origin, types }) {
  const body = taskFromForm({ type: types[0]?.name ?? 'hash', ...form.values });
  return html`<div data-live="curl">${command('The same as a command', `curl -d ${quoted(JSON.stringify(body))} -H 'content-type: application/json' ${origin}/api/v1/tasks`)}</div>${nothing}`;
}
