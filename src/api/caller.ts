import type { FastifyRequest } from 'fastify';
import type { Caller } from '../core/engine/engine.ts';

/** Who asks through the API while there are no keys: everybody is the operator. */
export const anyone: Caller = Object.freeze({ name: 'api', tenant: undefined });

/** Who asks, for the engine: a key of one tenant sees that tenant's alone. @param otherwise while there are no keys */
export function callerOf({ key }: Pick<FastifyRequest, 'key'>, otherwise: Caller = anyone): Caller {
  return key === null ? otherwise : { name: key.name, tenant: key.tenant ?? undefined };
}
