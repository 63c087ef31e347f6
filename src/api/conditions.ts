import type { FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version a change is meant for; `undefined` when the client does not say, or says any (`*`).
 * @throws TaskRouterError `version_required`, `version_mismatch` (a tag that this server never made)
 */
export function ifMatch({ headers }: FastifyRequest, required = false): number | undefined {
  const header = headers['if-match'];
  if (header === undefined) {
    if (!required) return undefined;
    throw new TaskRouterError('version_required', 'Read it first and send its ETag as If-Match.');
  }
  if (header.trim() === '*') return undefined;
  const version = /^"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (version === undefined)
    throw new TaskRouterError('version_mismatch', `If-Match ${header.slice(0, 40)} is not an ETag of this resource.`);
  return Number(version);
}

/** Sets the ETag. @returns true when the client has this version already: answer 304. */
export function isUnchanged({ headers }: FastifyRequest, reply: FastifyReply, version: number): boolean {
  const tag = etagOf(version);
  reply.header('etag', tag);
  return isTagKnown(headers['if-none-match'], tag);
}

/** Whether `If-None-Match` names this ETag: the client has it. */
export function isTagKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === tag);
}
