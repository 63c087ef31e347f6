import type { Json } from '../domain/json.ts';

const maxMessageChars = 2_000;

/** Thrown for a result that would not be better on another try. */
class ResultError extends Error {
  override readonly name = 'ResultError';
  readonly retryable = false;
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A handler's result as the JSON value it will be read back as. Done in the thread, so the server never pays for a large or odd one.
 * @throws ResultError
 */
export function toJsonResult(result: unknown, maxChars: number): Json {
  if (result === undefined || result === null || typeof result === 'boolean') return result ?? null;
  if (typeof result === 'number' && Number.isFinite(result)) return result;
  const text = typeof result === 'number' ? undefined : stringify(result);
  if (text === undefined) throw new ResultError('handler_error', 'The result must be a JSON value.');
  if (text.length > maxChars)
    throw new ResultError('result_too_large', `The result is ${text.length} characters of JSON, at most ${maxChars} are kept.`);
  return typeof result === 'string' ? result : (JSON.parse(text) as Json);
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // A cycle or a BigInt.
  }
}

/** What a thrown thing says about the attempt. Anything may be thrown, even something that throws when it is looked at. */
export function describeFailure(thrown: unknown): { code: string; message: string; retryable: boolean } {
  try {
    const { message, retryable } = Object(thrown) as { message?: unknown; retryable?: unknown };
    const text = typeof message === 'string' && message !== '' ? message : String(thrown);
    const code = thrown instanceof ResultError ? thrown.code : 'handler_error';
    return { code, message: text.slice(0, maxMessageChars), retryable: retryable !== false };
  } catch {
    return { code: 'handler_error', message: 'The handler threw something that cannot be printed.', retryable: true };
  }
}
