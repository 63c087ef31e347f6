import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PathSet } from '../core/domain/file-path.ts';
import type { Owner } from '../core/ports/attempt-files.ts';
import type { LeaseFiles, WireFile } from './lease-files.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
const atOnce = 4;

/**
 * Lays the files of a leased bundle into `folder`, which is empty. Nothing is believed: not that a name stays inside, not that a file is what
 * its digest says. @throws Error, NodeApiError
 */
export async function fetchBundle(api: LeaseFiles, lease: string, folder: string, owner: Owner | undefined): Promise<void> {
  await fetchFiles(api, await api.list(lease), new PathSet(), folder, owner);
}

/**
 * Lays what a parent left into `folder`, which is made, for others to read. `false`: it left nothing, or nothing any more.
 * @throws Error, NodeApiError
 */
export async function fetchParent(api: LeaseFiles, lease: string, task: string, folder: string): Promise<boolean> {
  const files = await api.listParent(lease, task);
  if (files === undefined) return false;
  await mkdir(folder);
  await chmod(folder, 0o755);
  await fetchFiles(api, files, new PathSet({ isAnyCase: true }), folder, undefined); // a job made these names, and knew the difference
  return true;
}

async function fetchFiles(
  api: LeaseFiles,
  files: readonly WireFile[],
  paths: PathSet,
  folder: string,
  owner: Owner | undefined,
): Promise<void> {
  for (const { path } of files) {
    const problem = paths.add(path);
    if (problem !== undefined) throw new Error(`the server sent a file ${JSON.stringify(path.slice(0, 200))}: ${problem}`);
  }
  await makeFolders(folder, files, owner);
  const left = [...files];
  const fetchNext = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) await fetchFile(api, file, folder, owner);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, fetchNext));
}

async function makeFolders(root: string, files: readonly WireFile[], owner: Owner | undefined): Promise<void> {
  const made = new Set([root]);
  async function make(folder: string): Promise<void> {
    if (made.has(folder)) return;
    await make(dirname(folder));
    await mkdir(folder);
    await chmod(folder, 0o755);
    if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
    made.add(folder);
  }
  for (const { path } of files) await make(dirname(join(root, path)));
}

async function fetchFile(api: LeaseFiles, file: WireFile, root: string, owner: Owner | undefined): Promise<void> {
  const target = join(root, file.path);
  const hash = createHash('sha256');
  const handle = await open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  let bytes = 0;
  try {
    for await (const chunk of api.read(file)) {
      bytes += chunk.length;
      if (bytes > file.bytes) break;
      hash.update(chunk);
      for (let from = 0; from < chunk.length; ) from += (await handle.write(chunk, from)).bytesWritten;
    }
  } finally {
    await handle.close();
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.sha256) throw new Error(`${file.path} did not come as it was sent`);
  await chmod(target, file.executable ? 0o755 : 0o644);
  if (owner !== undefined) await chown(target, owner.uid, owner.gid);
}
