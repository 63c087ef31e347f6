import type { FastifyRequest } from 'fastify';
import { TaskRouterError } from '../core/domain/errors.ts';

/** Reads a form with `take`; whatever it did not read is thrown away, so that the connection can be used again. */
export async function takeForm<T>(request: FastifyRequest, take: () => Promise<T>): Promise<T> {
  if (!request.isMultipart()) throw noForm;
  try {
    return await take();
  } finally {
    request.raw.unpipe();
    request.raw.resume();
  }
}

/** The parser of forms says in plain errors that a client broke off or does not speak its language. */
export function asUnreadable(error: unknown): never {
  const { message = '', code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof TaskRouterError || !/multipart|boundary|\bpart\b|premature|aborted|ECONNRESET/i.test(`${message} ${code}`))
    throw error;
  throw new TaskRouterError('bad_header', 'The form could not be read to its end.', { cause: error });
}

const noForm = new TaskRouterError('unsupported_media_type', 'Send a form: multipart/form-data.');
