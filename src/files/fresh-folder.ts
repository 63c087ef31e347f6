import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleLimits } from '../core/domain/bundle.ts';
import { PathSet } from '../core/domain/file-path.ts';
import type { Bytes, UploadTotal } from '../core/ports/bundle-files.ts';
import { refusal, tooLarge } from './refuse.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, where digests are wanted. */
  readonly digest: string | undefined;
}

/**
 * A folder of ours that is filled with files of others. Nothing is ever written twice or through a link, names are checked before anything
 * is made of them, and bytes are counted as they come: what an archive says of itself is not believed.
 */
export interface FreshFolder {
  readonly files: readonly WrittenFile[];
  readonly bytes: number;
  write(path: string, content: Bytes, options?: { readonly isExecutable?: boolean }): Promise<void>;
}

/**
 * @param options.total counted against the limits together with others
 * @param options.setting which one says how large it may be; left out: none
 * @param options.isAnyCase names may differ in nothing but case: what comes from a system that knows the difference and goes to no other
 */
export function createFreshFolder(
  root: string,
  options: {
    readonly limits: BundleLimits;
    readonly digest: boolean;
    readonly total?: UploadTotal;
    readonly setting?: string;
    readonly isAnyCase?: boolean;
  },
): FreshFolder {
  const { limits, total = { files: 0, bytes: 0 } } = options;
  const isShared = options.total !== undefined;
  const paths = new PathSet({ isAnyCase: options.isAnyCase ?? false });
  const files: WrittenFile[] = [];
  const made = new Set<string>([root]);
  const tooMany = isShared
    ? `the bundles of one request have at most ${limits.files} files together`
    : `a bundle has at most ${limits.files} files`;
  const tooBig = isShared
    ? 'The bundles of one request are too large together when unpacked'
    : options.setting === undefined
      ? 'The bundle is too large when unpacked'
      : 'What is left is too large';
  let bytes = 0;

  async function write(path: string, content: Bytes, { isExecutable = false } = {}): Promise<void> {
    const problem = paths.add(path);
    if (problem !== undefined) throw refusal(path, problem);
    if (++total.files > limits.files) throw refusal(path, tooMany);
    const target = join(root, path);
    await makeFolder(dirname(target));
    const hash = options.digest ? createHash('sha256') : undefined;
    const file = await open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, isExecutable ? 0o700 : 0o600);
    try {
      const written = await pour(content, file, hash);
      await file.sync();
      files.push({ path, bytes: written, digest: hash?.digest('hex') });
    } finally {
      await file.close();
    }
  }

  async function makeFolder(folder: string): Promise<void> {
    if (made.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    made.add(folder);
  }

  async function pour(content: Bytes, file: Awaited<ReturnType<typeof open>>, hash: Hash | undefined): Promise<number> {
    let written = 0;
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      total.bytes += chunk.byteLength;
      if (total.bytes > limits.unpackedBytes) throw tooLarge(tooBig, limits.unpackedBytes, options.setting);
      hash?.update(chunk);
      for (let from = 0; from < chunk.byteLength; ) from += (await file.write(chunk, from)).bytesWritten;
      written += chunk.byteLength;
    }
    return written;
  }

  return {
    files,
    get bytes() {
      return bytes;
    },
    write,
  };
}
