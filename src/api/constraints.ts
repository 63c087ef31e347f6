import { type Constraint, canonical, constraintsText, maxConstraints, maxConstraintsText } from '../core/domain/constraint.ts';
import { parseConstraints } from '../core/domain/constraint-parser.ts';
import { labelNameProblem, labelValueProblem } from '../core/domain/label.ts';
import { refused } from './refused.ts';
import type { ConstraintsBody } from './schemas/constraint.ts';

type Item = NonNullable<ConstraintsBody>[number];
type Asked = Exclude<Item, string>;

/**
 * The canonical form of what a client asks of labels; `null` asks for nothing.
 * @throws TaskRouterError `validation_failed`
 */
export function constraintsOf(body: ConstraintsBody, path: string): readonly Constraint[] | null {
  if (body === null) return null;
  const asked = typeof body === 'string' ? read(body, path) : body.flatMap((item, i) => itemOf(item, `${path}/${i}`));
  const constraints = canonical(asked);
  if (constraints.length > maxConstraints) throw refused({ path, message: `must be at most ${maxConstraints} constraints` });
  if (constraintsText(constraints).length > maxConstraintsText)
    throw refused({ path, message: `must be at most ${maxConstraintsText} characters together` });
  return constraints.length === 0 ? null : constraints;
}

function itemOf(item: Item, path: string): readonly Constraint[] {
  return typeof item === 'string' ? read(item, path) : [constraintOf(item, path)];
}

function read(text: string, path: string): readonly Constraint[] {
  const parsed = parseConstraints(text);
  if ('problem' in parsed) throw refused({ path, message: `cannot be read ${parsed.problem}` });
  return parsed.constraints;
}

function constraintOf({ label, op, value, values }: Asked, path: string): Constraint {
  const problem = labelNameProblem(label);
  if (problem !== undefined) throw refused({ path: `${path}/label`, message: problem });
  if (value !== undefined) check(value, `${path}/value`);
  for (const [i, one] of (values ?? []).entries()) check(one, `${path}/values/${i}`);
  switch (op) {
    case 'exists':
    case 'not_exists':
      if (value !== undefined || values !== undefined)
        throw refused({ path, message: `must have no value: ${op} asks for the label alone` });
      return { label, op };
    case 'in':
    case 'not_in':
      if (values === undefined || value !== undefined)
        throw refused({ path, message: `must have values, a list, and no value: op is ${op}` });
      return { label, op, values };
    case '=':
    case '!=':
      if (value === undefined || values !== undefined) throw refused({ path, message: `must have a value, and no values: op is ${op}` });
      return { label, op, value };
    default:
      if (typeof value !== 'number' || values !== undefined)
        throw refused({ path, message: `must have a value that is a number, and no values: op is ${op}` });
      return { label, op, value };
  }
}

function check(value: string | number, path: string): void {
  const problem = labelValueProblem(value);
  if (problem !== undefined) throw refused({ path, message: problem });
}
