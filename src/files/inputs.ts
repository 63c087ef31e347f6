import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, chown, copyFile, link, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TaskId } from '../core/domain/units.ts';
import { visitFiles } from '../core/executors/bundle/left-files.ts';
import type { Owner } from '../core/ports/attempt-files.ts';
import { place, removeTree } from './durable.ts';
import type { FilePlaces } from './places.ts';

/** Input is ours and was counted when it came. */
export const everything = { files: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** A private copy of the input, for one attempt to do with as it likes. `false`: there is no input. */
export async function bringInput(places: FilePlaces, task: TaskId, folder: string, owner: Owner | undefined): Promise<boolean> {
  const from = places.inputOf(task);
  if (!(await isThere(from))) return false;
  const made = new Set([folder]);

  async function makeFolder(path: string): Promise<void> {
    if (made.has(path)) return;
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o755 });
    if (owner !== undefined) await chown(path, owner.uid, owner.gid);
    made.add(path);
  }

  await visitFiles(from, everything, async ({ path }) => {
    const source = join(from, path);
    const target = join(folder, path);
    await makeFolder(dirname(target));
    const { mode } = await lstat(source);
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
    if (owner !== undefined) await chown(target, owner.uid, owner.gid);
  });
  return true;
}

/** The same input for another task: the files are never written again, so both may be the same. */
export async function copyInput(places: FilePlaces, from: TaskId, to: TaskId): Promise<boolean> {
  const source = places.inputOf(from);
  if (!(await isThere(source))) return false;
  const apart = join(places.incoming, randomUUID());
  await mkdir(apart, { mode: 0o700 });
  try {
    await linkFiles(source, apart);
    await place(apart, places.inputOf(to));
    return true;
  } catch (error) {
    await removeTree(apart);
    throw error;
  }
}

/** The same files in another folder; for what replaces files and never writes into them. */
export async function linkFiles(from: string, to: string): Promise<void> {
  await visitFiles(from, everything, async ({ path }) => {
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await link(join(from, path), join(to, path));
  });
}

export async function isThere(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
