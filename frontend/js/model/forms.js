/**
 * From the strings of an HTML form to the fields of the API. Shared by the server (a page without a script) and the browser. What cannot be
 * read stays the string it is, so that the API's own schema refuses it and names it.
 */

import { labelsFrom } from './labels.js';

/** @typedef {Readonly<Record<string, string>>} FormValues */

const taskNumbers = ['priority', 'cost', 'slots', 'parts', 'estimate_ms', 'max_cost', 'timeout_ms', 'max_attempts'];
const taskTexts = ['type', 'region_mode', 'resource_type', 'tenant'];
const taskTimes = ['run_at', 'deadline'];

/**
 * Body of `POST /tasks`. Empty fields are left out: their type or the server fills them in.
 * @param {FormValues} values
 */
export function taskFromForm(values) {
  /** @type {Record<string, unknown>} */
  const body = {};
  for (const name of taskTexts) if (filled(values[name])) body[name] = values[name];
  for (const name of taskNumbers) if (filled(values[name])) body[name] = number(values[name]);
  for (const name of taskTimes) if (filled(values[name])) body[name] = utcTime(values[name]);
  if (filled(values['region'])) body['region'] = values['region'] === 'any' ? null : values['region'];
  if (filled(values['regions'])) body['regions'] = words(values['regions']);
  if (filled(values['constraints'])) body['constraints'] = values['constraints'].trim();
  if (values['accept_unroutable'] === 'true') body['accept_unroutable'] = true;
  if (filled(values['payload'])) body['payload'] = jsonOrText(values['payload']);
  if (filled(values['metadata'])) body['metadata'] = jsonOrText(values['metadata']);
  return body;
}

/**
 * Body of `POST /simulate`. `shape` is one choice for people: a distribution of the original (`as:burst`) or a pattern in time (`at:poisson`).
 * @param {FormValues} values
 */
export function simulationFromForm(values) {
  /** @type {Record<string, unknown>} */
  const body = { task_count: number(values['task_count']) };
  const [kind, word = ''] = (values['shape'] ?? 'as:random').split(':');
  if (kind === 'at') {
    body['pattern'] = word;
    for (const name of ['rate', 'duration']) if (filled(values[name])) body[name] = number(values[name]);
  } else {
    body['distribution'] = word;
  }
  if (filled(values['region_bias'])) body['region_bias'] = values['region_bias'];
  body['priority_range'] = [number(values['priority_min'] || '1'), number(values['priority_max'] || '10')];
  body['cost_range'] = [number(values['cost_min'] || '0.1'), number(values['cost_max'] || '10')];
  if (filled(values['seed'])) body['seed'] = number(values['seed']);
  return body;
}

/**
 * Body of `PUT /config/algorithm`: parameters come as `param.<name>`, those of a part of a combination as `param.<part>.<name>`, and keep the
 * type their schema gives.
 * @param {FormValues} values
 * @param {Readonly<Record<string, unknown>>} [schema] JSON Schema of the parameters
 */
export function algorithmFromForm(values, schema) {
  const properties = /** @type {Readonly<Record<string, { readonly type?: string }>>} */ (schema?.['properties'] ?? {});
  /** @type {Record<string, unknown>} */
  const params = {};
  for (const [field, value] of Object.entries(values)) {
    if (!field.startsWith('param.') || !filled(value)) continue;
    const [, part = '', name] = field.split('.');
    const type = properties[name ?? part]?.type;
    const typed = type === 'string' ? value : type === 'boolean' ? value === 'true' : jsonOrText(value);
    params[part] = name === undefined ? typed : { .../** @type {object | undefined} */ (params[part]), [name]: typed };
  }
  return { algorithm: values['algorithm'] ?? '', ...(Object.keys(params).length > 0 ? { params } : {}), ...reasonFromForm(values) };
}

/** Body of `POST /config/algorithm/rollback`, and part of that of a switch. @param {FormValues} values */
export function reasonFromForm(values) {
  return filled(values['reason']) ? { reason: values['reason'].trim() } : {};
}

/** Body of `POST /keys`. @param {FormValues} values */
export function keyFromForm(values) {
  /** @type {Record<string, unknown>} */
  const body = { name: (values['name'] ?? '').trim(), role: values['role'] };
  for (const name of ['tenant', 'pool']) if (filled(values[name])) body[name] = values[name].trim();
  if (filled(values['expires_at'])) body['expires_at'] = utcTime(values['expires_at']);
  return body;
}

/**
 * Body of `PATCH /pools/{name}`.
 * @param {FormValues} values
 */
export function poolFromForm(values) {
  /** @type {Record<string, unknown>} */
  const body = {};
  for (const name of ['capacity', 'cost_per_unit', 'speed']) if (filled(values[name])) body[name] = number(values[name]);
  if (filled(values['state'])) body['state'] = values['state'];
  if (values['labels'] !== undefined) body['labels'] = labelsPatch(values['labels'], words(values['labels_before'] ?? ''));
  return body;
}

/** The labels of the text, and `null` for those that were there and are not in it. @param {string} text @param {readonly string[]} before */
function labelsPatch(text, before) {
  const labels = labelsFrom(text);
  return labels === undefined ? text : { ...Object.fromEntries(before.map((label) => [label, null])), ...labels };
}

/** Names with commas or blanks between. @param {string} text */
export function words(text) {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** @param {string | undefined} value @returns {value is string} */
export function filled(value) {
  return value !== undefined && value.trim() !== '';
}

/** @param {string | undefined} value */
export function number(value) {
  const text = (value ?? '').trim();
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Text that is JSON is that value, anything else is itself: `{"a":1}`, `42`, hello. @param {string} value @returns {unknown} */
function jsonOrText(value) {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** `datetime-local` has no zone; the form says UTC. @param {string} value */
export function utcTime(value) {
  const time = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(time) ? value : new Date(time).toISOString();
}
