import { parseCsv } from './csv.ts';
import { parseNdjson } from './ndjson.ts';
import { parseSwf } from './swf.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/**
 * Reads a trace in whichever format it is: JSON lines begin with a brace, a CSV file with the name of a column, and all else is the Standard
 * Workload Format.
 * @param bytes not compressed
 * @throws TraceError with the line
 */
export function parseTrace(bytes: Uint8Array): Trace {
  const begin = String.fromCharCode(...bytes.subarray(0, 200))
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (begin.startsWith('{')) return parseNdjson(textOf(bytes));
  if (/^"?[A-Za-z_]/.test(begin)) return parseCsv(textOf(bytes));
  return parseSwf(bytes);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TraceError('the trace is not UTF-8 text');
  }
}
