import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TraceError } from '../core/replay/trace-error.ts';

const chunkBytes = 65_536;

/**
 * A file from its begin, decompressed if it is gzip: a chunk at a time, so that it is never there as a whole.
 * @param most bytes it may have when it is unpacked
 * @throws TraceError when it has more, or is damaged
 */
export async function* unpacked(file: Uint8Array, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of isGzip(file) ? Readable.from(slices(file)).pipe(createGunzip({ chunkSize: chunkBytes })) : slices(file)) {
      bytes += chunk.length;
      if (bytes > most) throw new TraceError(`unpacked it has more than ${(most / 1_048_576).toFixed(0)} MiB: choose a part of it`);
      yield chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw error;
    throw new TraceError(`the gzip file is damaged or cut off: ${(error as Error).message}`);
  }
}

function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}

function* slices(file: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes);
}
