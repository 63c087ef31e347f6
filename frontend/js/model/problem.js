/** Back from a problem document to the form field it names, in the words of the form: it speaks of JSON, and people type text. */

/** @typedef {import('./wire.js').Problem} Problem */

/**
 * Message per form field of a problem document. A path inside a field (`/body/regions/0`) belongs to that field.
 * @param {Problem | undefined} problem
 * @param {'body' | 'query'} [of] where the form's fields stand in a request
 * @returns {Readonly<Record<string, string>>}
 */
export function fieldErrors(problem, of = 'body') {
  /** @type {Record<string, string[]>} */
  const errors = {};
  for (const { path, message } of problem?.errors ?? []) {
    const [, part, field, ...rest] = path.split('/').map(nameIn);
    if (part !== of || !field) continue;
    const name = nameOf(field, rest);
    errors[name] = [...new Set([...(errors[name] ?? []), wordsOf(field, rest, message)])];
  }
  return Object.fromEntries(Object.entries(errors).map(([name, messages]) => [name, messages.join('; ')]));
}

/** The name that a step of a JSON Pointer stands for. @param {string} step */
function nameIn(step) {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** API fields that a form shows under another name. @type {Readonly<Record<string, string>>} */
const formNames = {
  pattern: 'shape',
  distribution: 'shape',
  window: 'last',
  strategies: 'others',
};

/** Ranges are a list for the API and two fields for people. @type {Readonly<Record<string, string>>} */
const ranges = { priority_range: 'priority', cost_range: 'cost' };

/** @param {string} field @param {readonly string[]} rest */
function nameOf(field, [first, second]) {
  if (field === 'params' && first) return `param.${first}${first === 'overtaking' && second ? `.${second}` : ''}`;
  if ((field === 'window' || field === 'generate') && first) return first;
  if (ranges[field]) return `${ranges[field]}_${first === '1' ? 'max' : 'min'}`;
  return formNames[field] ?? field;
}

/** @param {string} field @param {readonly string[]} rest @param {string} message */
function wordsOf(field, [first, ...rest], message) {
  const words = message.replace(/ or null$/, ', or empty');
  if (field === 'labels' && first) return `${first}: ${words}`;
  if (field === 'pools' && first) return `pool ${Number(first) + 1}${rest.map((part) => `, ${part}`).join('')}: ${poolWords(rest, words)}`;
  if (ranges[field] && !first) return words.replace('must be [smallest, largest]', 'must not be above the other end');
  if (/^must be an object\b/.test(words)) return typed[field] ?? words;
  return words;
}

/** @param {readonly string[]} rest @param {string} words */
function poolWords(rest, words) {
  return rest.length === 0 && words === 'must be an object' ? 'must be a name and then settings, as in gpu capacity=8' : words;
}

/** How people write what is an object for the API. @type {Readonly<Record<string, string>>} */
const typed = {
  metadata: 'must be a JSON object, as in {"customer": "acme"}',
  labels: 'must be names and values with commas between, as in gpu_memory_gb = 80, zone = a',
};
