import { parseCsv } from './csv.ts';
import { parseNdjson } from './ndjson.ts';
import { parseSwf } from './swf.ts';
import type { Trace } from './trace.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Reads a trace in whichever format it is: JSON lines begin with a brace, a CSV file with the name of a column, and all else is the Standard
 * Workload Format.
 * @param bytes not compressed
 * @throws TraceError with the line
 */
export function parseTrace(bytes: Uint8Array): Trace {
  const format = traceFormat(bytes);
  if (format === 'ndjson') return parseNdjson(decodeUtf8(bytes));
  return format === 'csv' ? parseCsv(decodeUtf8(bytes)) : parseSwf(bytes);
}

/** By the first of its bytes. */
export function traceFormat(bytes: Uint8Array): 'swf' | 'csv' | 'ndjson' {
  const begin = String.fromCharCode(...bytes.subarray(0, 200))
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (begin.startsWith('{')) return 'ndjson';
  return /^"?[A-Za-z_]/.test(begin) ? 'csv' : 'swf';
}
