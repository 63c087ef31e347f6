/** Back from a problem document to the form field it names. */

/** @typedef {import('./wire.js').Problem} Problem */

/**
 * Message per form field of a problem document. A path inside a field (`/body/cost_range/0`) belongs to that field.
 * @param {Problem | undefined} problem
 * @returns {Readonly<Record<string, string>>}
 */
export function fieldErrors(problem) {
  /** @type {Record<string, string>} */
  const errors = {};
  for (const { path, message } of problem?.errors ?? []) {
    const [, part, field, ...rest] = path.split('/');
    if (part !== 'body' || !field) continue;
    const name =
      field === 'params' && rest[0]
        ? `param.${rest[0]}${rest[0] === 'overtaking' && rest[1] ? `.${rest[1]}` : ''}`
        : (field === 'window' || field === 'generate') && rest[0]
          ? rest[0]
          : (formNames[field] ?? field);
    errors[name] ??= message;
  }
  return errors;
}

/** API fields that a form shows under another name. @type {Readonly<Record<string, string>>} */
const formNames = {
  pattern: 'shape',
  distribution: 'shape',
  priority_range: 'priority_min',
  cost_range: 'cost_min',
  window: 'last',
  strategies: 'others',
};
