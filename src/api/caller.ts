import type { FastifyRequest } from 'fastify';
import type { Caller } from '../core/engine/engine.ts';

/** Who asks through the API while there are no keys: everybody is the operator. */
export const anyone: Caller = Object.freeze({ name: 'api', tenant: undefined });

/** The same through the dashboard, by a form of its pages or by their script. */
export const dashboard: Caller = Object.freeze({ name: 'dashboard', tenant: undefined });

/** By which the dashboard's script is known among those who call the API. It gives no rights. */
const clientHeader = 'x-trx-client';

/**
 * Who asks, for the engine and the log: the holder of the key, and while there are no keys `dashboard` for what is done there and `api` for
 * all else. A key of one tenant sees that tenant's alone.
 */
export function callerOf({ key, headers }: Pick<FastifyRequest, 'key' | 'headers'>): Caller {
  if (key !== null) return { name: key.name, tenant: key.tenant ?? undefined };
  return headers[clientHeader] === dashboard.name ? dashboard : anyone;
}
