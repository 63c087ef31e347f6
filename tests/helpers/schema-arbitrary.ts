import { type Arbitrary, fc } from './fc.ts';

/** The part of JSON Schema that our document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
}

type Resolve = (ref: string) => JsonSchema;

/** Values of a schema, with its boundaries more often than chance would have it. */
export function valuesOf(schema: JsonSchema, resolve: Resolve): Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(resolve(schema.$ref), resolve);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, resolve)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return fc.jsonValue({ maxDepth: 3 }).filter(isHarmless);
  return fc.oneof(...types.map((type) => valuesOfType(type, schema, resolve)));
}

function valuesOfType(type: string, schema: JsonSchema, resolve: Resolve): Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integersOf(schema);
    case 'number':
      return fc.oneof(integersOf({ ...schema, minimum: Math.ceil(schema.minimum ?? 0) }), edgesOf(schema));
    case 'string':
      return textsOf(schema);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, resolve), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, Math.max(5, schema.minItems ?? 0)),
      });
    default:
      return objectsOf(schema, resolve);
  }
}

function integersOf({ minimum = -1_000, maximum = 1_000_000 }: JsonSchema): Arbitrary<number> {
  const [least, most] = [Math.ceil(minimum), Math.floor(Math.min(maximum, Number.MAX_SAFE_INTEGER))];
  return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: Math.max(least, -(2 ** 31)), max: Math.min(most, 2 ** 31 - 1) }));
}

function edgesOf({ minimum, maximum }: JsonSchema): Arbitrary<number> {
  return fc.constantFrom(...[minimum, maximum, 0.5].filter((value): value is number => value !== undefined));
}

function textsOf({ format, pattern, minLength = 0, maxLength = 40 }: JsonSchema): Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ min: new Date(0), max: new Date(8.64e12), noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength });
  return fc.string({ minLength, maxLength: Math.min(maxLength, 100), unit: 'grapheme' });
}

function objectsOf(
  { properties = {}, required = [], patternProperties, additionalProperties }: JsonSchema,
  resolve: Resolve,
): Arbitrary<unknown> {
  const values = Object.values(patternProperties ?? {})[0] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (values !== undefined) return fc.dictionary(fc.constantFrom('order', 'echo', 'a', '*'), valuesOf(values, resolve), { maxKeys: 3 });
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, resolve)]));
  if (Object.keys(fields).length === 0) return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).filter(isHarmless);
  return fc.record(fields, { requiredKeys: required as never[] });
}

/** What no schema of ours wants anywhere. */
export const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    0,
    -1,
    1e308,
    -0.1,
    '\u0000',
    '\ud800',
    '__proto__',
    '../../etc/passwd',
    "' or 1=1 --",
    '%00',
    [],
    {},
  ),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc.double(),
  fc.maxSafeInteger(),
);

/** One thing in a value is not as it should be: replaced, removed, or added. */
export function broken(values: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc.tuple(values, fc.nat(), junk, fc.constantFrom('replace', 'remove', 'add', 'whole')).map(([value, at, odd, how]) => {
    if (how === 'whole' || typeof value !== 'object' || value === null) return odd;
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    const keys = Object.keys(copy);
    const key = keys[at % Math.max(1, keys.length)];
    if (how === 'add' || key === undefined) copy[Array.isArray(copy) ? String(keys.length) : `odd${at % 7}`] = odd;
    else if (how === 'replace') copy[key] = odd;
    else delete copy[key];
    return copy;
  });
}

/** Without the keys that are refused wherever they stand, which no schema can say. */
function isHarmless(value: unknown): boolean {
  return !/"(__proto__|constructor)":/.test(JSON.stringify(value));
}
