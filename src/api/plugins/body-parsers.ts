import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../../core/domain/errors.ts';
import { parseJson } from '../json-limits.ts';

type Done = (error: Error | null, body?: unknown) => void;

/** JSON and nothing else: Fastify's own parsers take plain text too, and JSON of any depth. */
export function useJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'string' }, parseBody);
}

function parseBody(request: FastifyRequest, text: string | Buffer, done: Done): void {
  try {
    refuseEncoded(request);
    // Clients set the content type on every request, also on those that need no body.
    if (text.length === 0 && needsNoBody(request)) done(null, undefined);
    else done(null, parseJson(text as string));
  } catch (error) {
    done(error as Error);
  }
}

export function refuseEncoded({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new TaskRouterError('unsupported_media_type', 'Send the body without Content-Encoding.');
}

function needsNoBody({ method, url }: FastifyRequest): boolean {
  return method === 'DELETE' || /\/(?:retry|rollback)(?:\?|$)/.test(url);
}
