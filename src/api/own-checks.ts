import type { Ajv, SchemaValidateFunction } from 'ajv';
import { constraintOps } from '../core/domain/constraint.ts';
import { roundMoney } from '../core/domain/cost.ts';
import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import { type Labels, labelsProblems } from '../core/domain/label.ts';
import { executorNames } from '../core/domain/pool.ts';
import { constraintsOf } from './constraints.ts';
import { asPointer } from './pointer.ts';
import { ownKeyword } from './schemas/common.ts';
import type { ConstraintsBody } from './schemas/constraint.ts';

/**
 * What JSON Schema cannot say, by the name that a schema asks for it under `x-check`: so it is told together with everything else that is
 * wrong with a request. Each is given any value there is and speaks only of what has the right shape, as of the rest the schema does;
 * paths are those below the value.
 */
const ownChecks: Readonly<Record<string, (value: unknown) => readonly FieldError[]>> = {
  cost: (value) =>
    typeof value === 'string' && roundMoney(Number(value)) === 0 ? [{ path: '', message: 'must be at least 0.000001' }] : [],

  metadata: (value) =>
    isObject(value) && Buffer.byteLength(JSON.stringify(value)) > maxMetadataBytes
      ? [{ path: '', message: 'must be at most 64 KiB of JSON' }]
      : [],

  constraints(value) {
    if (!Array.isArray(value)) return typeof value === 'string' ? refusedBy(() => constraintsOf(value, '')) : [];
    const wrong = value.flatMap((item, i) => (isConstraint(item) ? refusedBy(() => constraintsOf([item], '')).map(at(i)) : []));
    return wrong.length > 0 || !value.every(isConstraint) ? wrong : refusedBy(() => constraintsOf(value, ''));
  },

  labels(value) {
    if (!isObject(value)) return [];
    const told = Object.entries(value).filter(([, label]) => typeof label === 'string' || typeof label === 'number');
    return labelsProblems(Object.fromEntries(told) as Labels).map(({ label, problem }) => ({
      ...{ path: label === '' ? '' : asPointer(label), message: problem },
    }));
  },

  range: (value) =>
    isPair(value) && value[0] > value[1]
      ? [{ path: '', message: `must be [smallest, largest], and it was [${value[0]}, ${value[1]}]` }]
      : [],

  latency: (value) =>
    isPair(value) && value[0] > value[1] ? [{ path: '', message: 'must be the shortest and then the longest time' }] : [],

  /** Pools of nodes have what their nodes offer. */
  pool(value) {
    if (!isObject(value) || value['capacity'] !== undefined) return [];
    const { executor = 'simulated' } = value;
    if (executor === 'node' || !executorNames.some((name) => name === executor)) return [];
    return [{ path: '/capacity', message: `is required for the ${String(executor)} executor` }];
  },
};

/** What is wrong is said where Ajv says it of the rest. */
export function useOwnChecks(ajv: Ajv): void {
  const validate: SchemaValidateFunction = (name: string, value: unknown, _schema, at) => {
    const found = ownChecks[name]?.(value) ?? [];
    const root = at?.instancePath ?? '';
    validate.errors = found.map(({ path, message }) => ({ keyword: ownKeyword, instancePath: root + path, params: {}, message }));
    return found.length === 0;
  };
  ajv.addKeyword({ keyword: ownKeyword, schemaType: 'string', validate });
}

const maxMetadataBytes = 65_536;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number');
}

type Item = NonNullable<Exclude<ConstraintsBody, string>>[number];

/** Whether it is written as a constraint is, whatever it asks. */
function isConstraint(item: unknown): item is Item {
  if (typeof item === 'string') return true;
  if (!isObject(item) || typeof item['label'] !== 'string' || !constraintOps.some((op) => op === item['op'])) return false;
  const values = [item['value'], item['values']].filter((value) => value !== undefined).flat();
  return values.every((value) => typeof value === 'string' || typeof value === 'number');
}

function refusedBy(read: () => unknown): readonly FieldError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof TaskRouterError) return error.errors;
    throw error;
  }
}

/** Each was read alone, as the first of a list. */
function at(place: number): (error: FieldError) => FieldError {
  return ({ path, message }) => ({ path: path.replace(/^\/0/, `/${place}`), message });
}
