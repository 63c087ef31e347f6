import type { LabelValue } from './label.ts';

/**
 * What a task asks of a label of the pools that may run it. Text is compared with text and numbers with numbers: `"16"` is not 16.
 * `!=`, `not_in` and `not_exists` hold for a pool that does not have the label; all others do not.
 */
export type Constraint =
  | { readonly label: string; readonly op: 'exists' | 'not_exists' }
  | { readonly label: string; readonly op: '=' | '!='; readonly value: LabelValue }
  | { readonly label: string; readonly op: 'in' | 'not_in'; readonly values: readonly LabelValue[] }
  | { readonly label: string; readonly op: '<' | '<=' | '>' | '>='; readonly value: number };

export const constraintOps = [
  '=',
  '!=',
  'in',
  'not_in',
  'exists',
  'not_exists',
  '<',
  '<=',
  '>',
  '>=',
] as const satisfies readonly Constraint['op'][];

export const maxConstraints = 16;
/** Values of one `in` or `not_in`. */
export const maxConstraintValues = 64;
/** Characters of all constraints of a task, written as text. */
export const maxConstraintsText = 2_048;

/** Whether a pool whose label has this value will do; `undefined`: it does not have the label. */
export function holds(constraint: Constraint, value: LabelValue | undefined): boolean {
  switch (constraint.op) {
    case 'exists':
      return value !== undefined;
    case 'not_exists':
      return value === undefined;
    case '=':
      return value === constraint.value;
    case '!=':
      return value !== constraint.value;
    case 'in':
      return value !== undefined && constraint.values.includes(value);
    case 'not_in':
      return value === undefined || !constraint.values.includes(value);
    case '<':
      return typeof value === 'number' && value < constraint.value;
    case '<=':
      return typeof value === 'number' && value <= constraint.value;
    case '>':
      return typeof value === 'number' && value > constraint.value;
    case '>=':
      return typeof value === 'number' && value >= constraint.value;
  }
}

/** The one form of all lists that say the same: each constraint once, by label and then by text, values of a list likewise. */
export function canonical(constraints: readonly Constraint[]): readonly Constraint[] {
  const byText = new Map(constraints.map(simplest).map((constraint) => [constraintText(constraint), constraint]));
  const inOrder = [...byText].sort(([a, { label: x }], [b, { label: y }]) => (x === y ? byValue(a, b) : byValue(x, y)));
  return inOrder.map(([, constraint]) => constraint);
}

/** As `parseConstraints` reads it, and people: `gpu_memory_gb > 16, zone in (a, b), !spot`. Equal canonical lists give equal text. */
export function constraintsText(constraints: readonly Constraint[]): string {
  return constraints.map(constraintText).join(', ');
}

export function constraintText(constraint: Constraint): string {
  const { label, op } = constraint;
  switch (op) {
    case 'exists':
      return label;
    case 'not_exists':
      return `!${label}`;
    case 'in':
    case 'not_in':
      return `${label} ${op === 'in' ? 'in' : 'not in'} (${constraint.values.map(valueText).join(', ')})`;
    default:
      return `${label} ${op} ${valueText(constraint.value)}`;
  }
}

/** Text that could be read as something else is quoted. */
export function valueText(value: LabelValue): string {
  if (typeof value === 'number') return String(value);
  return isPlainWord.test(value) && !isNumberText(value) ? value : JSON.stringify(value);
}

const isPlainWord = /^[A-Za-z0-9._/:@+-]+$/;

/** Whether a word is read as a number: as JSON has them. */
export function isNumberText(word: string): boolean {
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(word);
}

function simplest(constraint: Constraint): Constraint {
  if (constraint.op === 'in' || constraint.op === 'not_in') {
    const values = [...new Set(constraint.values)].sort(byValue);
    const [only] = values;
    if (values.length > 1 || only === undefined) return { label: constraint.label, op: constraint.op, values };
    return { label: constraint.label, op: constraint.op === 'in' ? '=' : '!=', value: only };
  }
  return constraint;
}

/** Numbers first, each kind in its own order. */
function byValue(a: LabelValue, b: LabelValue): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : 1;
}
