import { shown } from '../model/parameters.js';
import { fieldErrors } from '../model/problem.js';
import { choice, input } from './fields.js';
import { html, nothing, verbatim } from './html.js';
import { icon } from './icons.js';

/** @typedef {import('../model/parameters.js').Parameters} Parameters */

/**
 * One field per parameter of the schema; what is left empty takes its default.
 * @param {{ parameters: Parameters, values: Readonly<Record<string, unknown>>, prefix: string, form: import('./fields.js').FormState, at?: string }} fields `values` are those in force, `at` stands before each name
 */
export function parameterFields({ parameters, values, prefix, form, at = 'param.' }) {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return nothing;
  return html`${refusedTogether(prefix, form)}<div class="grid-2">${entries.map(([name, schema]) => {
    const isNumber = schema.type === 'number' || schema.type === 'integer';
    const inForce = values[name] ?? schema.default;
    const isDefault = schema.default === undefined || shown(inForce) === shown(schema.default); // the field shows it
    const field = {
      prefix,
      name: `${at}${name}`,
      label: name,
      hint: [schema.description?.replace(/\.$/, ''), isDefault ? '' : `default ${shown(schema.default)}`].filter(Boolean).join('; '),
      form,
      fallback: inForce === undefined ? '' : shown(inForce),
    };
    const words = schema.enum ?? (schema.type === 'boolean' ? ['true', 'false'] : []);
    if (words.length > 0) return choice({ ...field, options: words.map((word) => ({ value: word, label: word })) });
    return input({
      ...field,
      type: isNumber ? 'number' : 'text',
      attributes: isNumber
        ? html`step="${schema.type === 'integer' ? '1' : 'any'}"${schema.minimum === undefined ? nothing : html` min="${schema.minimum}"`}${schema.maximum === undefined ? nothing : html` max="${schema.maximum}"`}`
        : nothing,
    });
  })}</div>`;
}

/** What is wrong with values that each for itself would do. @param {string} prefix @param {import('./fields.js').FormState} form */
function refusedTogether(prefix, { problem }) {
  const error = fieldErrors(problem)['params'];
  return error === undefined ? nothing : html`<p class="field-error" id="${prefix}-params" tabindex="-1">${icon('warning')}${error}</p>`;
}

/** Parameters that a form sends as they are. @param {Readonly<Record<string, unknown>>} values @param {string} [at] */
export function keptParameters(values, at = 'param.') {
  return Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${at}${name}" value="${verbatim(shown(value))}">`);
}
