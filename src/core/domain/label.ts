/** What a label of a pool says. */
export type LabelValue = string | number;
/** What an operator says of a pool beside its fields, by label: `{"gpu_memory_gb": 80, "zone": "a"}`. */
export type Labels = Readonly<Record<string, LabelValue>>;

/** A label begins with a letter, so that it cannot be read as a number. */
export const labelPattern = '^[A-Za-z][A-Za-z0-9._/-]{0,63}$';
/** The same in words. */
export const labelRule = 'text of 1 to 64 letters, digits or ._/- that begins with a letter';
export const maxLabels = 64;
/** Characters of a text value, at least one. */
export const maxLabelText = 128;
/** Number values lie between this and its negative. */
export const maxLabelNumber = 1e15;

/** The fields of a pool that constraints see. */
export interface LabelSource {
  readonly labels: Labels;
  readonly region: string;
  readonly resourceType: string;
}

/** What a constraint may ask of a pool: its labels, and two of its fields as if they were labels. */
export function labelsOf(pool: LabelSource): ReadonlyMap<string, LabelValue> {
  return new Map<string, LabelValue>([...Object.entries(pool.labels), ['region', pool.region], ['resource_type', pool.resourceType]]);
}

/** What a constraint may ask of a pool as if it were a label: no label has such a name. */
const fieldLabels = ['region', 'resource_type'];

const isLabelName = new RegExp(labelPattern);
/** Control characters, and halves of surrogate pairs. */
const isUnprintable = /[\p{Cc}\p{Cs}]/u;

/** What is wrong with the name of a label, to follow its path; `undefined` when nothing is. */
export function labelNameProblem(name: string): string | undefined {
  return isLabelName.test(name) ? undefined : `must be ${labelRule}`;
}

/** What is wrong with a value, to follow its path; `undefined` when nothing is. */
export function labelValueProblem(value: LabelValue): string | undefined {
  if (typeof value === 'number')
    return Math.abs(value) <= maxLabelNumber ? undefined : `must be a number from ${-maxLabelNumber} to ${maxLabelNumber}`;
  if (value.length === 0 || value.length > maxLabelText) return `must be text of 1 to ${maxLabelText} characters`;
  return isUnprintable.test(value) ? 'must be text without control characters' : undefined;
}

/** What is wrong with the labels of a pool, each problem with the label it is about ('' for all of them). */
export function labelsProblems(labels: Labels): { readonly label: string; readonly problem: string }[] {
  const entries = Object.entries(labels);
  const problems = entries.flatMap(([label, value]) => {
    const isField = fieldLabels.includes(label);
    const problem = isField
      ? 'is a field of the pool, which constraints can ask for'
      : (labelNameProblem(label) ?? labelValueProblem(value));
    return problem === undefined ? [] : [{ label, problem }];
  });
  if (entries.length > maxLabels) problems.push({ label: '', problem: `must be at most ${maxLabels} labels` });
  return problems;
}
