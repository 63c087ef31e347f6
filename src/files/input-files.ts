import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import type { TaskId } from '../core/domain/units.ts';
import { visitFiles } from '../core/executors/bundle/left-files.ts';
import type { InputFile } from '../core/ports/node-files.ts';
import { everything, isThere } from './inputs.ts';
import type { FilePlaces } from './places.ts';

/** The files a task began with, and what they are: their contents are read once for that. `undefined`: there are none. */
export async function inputFiles(places: FilePlaces, task: TaskId): Promise<readonly InputFile[] | undefined> {
  const root = places.inputOf(task);
  return (await isThere(root)) ? filesBelow(root) : undefined;
}

/** Every file below, with its digest. */
export async function filesBelow(root: string): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  await visitFiles(root, everything, async ({ path, bytes, open }) => {
    const file = await open();
    if (file === undefined) return; // removed meanwhile: the node will find it missing
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ highWaterMark: 262_144 })) hash.update(chunk as Buffer);
    const { mode } = await lstat(`${root}/${path}`);
    files.push({ path, bytes, sha256: hash.digest('hex'), isExecutable: (mode & 0o100) !== 0 });
  });
  return files;
}
