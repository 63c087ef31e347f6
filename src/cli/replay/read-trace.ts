import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { failure } from '../cli-error.ts';

/** Where `-` reads from. */
const standardInput = 0;

/**
 * The bytes of a trace, decompressed if they are gzip, whatever the file is called.
 * @throws CliError (failed) when it cannot be read
 */
export function readTrace(path: string): Uint8Array {
  const bytes = reading(path, () => readFileSync(path === '-' ? standardInput : path));
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? reading(path, () => gunzipSync(bytes)) : bytes;
}

function reading(path: string, read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    throw failure(`the trace ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
