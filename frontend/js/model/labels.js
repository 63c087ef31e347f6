/**
 * Labels of pools and constraints of tasks as text, in the words the API reads. Pure: rendered by the server and the browser alike.
 */

/** @typedef {import('./task-wire.js').ConstraintWire} ConstraintWire */
/** @typedef {Readonly<Record<string, string | number>>} Labels */

/** As the API takes it: `gpu_memory_gb > 16, !spot`. @param {readonly ConstraintWire[] | null} constraints */
export function constraintsText(constraints) {
  return (constraints ?? []).map(constraintText).join(', ');
}

/** @param {ConstraintWire} constraint */
export function constraintText({ label, op, value, values }) {
  if (op === 'exists') return label;
  if (op === 'not_exists') return `!${label}`;
  if (values) return `${label} ${op === 'in' ? 'in' : 'not in'} (${values.map(valueText).join(', ')})`;
  return `${label} ${op} ${valueText(value ?? '')}`;
}

/** Whether a pool whose label has this value will do; undefined: it does not have the label. @param {ConstraintWire} constraint @param {string | number | undefined} has */
export function holds({ op, value, values }, has) {
  if (op === 'exists') return has !== undefined;
  if (op === 'not_exists') return has === undefined;
  if (op === '=') return has === value;
  if (op === '!=') return has !== value;
  if (values) return (has !== undefined && values.includes(has)) === (op === 'in');
  if (typeof has !== 'number' || typeof value !== 'number') return false;
  return op === '<' ? has < value : op === '<=' ? has <= value : op === '>' ? has > value : has >= value;
}

/** `gpu_memory_gb = 80, zone = a` @param {Labels} labels */
export function labelsText(labels) {
  return Object.entries(labels)
    .map(([label, value]) => `${label} = ${valueText(value)}`)
    .join(', ');
}

/**
 * Labels from such text; undefined when it cannot be read.
 * @param {string} text
 * @returns {Record<string, string | number> | undefined}
 */
export function labelsFrom(text) {
  /** @type {[string, string | number][]} */
  const labels = [];
  const entry = /\s*([^\s="',]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s",]+)\s*(?:,|$)/y;
  while (entry.lastIndex < text.trimEnd().length) {
    const [, label, value] = entry.exec(text) ?? [];
    if (label === undefined || value === undefined) return undefined;
    labels.push([label, valueFrom(value)]);
  }
  return Object.fromEntries(labels);
}

/** Text that could be read as something else is quoted. @param {string | number} value */
function valueText(value) {
  if (typeof value === 'number') return String(value);
  return /^[A-Za-z0-9._/:@+-]+$/.test(value) && !isNumber(value) ? value : JSON.stringify(value);
}

/** @param {string} text @returns {string | number} */
function valueFrom(text) {
  if (isNumber(text)) return Number(text);
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {string} text */
function isNumber(text) {
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(text);
}
