import multipart, { type FastifyMultipartOptions } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bytesText } from '../core/domain/bytes.ts';
import { TaskRouterError } from '../core/domain/errors.ts';
import { refused } from './refused.ts';

/** Of a trace as it is sent: it is in memory until its replay has ended, and nowhere else. */
const mostBytes = 32 * 1_048_576;
/** Received at once. */
const mostUploads = 2;
const limits: NonNullable<FastifyMultipartOptions['limits']> = {
  ...{ fieldNameSize: 100, fieldSize: 65_536, fields: 64, headerPairs: 20, files: 1, parts: 65, fileSize: mostBytes },
};

export interface Upload {
  /** As sent, the last where a name comes twice. */
  readonly fields: Readonly<Record<string, string>>;
  /** `undefined`: none, or none was chosen. */
  readonly trace: UploadedTrace | undefined;
}

export interface UploadedTrace {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ReadUpload = (request: FastifyRequest) => Promise<Upload>;

/** Forms with a file named `trace`, in this scope. @returns reads one. @throws TaskRouterError `body_too_large`, `bad_header`, `overloaded`, `validation_failed` */
export async function useTraceUploads(app: FastifyInstance): Promise<ReadUpload> {
  await app.register(multipart, { limits });
  let uploads = 0;
  return async (request) => {
    if (uploads >= mostUploads) {
      request.raw.resume();
      throw new TaskRouterError(
        'overloaded',
        `${mostUploads} traces are being received, and that is all there may be. Try again in a moment.`,
        {
          retryAfterS: 5,
        },
      );
    }
    uploads++;
    try {
      return await read(request);
    } catch (error) {
      throw asUnreadable(error);
    } finally {
      uploads--;
      request.raw.unpipe();
      request.raw.resume();
    }
  };
}

async function read(request: FastifyRequest): Promise<Upload> {
  const fields: Record<string, string> = {};
  let trace: UploadedTrace | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (part.valueTruncated) throw refused({ path: `/body/${part.fieldname}`, message: 'is longer than 64 KiB' });
      fields[part.fieldname] = String(part.value);
      continue;
    }
    part.file.on('error', () => {}); // a client may break off before the file is read, and who reads it is told then
    if (part.fieldname !== 'trace')
      throw refused({ path: `/body/${part.fieldname}`, message: 'is a file, and the only file there may be is called trace' });
    const bytes = await gathered(part.file);
    if (bytes.length > 0) trace = { name: (part.filename ?? '').slice(-100) || 'trace', bytes };
  }
  return { fields, trace };
}

async function gathered(file: AsyncIterable<Buffer> & { readonly truncated: boolean }): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file) {
    chunks.push(chunk);
    length += chunk.length;
  }
  if (file.truncated) {
    const message = `must have at most ${bytesText(mostBytes)}, which no setting changes; send it as gzip, or a part of it`;
    throw new TaskRouterError('body_too_large', `The trace ${message}.`, { errors: [{ path: '/body/trace', message }] });
  }
  // Of its own, and not a part of the pool of small buffers: it is handed to a thread.
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The parser of forms says in plain errors that a client broke off or does not speak its language. */
function asUnreadable(error: unknown): unknown {
  if (error instanceof TaskRouterError) return error;
  const { message = '', code = '' } = error as NodeJS.ErrnoException;
  if (/_LIMIT$/.test(code)) return refused({ path: '/body', message: `is a form with too much in it: ${message}` });
  if (!/multipart|boundary|\bpart\b|premature|aborted|ECONNRESET/i.test(`${message} ${code}`)) return error;
  return new TaskRouterError('bad_header', 'The form could not be read to its end.', { cause: error });
}
