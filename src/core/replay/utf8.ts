import { TraceError } from './trace-error.ts';

/** @throws TraceError when the bytes are no UTF-8 text */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TraceError('the trace is not UTF-8 text');
  }
}
