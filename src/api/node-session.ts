import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';

/** The session that a node was given when it registered. @throws TaskRouterError `bad_header` */
export function sessionOf(request: FastifyRequest): string {
  const session = optionalSession(request);
  if (session !== undefined) return session;
  const message = 'is required: the session that registering the node answered';
  throw new TaskRouterError('bad_header', `Node-Session ${message}.`, { errors: [{ path: '/headers/node-session', message }] });
}

export function optionalSession({ headers }: FastifyRequest): string | undefined {
  const session = headers['node-session'];
  return typeof session === 'string' && session !== '' ? session : undefined;
}
