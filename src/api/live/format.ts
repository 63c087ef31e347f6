import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { type Format, ndjson, sse } from './frames.ts';

/** How the client wants a stream. @throws TaskRouterError `not_acceptable` */
export function formatOf({ headers: { accept = '*/*' } }: FastifyRequest): Format {
  if (accept.includes('application/x-ndjson')) return ndjson;
  if (/text\/event-stream|text\/\*|\*\/\*/.test(accept)) return sse;
  throw new TaskRouterError('not_acceptable', 'This is text/event-stream or application/x-ndjson; accept one of them.');
}
