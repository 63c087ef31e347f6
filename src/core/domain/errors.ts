import type { LimitState } from './quota.ts';

/** Every code a client can meet. `api/errors.ts` maps each to its HTTP status, once. */
export const errorCodes = [
  'bad_url',
  'bad_header',
  'invalid_cursor',
  'invalid_filter',
  'unauthenticated',
  'forbidden',
  'not_found',
  'route_not_found',
  'method_not_allowed',
  'not_acceptable',
  'unknown_node',
  'wrong_status',
  'lease_lost',
  'node_replaced',
  'already_exists',
  'pool_in_use',
  'quota_in_use',
  'idempotency_in_progress',
  'sandbox_unavailable',
  'files_gone',
  'version_mismatch',
  'version_required',
  'body_too_large',
  'uri_too_long',
  'unsupported_media_type',
  'range_not_satisfiable',
  'misdirected',
  'headers_too_large',
  'request_timeout',
  'validation_failed',
  'malformed_json',
  'unknown_reference',
  'unroutable',
  'idempotency_key_reused',
  'bundle_refused',
  'rate_limited',
  'queue_full',
  'quota_exceeded',
  'internal',
  'overloaded',
  'draining',
  'starting',
  'storage_full',
  'storage_failed',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface FieldError {
  /** JSON Pointer from `/body`, `/query`, `/params` or `/headers`. */
  readonly path: string;
  readonly message: string;
}

interface ErrorOptions {
  readonly errors?: readonly FieldError[];
  readonly retryAfterS?: number;
  readonly limits?: readonly LimitState[];
  readonly violated?: readonly string[];
  readonly cause?: unknown;
}

/**
 * An error a caller can act on. Anything else that is thrown is a bug and answers `internal`.
 * @param message one sentence that says what to do.
 */
export class TaskRouterError extends Error {
  override readonly name = 'TaskRouterError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterS: number | undefined;
  /** The limits of whoever asked, and which of them stand in the way. */
  readonly limits: readonly LimitState[];
  readonly violated: readonly string[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
    this.limits = options.limits ?? [];
    this.violated = options.violated ?? [];
  }
}
