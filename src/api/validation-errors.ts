import type { FastifySchemaValidationError } from 'fastify';
import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import { nearest } from '../core/domain/near.ts';
import { patternWords } from './pattern-words.ts';
import { asPointer, outerOf } from './pointer.ts';
import { ownKeyword } from './schemas/common.ts';
import { fieldOf } from './several.ts';
import { aTime } from './time.ts';

/** What Ajv says of one failure with `verbose`: the value and the schema beside the keyword. */
export interface Failure extends FastifySchemaValidationError {
  readonly data?: unknown;
  /** Of a failure of `propertyNames`: the name, of which it says more itself. */
  readonly propertyName?: string;
  readonly schema?: unknown;
  readonly parentSchema?: SchemaShape;
}

interface SchemaShape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly anyOf?: readonly SchemaShape[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Where Fastify says the value came from, in the words of our paths. */
const roots: Readonly<Record<string, string>> = { body: '/body', querystring: '/query', params: '/params', headers: '/headers' };
const maxShown = 40;

/** The refusal for what a schema did not take: each field with what it wants, the first one as a sentence. */
export function validationError(failures: readonly FastifySchemaValidationError[], context = 'body'): TaskRouterError {
  const errors = fieldErrors(failures, roots[context] ?? `/${context}`);
  return new TaskRouterError('validation_failed', sentenceOf(errors, failures as readonly Failure[]), { errors });
}

/** @param root such as `/body`, or `/body/3` for an item of a batch */
export function fieldErrors(failures: readonly FastifySchemaValidationError[], root: string): FieldError[] {
  return distinct(failures as readonly Failure[]).map((failure) => ({ path: pathOf(failure, root), message: messageOf(failure) }));
}

/** Those of `more` whose fields are not among `told`. */
export function notYetTold(more: readonly FieldError[], told: readonly FieldError[]): readonly FieldError[] {
  const paths = new Set(told.map(({ path }) => path));
  return more.filter(({ path }) => !paths.has(path));
}

/** Each field once: what the shape of a value is wrong in comes before what else there is to say of it. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  const all = withoutExcess(withoutBranches(failures)).filter(({ propertyName }) => propertyName === undefined);
  const byPath = new Map<string, Failure>();
  for (const failure of [...all.filter((one) => one.keyword !== ownKeyword), ...all.filter((one) => one.keyword === ownKeyword)]) {
    const path = pathOf(failure, '');
    if (!byPath.has(path)) byPath.set(path, failure);
  }
  return [...byPath.values()];
}

/** Of alternatives only the verdict counts, not why each of them failed. */
function withoutBranches(failures: readonly Failure[]): readonly Failure[] {
  const undecided = new Set(failures.filter((failure) => failure.keyword === 'anyOf').map((failure) => failure.instancePath));
  return failures.filter((failure) => failure.keyword === 'anyOf' || !undecided.has(failure.instancePath));
}

/** Of a list that is too long it is enough to say that: what stands in it may be wrong in as many places as a body has room for. */
function withoutExcess(failures: readonly Failure[]): readonly Failure[] {
  const tooLong = new Set(failures.filter((failure) => failure.keyword === 'maxItems').map((failure) => failure.instancePath));
  if (tooLong.size === 0) return failures;
  return failures.filter(({ instancePath }) => {
    for (const place of outerOf(instancePath)) if (tooLong.has(place)) return false;
    return true;
  });
}

function pathOf({ keyword, instancePath, params }: Failure, root: string): string {
  const { missingProperty, additionalProperty, propertyName } = params as Record<string, unknown>;
  const name = keyword === 'required' ? missingProperty : keyword === 'additionalProperties' ? additionalProperty : propertyName;
  return root + instancePath + (typeof name === 'string' ? asPointer(name) : '');
}

function messageOf(failure: Failure): string {
  const { keyword, params, parentSchema = {}, message } = failure;
  if (keyword === ownKeyword) return message ?? 'does not fit';
  if (keyword === 'required') return 'is required';
  if (keyword === 'additionalProperties')
    return unknownField(String((params as { additionalProperty?: unknown }).additionalProperty), parentSchema);
  if (keyword === 'minProperties') return 'must have at least one field';
  if (keyword === 'propertyNames') return `must be called by ${wantedBy({ type: 'string', ...(failure.schema as SchemaShape) })}`;
  if (keyword === 'uniqueItems') return 'must not hold the same value twice';
  const wanted = wantedBy(parentSchema);
  return wanted === undefined ? (message ?? 'does not fit') : `must be ${wanted}`;
}

function unknownField(name: string, { properties = {} }: SchemaShape): string {
  const known = Object.keys(properties);
  if (known.length === 0) return 'is not known here: this takes no fields';
  const near = nearest(name, known);
  return near.length > 0 ? `is not a known field; did you mean ${near.join(' or ')}?` : `is not a known field; known: ${known.join(', ')}`;
}

/** What a schema takes, in words; `undefined` when Ajv's own message says it better. */
function wantedBy(schema: SchemaShape): string | undefined {
  if (schema.anyOf !== undefined) return wantedBy(schema.anyOf[0] ?? {});
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => String(value)).join(', ')}`;
  const wanted = [schema.type ?? []].flat().map((type) => wantedOf(type, schema));
  if (wanted.length === 0 || wanted.includes(undefined)) return undefined;
  const last = wanted.pop();
  return wanted.length === 0 ? last : `${wanted.join(', ')} or ${last}`;
}

function wantedOf(type: string, schema: SchemaShape): string | undefined {
  if (type === 'null') return 'null';
  if (type === 'integer' || type === 'number') return `${type === 'integer' ? 'an integer' : 'a number'}${rangeOf(schema)}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return `an array${sizeOf(schema.minItems, schema.maxItems, 'items')}`;
  if (type === 'object') return `an object${sizeOf(schema.minProperties, schema.maxProperties, 'fields')}`;
  if (type !== 'string') return undefined;
  if (schema.format === 'date-time') return `${aTime} such as 2026-11-21T22:38:06.120Z`;
  if (schema.pattern !== undefined) return patternWords[schema.pattern] ?? 'text of another form';
  return `text${sizeOf(schema.minLength, schema.maxLength, 'characters')}`;
}

function rangeOf({ minimum, maximum }: SchemaShape): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function sizeOf(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && least === most) return ` of exactly ${least} ${unit}`;
  if (least !== undefined && most !== undefined) return ` of ${least} to ${most} ${unit}`;
  if (least !== undefined) return ` of at least ${least} ${unit}`;
  return most === undefined ? '' : ` of at most ${most} ${unit}`;
}

function sentenceOf(errors: readonly FieldError[], failures: readonly Failure[]): string {
  const [first] = errors;
  const [failure] = distinct(failures);
  if (first === undefined || failure === undefined) return 'The request does not fit its schema.';
  const was =
    first.message.startsWith('must be') && failure.keyword !== ownKeyword && failure.keyword !== 'propertyNames'
      ? `, and it was ${shown(failure.data)}`
      : '';
  return `${fieldOf(first.path)} ${first.message}${was}${first.message.endsWith('?') ? '' : '.'}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > maxShown ? `${text.slice(0, maxShown)}...` : text;
}
