import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';
import type { Readable as Sendable } from '../core/ports/task-files.ts';
import { isTagKnown } from './conditions.ts';
import { rangeOf } from './ranges.ts';

/** Answers with a file, from byte `from` on. */
export function sendFile(reply: FastifyReply, file: Sendable, from = 0): FastifyReply {
  reply.header('content-length', Math.max(0, file.bytes - from));
  return sendStream(reply, Readable.from(file.read(from), { objectMode: false }));
}

/**
 * Answers with a file that never changes again, or the part of it that the client wants, or nothing when it has it.
 * @param tag its ETag
 * @throws TaskRouterError `range_not_satisfiable`
 */
export function sendKeptFile(request: FastifyRequest, reply: FastifyReply, file: Sendable, tag: string): FastifyReply {
  const { headers } = request;
  reply.header('etag', tag).header('accept-ranges', 'bytes');
  if (isTagKnown(headers['if-none-match'], tag)) return reply.removeHeader('content-type').code(304).send();
  const condition = headers['if-range'];
  const range = condition === undefined || condition === tag ? rangeOf(headers.range, file.bytes) : undefined;
  if (range === undefined) return sendFile(reply, file);
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.bytes}`);
    throw new TaskRouterError('range_not_satisfiable', `The file has ${file.bytes} bytes, none of them in ${headers.range}.`);
  }
  const { from, to } = range;
  reply
    .code(206)
    .header('content-range', `bytes ${from}-${to - 1}/${file.bytes}`)
    .header('content-length', to - from);
  return sendStream(reply, Readable.from(file.read(from, to), { objectMode: false }));
}

export function sendStream(reply: FastifyReply, stream: Readable): FastifyReply {
  return reply.send(stream);
}
