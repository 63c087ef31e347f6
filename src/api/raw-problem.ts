import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, TaskRouterError } from '../core/domain/errors.ts';
import { toProblem } from './errors.ts';
import { rawHeaders } from './plugins/headers.ts';

/** A whole answer as text, for a connection on which no request can be, or is any longer, handled. It closes the connection. */
export function rawProblem(code: ErrorCode, detail: string, url = '/'): string {
  const problem = toProblem(new TaskRouterError(code, detail), url, '-');
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: application/problem+json\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${rawHeaders}\r\n${body}`;
}

/** For `clientErrorHandler`: what arrived is not HTTP, or too much or too slow of it. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(answerFor(error.code));
  socket.destroySoon();
}

function answerFor(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return rawProblem('headers_too_large', 'The headers have more than 16 KiB together.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return rawProblem('request_timeout', 'The request did not arrive in time.');
  return rawProblem('bad_header', 'This is not a valid HTTP request.');
}
