import { constraintOps, maxConstraints, maxConstraintsText, maxConstraintValues } from '../../core/domain/constraint.ts';
import { labelPattern, maxLabelNumber, maxLabels, maxLabelText } from '../../core/domain/label.ts';
import { Nullable, ownKeyword, StringEnum } from './common.ts';
import { type Static, type TSchema, Type } from './type.ts';

/** Text or a number. */
const LabelValue = Type.Unsafe<string | number>({
  ...{ type: ['string', 'number'], minLength: 1, maxLength: maxLabelText, minimum: -maxLabelNumber, maximum: maxLabelNumber },
});

/** Labels by name; in a patch a value of `null` takes the label away. */
export function Labels<Value extends TSchema>(value: Value) {
  return Type.Record(Type.String(), value, {
    maxProperties: maxLabels,
    propertyNames: { pattern: labelPattern },
    [ownKeyword]: 'labels',
    description: 'What constraints of tasks can ask for, such as {"gpu_memory_gb": 80, "zone": "a"}: text or numbers by label.',
  });
}

export const SetLabels = Labels(LabelValue);
export const PatchedLabels = Labels(Type.Unsafe<string | number | null>({ ...LabelValue, type: ['string', 'number', 'null'] }));

const Constraint = Type.Object(
  {
    label: Type.String({ maxLength: 64 }),
    op: StringEnum(constraintOps),
    value: Type.Optional(LabelValue),
    values: Type.Optional(Type.Array(LabelValue, { minItems: 1, maxItems: maxConstraintValues })),
  },
  { additionalProperties: false },
);
type ConstraintBody = Static<typeof Constraint>;

/** What the shape cannot say, a check of our own does: which operator goes with `value`, `values` or neither, and the text. */
export const ConstraintsInput = Type.Unsafe<string | (string | ConstraintBody)[] | null>({
  type: ['array', 'string', 'null'],
  [ownKeyword]: 'constraints',
  maxLength: maxConstraintsText,
  maxItems: maxConstraints,
  items: { ...Constraint, type: ['object', 'string'], maxLength: maxConstraintsText },
  description: `What the labels of its pool must say; region and resource_type can be asked for like labels. Text such as "gpu_memory_gb > 16, zone in (a, b), !spot", or a list of such text and of {label, op, value} or {label, op: in or not_in, values}. Of a pool without the label !=, not_in and not_exists hold, and nothing else. At most ${maxConstraints}.`,
});
export type ConstraintsBody = Static<typeof ConstraintsInput>;

export const Constraints = Nullable(Type.Array(Constraint, { description: 'What the labels of its pool must say; null is anything.' }));
