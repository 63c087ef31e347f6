import type { Json, JsonObject } from '../../core/domain/json.ts';
import { namePattern } from '../../core/domain/name.ts';
import { type SchemaOptions, type Static, type TProperties, type TSchema, Type } from './type.ts';

/** Under which a schema names a check of our own, see own-checks.ts. It is no part of the OpenAPI document. */
export const ownKeyword = 'x-check';

/** One `enum`, where a union of literals would become a list of one-value alternatives in the OpenAPI document. */
export function StringEnum<const T extends readonly string[]>(values: T, options: { description?: string; default?: T[number] } = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

/** `type: [..., 'null']`: what OpenAPI 3.1 means by nullable, and what the serialiser answers without running a validator. */
export function Nullable<T extends TSchema>(schema: T) {
  const { type, enum: words, ...rest } = schema as TSchema & { type?: string; enum?: unknown[] };
  if (type === undefined) throw new Error('Nullable needs a schema with one type');
  return Type.Unsafe<Static<T> | null>({ ...rest, type: [type, 'null'], ...(words === undefined ? {} : { enum: [...words, null] }) });
}

/** An object that takes no other keys. */
export function Strict<T extends TProperties>(properties: T, options: SchemaOptions & { minProperties?: number } = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** A reference by `$id`, as Fastify and the OpenAPI document resolve it. */
export function RefTo<T extends TSchema>(schema: T) {
  if (schema.$id === undefined) throw new Error('only a schema with an $id can be referred to');
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}

export const AnyJson = (description: string) => Type.Unsafe<Json>({ description });
export const AnyObject = (description: string) => Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true, description });

export const Name = (description: string) => Type.String({ pattern: namePattern, maxLength: 64, description });
export const tenantPattern = '^[A-Za-z0-9._/-]{1,64}$';
/** The same in words. */
export const tenantRule = 'text of 1 to 64 letters, digits or ._/-';
export const Tenant = Type.String({ pattern: tenantPattern, maxLength: 64, description: 'Who pays for it.' });

export const Time = (description: string) => Type.String({ format: 'date-time', maxLength: 40, description });
/** An integer number of milliseconds. */
export const Millis = (description: string, options: { minimum?: number; maximum?: number } = {}) =>
  Type.Integer({ minimum: 0, maximum: 31_536_000_000, ...options, description });

/** Units of work, prices: rounded to millionths. */
export const Money = (description: string) => Type.Number({ description });

/** A path parameter is any text: what names nothing is not found, it is not invalid. */
export const IdParams = Strict({ id: Type.String({ description: 'id of the task: a uuid' }) });
export const NameParams = Strict({ name: Type.String({ description: 'name' }) });
