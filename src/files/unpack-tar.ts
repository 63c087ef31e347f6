import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import type { FreshFolder } from './fresh-folder.ts';
import { isUnreadable, refusal } from './refuse.ts';

const files = new Set(['File', 'OldFile', 'ContiguousFile']);
const executable = 0o100;

/** Unpacks the gzipped tar at `file` into `folder`. @throws TaskRouterError `bundle_refused`, `body_too_large` */
export async function unpackTar(file: string, folder: FreshFolder): Promise<void> {
  const packed = createReadStream(file);
  const plain = packed.pipe(createGunzip());
  packed.on('error', (error) => plain.destroy(error));
  try {
    await parse(plain, folder);
  } catch (error) {
    throw isUnreadable(error) ? refusal('tar.gz', `it cannot be read (${error.message})`) : error;
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

/** Entries come one after the other, and no more is read than they take. */
async function parse(plain: AsyncIterable<Buffer>, folder: FreshFolder): Promise<void> {
  const stop = new AbortController();
  const fail = (error: unknown) => stop.abort(error);
  /** All of them: one is read before the file of the one before it is closed. */
  const writing: Promise<void>[] = [];
  const parser = new Parser({ strict: true });
  parser.on('error', fail);
  // Kinds it does not know, and headers too long to be meant.
  parser.on('ignoredEntry', ({ path }: ReadEntry) => fail(refusal(path, 'it is neither a file nor a folder')));
  parser.on('entry', (entry: ReadEntry) => {
    const written = unpack(entry, folder).catch((error: unknown) => {
      fail(error);
      entry.resume();
    });
    writing.push(written);
  });

  const { signal } = stop;
  const until = (event: string) => once(parser, event, { signal }).catch(() => {});
  const ended = until('end');
  for await (const chunk of plain) {
    const drained = until('drain');
    if (!parser.write(chunk)) await drained;
    signal.throwIfAborted();
  }
  parser.end();
  await ended;
  await Promise.all(writing);
  signal.throwIfAborted();
}

async function unpack(entry: ReadEntry, folder: FreshFolder): Promise<void> {
  if (entry.type === 'Directory') {
    entry.resume(); // made when something lies in it
    return;
  }
  if (!files.has(entry.type)) throw refusal(entry.path, 'it is neither a file nor a folder: links and devices are not taken');
  const path = entry.path.replace(/^(?:\.\/)+/, '');
  await folder.write(path, entry.pipe(new PassThrough()), { isExecutable: ((entry.mode ?? 0) & executable) !== 0 });
}
