import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { AttemptRemains } from '../core/ports/task-files.ts';
import { directoryEnd, directoryEntry, fileEnd, fileHeader, type ZipEntry, zipLimits } from './zip-records.ts';

/** Small pieces go together: a result may have thousands of them. */
const gatheredBytes = 65_536;

/**
 * All files of an attempt as a zip, made while it is sent: one file is open at a time and nothing is written. Not compressed: results are
 * often compressed already, and the link to a server is rarely slower than deflate.
 */
export function zipOf(found: AttemptRemains, limits = zipLimits): Readable {
  return Readable.from(gathered(zipped(found, limits)), { objectMode: false });
}

async function* zipped(found: AttemptRemains, limits: typeof zipLimits): AsyncGenerator<Uint8Array> {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (const { path } of found.remains.files) {
    const file = await found.open(path);
    const name = Buffer.from(path);
    const bytes = file?.bytes ?? 0; // of a job that still runs a file may be gone by now; an empty one in its place harms nobody
    const header = fileHeader(name, bytes, limits);
    yield header;
    let crc = 0;
    for await (const chunk of file?.read() ?? []) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
    const end = fileEnd({ bytes, crc }, limits);
    yield end;
    entries.push({ name, bytes, at, crc });
    at += header.length + bytes + end.length;
  }
  let directoryBytes = 0;
  for (const entry of entries) {
    const record = directoryEntry(entry, limits);
    directoryBytes += record.length;
    yield record;
  }
  yield directoryEnd(entries.length, at, directoryBytes, limits);
}

async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < gatheredBytes) continue;
    // What is large goes as it is: copying it together with a header would cost more than a write.
    if (chunk.length >= gatheredBytes) yield* held;
    else yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
