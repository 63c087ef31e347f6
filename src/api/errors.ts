import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { bundleLimits } from '../core/domain/bundle.ts';
import { bytesText } from '../core/domain/bytes.ts';
import { type ErrorCode, TaskRouterError } from '../core/domain/errors.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Random } from '../core/ports/random.ts';
import { bodyTooLarge } from './body-limit.ts';
import { problemTexts, problemType } from './problem-texts.ts';
import { setRateLimit } from './rate-limit.ts';
import type { Problem } from './schemas/problem.ts';
import type { Static } from './schemas/type.ts';
import { severalWrong } from './several.ts';
import { unfitRequest } from './unfit-request.ts';

export type ProblemBody = Static<typeof Problem>;

/** At most so many fields are listed: the rest would say the same. */
const maxErrors = 20;

const mostFiles = bundleLimits.files.toLocaleString('en');

/** Fastify's own refusals in our words; what is not here and not ours is a fault. */
const frameworkErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_BAD_URL: ['bad_url', 'The URL holds a % escape that cannot be decoded.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'This route does not read this content type; send application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_header', 'Content-Length is not the length of the body.'],
  FST_REQ_FILE_TOO_LARGE: [
    'body_too_large',
    `A file of the form is too large: each may have ${bytesText(bundleLimits.uploadBytes)}. No setting changes that.`,
  ],
  FST_FILES_LIMIT: ['bundle_refused', `The form has too many files: it may have ${mostFiles}, of all its bundles together.`],
  FST_PARTS_LIMIT: [
    'bundle_refused',
    `The form has too many parts: it may have ${mostFiles} files, of all its bundles together, and the fields of its tasks.`,
  ],
  FST_FIELDS_LIMIT: ['validation_failed', 'The form has too many fields.'],
  FST_PROTO_VIOLATION: ['validation_failed', 'The form has a field with a forbidden name.'],
  FST_INVALID_JSON_FIELD_ERROR: ['malformed_json', 'A field of the form says it is JSON and is not.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['unsupported_media_type', 'Send a form: multipart/form-data.'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri_too_long', 'A part of the path is too long.'],
};

/** The one place where an error becomes an answer. */
export interface Refusals {
  /** For `setErrorHandler` and `frameworkErrors`. */
  handle(error: unknown, request: FastifyRequest, reply: FastifyReply): void;
  /** The problem document alone, for items of a batch. Logs faults. */
  problemOf(error: unknown, request: FastifyRequest): ProblemBody;
}

export function createRefusals(deps: { readonly logger: Logger; readonly random: Random }): Refusals {
  function problemOf(error: unknown, request: FastifyRequest): ProblemBody {
    return toProblem(known(error, request), request.url, request.id);
  }

  function known(error: unknown, request: FastifyRequest): TaskRouterError {
    const expected = asExpected(error, request);
    if (expected !== undefined) return expected;
    deps.logger.error({ err: error, request_id: request.id, method: request.method, url: request.url }, 'a request failed');
    return new TaskRouterError('internal', `The server failed. Tell the operator request ${request.id}: the log has the rest.`);
  }

  function handle(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = known(error, request);
    const problem = toProblem(refusal, request.url, request.id);
    if (problem.status === 503 || problem.status === 429 || refusal.retryAfterS !== undefined) {
      const atLeast = Math.max(1, Math.ceil(refusal.retryAfterS ?? 1));
      // Spread, so that they do not all come back at once; but when a rate allows the next one is known.
      const spread = refusal.code === 'rate_limited' ? 0 : Math.floor(deps.random.next() * (atLeast + 1));
      reply.header('retry-after', atLeast + spread);
    }
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="taskrouterx"');
    setRateLimit(reply, refusal.limits);
    reply.code(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
  }

  return { handle, problemOf };
}

function asExpected(error: unknown, request: FastifyRequest): TaskRouterError | undefined {
  if (error instanceof TaskRouterError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation !== undefined) return unfitRequest(request, validation, validationContext);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(request, error);
  const framework = code === undefined ? undefined : frameworkErrors[code];
  if (framework !== undefined) return new TaskRouterError(framework[0], framework[1], { cause: error });
  // The body could not be read to its end: the client left or broke off.
  if (statusCode === 400) return new TaskRouterError('bad_header', 'The request could not be read to its end.', { cause: error });
  return undefined;
}

export function toProblem(error: TaskRouterError, url: string, requestId: string): ProblemBody {
  const { status, title } = problemTexts[error.code];
  return {
    type: problemType(error.code),
    title,
    status,
    code: error.code,
    detail: tellsOfOne.includes(error.code) ? severalWrong(error.errors, error.message) : error.message,
    instance: pathOf(url),
    request_id: requestId,
    ...(error.errors.length === 0 ? {} : { errors: error.errors.slice(0, maxErrors) }),
    ...(error.violated.length === 0 ? {} : { 'violated-policies': [...error.violated] }),
  };
}

/** Refusals whose sentence is about the first of the fields that are wrong. */
const tellsOfOne: readonly ErrorCode[] = ['validation_failed', 'invalid_filter', 'unknown_reference'];

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
