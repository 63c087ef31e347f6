import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleLimits } from '../core/domain/bundle.ts';
import type { ArchiveKind, Bytes, Upload, UploadOptions } from '../core/ports/bundle-files.ts';
import { checkBundle } from './check-bundle.ts';
import { digestOf } from './digest.ts';
import { place, removeTree } from './durable.ts';
import { createFreshFolder } from './fresh-folder.ts';
import type { FilePlaces } from './places.ts';
import { asRefusal, tooLarge } from './refuse.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackZip } from './unpack-zip.ts';

/** Takes a bundle in, in a folder of its own under `incoming`. */
export async function createUpload(places: FilePlaces, limits: BundleLimits, options: UploadOptions): Promise<Upload> {
  const apart = join(places.incoming, randomUUID());
  const root = join(apart, 'files');
  await guarded(() => mkdir(root, { recursive: true, mode: 0o700 }));
  const folder = createFreshFolder(root, { limits, ...options });
  let archives = 0;

  async function addArchive(kind: ArchiveKind, content: Bytes): Promise<void> {
    const packed = join(apart, `${++archives}.packed`);
    try {
      await pipeline(Readable.from(content), atMost(limits.uploadBytes), createWriteStream(packed, { flags: 'wx', mode: 0o600 }));
      await (kind === 'zip' ? unpackZip(packed, folder, limits) : unpackTar(packed, folder));
    } finally {
      await removeTree(packed);
    }
  }

  return {
    addFile: (path, content) => guarded(() => folder.write(path, content)),
    addArchive: (kind, content) => guarded(() => addArchive(kind, content)),
    async check() {
      const { files, bytes } = folder;
      await checkBundle(
        root,
        files.map(({ path }) => path),
      );
      return { files: files.length, bytes, digest: digestOf(files) };
    },
    async keep(task) {
      await guarded(() => place(root, places.inputOf(task)));
      await removeTree(apart);
    },
    drop: () => removeTree(apart),
  };
}

function atMost(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > limit) done(tooLarge('The archive is too large', limit));
      else done(null, chunk);
    },
  });
}

async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asRefusal(error);
  }
}
