import fastJson from 'fast-json-stringify';
import type { FastifyInstance } from 'fastify';
import { sharedSchemas } from '../schemas/shared.ts';

type Serialise = (data: unknown) => string;
type SchemaNode = Readonly<Record<string, unknown>>;

const byId = new Map(sharedSchemas.map((schema) => [`${schema.$id}#`, schema as SchemaNode]));

/**
 * Answers are written by their schema: nothing that is not in it gets out. Each serialiser is built when its first answer is, and once for all
 * routes that share it: building all of them at start, each with every schema there is, took longer than recovering a full queue.
 */
export function useLazySerialisers(app: FastifyInstance): void {
  const serialisers = new Map<string, Serialise>();

  app.setSerializerCompiler(({ schema }) => {
    const key = JSON.stringify(schema);
    return (data) => {
      const known = serialisers.get(key);
      if (known !== undefined) return known(data);
      const made = fastJson(resolved(schema as SchemaNode)) as Serialise;
      serialisers.set(key, made);
      return made(data);
    };
  });
}

/** The schema with every reference replaced by what it refers to; ours have no cycles. */
function resolved(node: SchemaNode): SchemaNode {
  const { $ref, $id: _, ...rest } = node;
  const target = typeof $ref === 'string' ? byId.get($ref) : undefined;
  if (target !== undefined) return resolved(target);
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolvedValue(value)]));
}

function resolvedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolvedValue);
  return typeof value === 'object' && value !== null ? resolved(value as SchemaNode) : value;
}
