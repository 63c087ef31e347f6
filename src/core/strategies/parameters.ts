import type { FieldError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { NumberParameter } from './strategy.ts';

type Parameters = Readonly<Record<string, NumberParameter>>;

/** Values for all parameters: those given where they are right, else the default and an error that says what is. */
export function readParameters(parameters: Parameters, given: JsonObject): { values: Record<string, number>; errors: FieldError[] } {
  const values: Record<string, number> = {};
  const errors: FieldError[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
    if (isWithin(value, parameter)) values[name] = value;
    else errors.push({ path: `/body/params/${name}`, message: `must be ${rangeOf(parameter)}, and it was ${JSON.stringify(value)}` });
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) errors.push({ path: `/body/params/${pointer(name)}`, message: unknown(parameters) });
  }
  return { values, errors };
}

/** JSON Schema of the parameters. */
export function parametersSchema(parameters: Parameters): JsonObject {
  const properties: Record<string, JsonObject> = {};
  for (const [name, { integer = false, ...rest }] of Object.entries(parameters)) {
    properties[name] = { type: integer ? 'integer' : 'number', ...rest };
  }
  return { type: 'object', properties, additionalProperties: false };
}

function isWithin(value: unknown, { minimum, maximum, integer = false }: NumberParameter): value is number {
  return typeof value === 'number' && value >= minimum && value <= maximum && (!integer || Number.isInteger(value));
}

function rangeOf({ minimum, maximum, integer = false }: NumberParameter): string {
  return `${integer ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`;
}

function unknown(parameters: Parameters): string {
  const names = Object.keys(parameters);
  return names.length === 0 ? 'is not known: this algorithm has no parameters' : `is not known; known: ${names.join(', ')}`;
}

/** A name as a token of a JSON Pointer. @see RFC 6901 */
function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
