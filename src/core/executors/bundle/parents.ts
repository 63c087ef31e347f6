import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EndedParent } from '../../domain/dependency.ts';
import { isName } from '../../domain/name.ts';
import type { AttemptFiles, Owner } from '../../ports/attempt-files.ts';
import type { AttemptHandle } from '../../ports/executor.ts';
import type { ReadOnly } from './command.ts';
import { type RunFolder, writeForJob } from './sandbox.ts';

/** Where a job finds what its parents left, as it sees it; `TRX_PARENTS` says so. */
export const parentsAt = '/parents';
const listName = 'parents.json';

/**
 * Makes a folder of each parent with files, and a list of all parents, ready to be shown to a job: bound into its sandbox and not copied
 * where it may read them as they lie.
 * @returns what the job is to see; nothing for one without parents
 */
export async function showParents(
  files: AttemptFiles,
  { task, parents }: AttemptHandle,
  folder: RunFolder,
  owner: Owner | undefined,
): Promise<readonly ReadOnly[]> {
  if (parents.length === 0) return [];
  const at = join(folder.path, 'parents');
  await mkdir(at, { mode: 0o750 });
  if (owner !== undefined) await chown(at, 0, owner.gid); // for this job to walk through, and no other
  const found = new Map((await files.bringParents(task, parents, at, owner)).map(({ parent, path }) => [parent, path]));
  const list = join(folder.path, listName);
  writeForJob(list, listOf(parents, found), owner);
  const folders = parents.flatMap((parent) => {
    const from = found.get(parent.id);
    return from === undefined ? [] : [{ from, to: `${parentsAt}/${folderOf(parent, parents)}` }];
  });
  return [...folders, { from: list, to: `${parentsAt}/${listName}` }];
}

/** Its name, where that can be one of a folder and means no other parent; else its id; else its place, should a node be told nonsense. */
function folderOf(parent: EndedParent, parents: readonly EndedParent[]): string {
  const { id, name } = parent;
  const isOthers = parents.some((other) => other !== parent && (other.id === name || other.name === name));
  if (isName(name) && name !== listName && !isOthers) return name;
  return isName(id) ? id : String(parents.indexOf(parent));
}

/** For programs: one line, so that `jq` and eyes find each parent. */
function listOf(parents: readonly EndedParent[], found: ReadonlyMap<string, string>): string {
  const list = parents.map((parent) => {
    const { id, name, status, result } = parent;
    const folder = found.has(id) ? folderOf(parent, parents) : null;
    return { task: id, name, status, result, folder, ...(folder === null ? { reason: reasonOf(parent) } : {}) };
  });
  return `${JSON.stringify(list, null, 2)}\n`;
}

function reasonOf({ status }: EndedParent): string {
  if (status === 'gone') return 'the task was removed';
  return status === 'completed' ? 'it left no files, or they were removed' : `it did not complete: ${status}`;
}
