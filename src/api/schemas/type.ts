/** The one door to TypeBox: when it is renamed or replaced, this file changes and nothing else. */
export type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
export { type SchemaOptions, type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';
