import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { BundleLimits } from '../core/domain/bundle.ts';
import type { Bytes } from '../core/ports/bundle-files.ts';
import type { FreshFolder } from './fresh-folder.ts';
import { isUnreadable, refusal } from './refuse.ts';

/** What the upper half of the external attributes says where a Unix system made the archive. */
const unix = { madeBy: 3, kind: 0o170000, regular: 0o100000, folder: 0o040000, executable: 0o100 } as const;

/** Unpacks the zip at `file` into `folder`. @throws TaskRouterError `bundle_refused`, `body_too_large` */
export async function unpackZip(file: string, folder: FreshFolder, limits: BundleLimits): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
    // Known before the first is read, so nobody waits for 50,000 entries to be refused. Folders have entries of their own.
    if (zip.entryCount > 2 * limits.files)
      throw refusal('zip', `it has ${zip.entryCount} entries; an archive has at most ${2 * limits.files}, of files and folders`);
    for await (const entry of zip.eachEntry()) await unpack(zip, entry, folder);
  } catch (error) {
    throw isUnreadable(error) ? refusal('zip', `it cannot be read (${error.message})`) : error;
  } finally {
    zip?.close();
  }
}

async function unpack(zip: ZipFile, entry: Entry, folder: FreshFolder): Promise<void> {
  const { fileName } = entry;
  if (entry.isEncrypted()) throw refusal(fileName, 'it is encrypted');
  const mode = entry.versionMadeBy >>> 8 === unix.madeBy ? entry.externalFileAttributes >>> 16 : 0;
  const kind = mode & unix.kind;
  if (fileName.endsWith('/')) return; // made when something lies in it
  if (kind !== 0 && kind !== unix.regular) throw refusal(fileName, 'it is neither a file nor a folder: links and devices are not taken');
  const content = await zip.openReadStreamPromise(entry);
  content.on('error', () => {}); // it may fail before it is read, and is asked again then
  const path = fileName.replace(/^(?:\.\/)+/, '');
  await folder.write(path, checked(content, entry), { isExecutable: (mode & unix.executable) !== 0 });
}

/** The library compares sizes; damage inside a file shows in its checksum only. */
async function* checked(content: Bytes, { crc32: expected, fileName }: Entry): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const chunk of content) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== expected) throw refusal(fileName, 'it is damaged: its checksum differs');
}
