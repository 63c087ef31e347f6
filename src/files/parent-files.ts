import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { EndedParent } from '../core/domain/dependency.ts';
import { visitFiles } from '../core/executors/bundle/left-files.ts';
import type { Owner, ParentFiles } from '../core/ports/attempt-files.ts';
import type { InputFile } from '../core/ports/node-files.ts';
import { filesBelow } from './input-files.ts';
import { everything, isThere } from './inputs.ts';
import { type FilePlaces, inResult } from './places.ts';

/** What is kept of the attempt that completed a parent; of one that did not complete nobody should build on anything. */
export type CompletedParent = Pick<EndedParent, 'id' | 'attempt' | 'status'>;

export async function resultFolder(places: FilePlaces, { id, attempt, status }: CompletedParent): Promise<string | undefined> {
  const root = join(places.resultOf(id, attempt), inResult().files);
  return status === 'completed' && (await isThere(root)) ? resolve(root) : undefined;
}

/**
 * Where jobs run as our own user they read results as they lie. Those of root cannot come to the data folder, which is closed to others: they
 * get links, the same files without a byte copied, or copies where the jobs' folder is on another disk.
 */
export async function bringParents(
  places: FilePlaces,
  parents: readonly CompletedParent[],
  folder: string,
  owner: Owner | undefined,
): Promise<readonly ParentFiles[]> {
  const brought: ParentFiles[] = [];
  for (const parent of parents) {
    const kept = await resultFolder(places, parent);
    if (kept === undefined) continue;
    const path = owner === undefined ? kept : join(folder, parent.id);
    if (owner !== undefined) await linkForOthers(kept, path);
    brought.push({ parent: parent.id, path });
  }
  return brought;
}

export async function parentFiles(places: FilePlaces, parent: CompletedParent): Promise<readonly InputFile[] | undefined> {
  const root = await resultFolder(places, parent);
  return root === undefined ? undefined : filesBelow(root);
}

async function linkForOthers(from: string, to: string): Promise<void> {
  const made = new Set<string>();
  async function makeFolder(path: string): Promise<void> {
    if (made.has(path)) return;
    if (path !== to) await makeFolder(dirname(path));
    await mkdir(path);
    await chmod(path, 0o755);
    made.add(path);
  }

  await makeFolder(to);
  await visitFiles(from, everything, async ({ path }) => {
    const target = join(to, path);
    await makeFolder(dirname(target));
    await linkOrCopy(join(from, path), target);
    await chmod(target, 0o644); // only who may walk to it reads it: nobody at its place, one job here
  });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
