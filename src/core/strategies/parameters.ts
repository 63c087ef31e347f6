import type { FieldError } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Parameter, Parameters } from './definition.ts';

export type Values = Readonly<Record<string, number | string | boolean>>;

/** A parameter as it was sent, and where. */
export interface GivenParameter {
  readonly name: string;
  readonly value: Json;
  /** JSON Pointer into the body. */
  readonly path: string;
}

export function givenIn(params: JsonObject, at: string): GivenParameter[] {
  return Object.entries(params).map(([name, value]) => ({ name, value, path: `${at}/${pointer(name)}` }));
}

/** Values for all parameters: those given (the first of equal names) where they are right, else the default and an error that says what is. */
export function readParameters(parameters: Parameters, given: readonly GivenParameter[]): { values: Values; errors: FieldError[] } {
  const values: Record<string, number | string | boolean> = {};
  const errors: FieldError[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const found = given.find((one) => one.name === name);
    const value = found === undefined ? parameter.default : found.value;
    if (isRight(value, parameter)) values[name] = value;
    else errors.push({ path: found?.path ?? '', message: `must be ${whatIsRight(parameter)}, and it was ${JSON.stringify(value)}` });
  }
  return { values, errors: [...errors, ...unknownParameters(Object.keys(parameters), given)] };
}

export function unknownParameters(known: readonly string[], given: readonly GivenParameter[]): FieldError[] {
  const message = known.length === 0 ? 'is not known: there are no parameters' : `is not known; known: ${known.join(', ')}`;
  return given.filter(({ name }) => !known.includes(name)).map(({ path }) => ({ path, message }));
}

/** JSON Schema of the parameters. */
export function parametersSchema(parameters: Parameters): JsonObject {
  const properties = Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, schemaOf(parameter)]));
  return { type: 'object', properties, additionalProperties: false };
}

function schemaOf(parameter: Parameter): JsonObject {
  if ('words' in parameter) {
    const { words, ...rest } = parameter;
    return { type: 'string', enum: [...words], ...rest };
  }
  if (!('minimum' in parameter)) return { type: 'boolean', ...parameter };
  const { integer = false, ...rest } = parameter;
  return { type: integer ? 'integer' : 'number', ...rest };
}

function isRight(value: unknown, parameter: Parameter): value is number | string | boolean {
  if ('words' in parameter) return typeof value === 'string' && parameter.words.includes(value);
  if (!('minimum' in parameter)) return typeof value === 'boolean';
  const { minimum, maximum, integer = false } = parameter;
  return typeof value === 'number' && value >= minimum && value <= maximum && (!integer || Number.isInteger(value));
}

function whatIsRight(parameter: Parameter): string {
  if ('words' in parameter) return `one of ${parameter.words.join(', ')}`;
  if (!('minimum' in parameter)) return 'true or false';
  const { minimum, maximum, integer = false } = parameter;
  return `${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`;
}

/** A name as a token of a JSON Pointer. @see RFC 6901 */
function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
