import type { Dirent } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TaskId } from '../core/domain/units.ts';
import { removeTree } from './durable.ts';
import { type FilePlaces, ownFolder } from './places.ts';
import { readManifest } from './results.ts';

/** Makes the folders. */
export async function makePlaces(places: FilePlaces): Promise<void> {
  for (const folder of [places.incoming, places.inputs, places.results]) await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** What the database says of tasks, asked before anything of them runs. */
export interface KnownTasks {
  isKnown(task: TaskId): Promise<boolean>;
  /** The attempt of each task that was open when the last server ended, but for those that run on nodes: they go on. */
  openAttempts(): Promise<ReadonlyMap<TaskId, number>>;
}

/**
 * Removes what a crash left between a file and its row: uploads half way, input of tasks that were never accepted, results of attempts
 * whose end was never committed. To be called before those attempts are settled as lost, or their half results would be seen.
 * @returns folders that went
 */
export async function cleanUp(places: FilePlaces, tasks: KnownTasks): Promise<number> {
  let gone = 0;
  const remove = async (path: string) => {
    await removeTree(path);
    gone++;
  };
  for (const { name } of await entries(places.incoming)) await remove(join(places.incoming, name));
  const open = await tasks.openAttempts();
  for (const task of await tasksIn(places.inputs)) if (!(await tasks.isKnown(task))) await remove(places.inputOf(task));
  for (const task of await tasksIn(places.results)) {
    if (!(await tasks.isKnown(task))) await remove(places.resultsOf(task));
    else if (open.has(task)) await remove(places.resultOf(task, open.get(task) ?? 0));
  }
  return gone;
}

/** Tasks with files, in no order. */
export async function tasksWithFiles(places: FilePlaces): Promise<ReadonlySet<TaskId>> {
  return new Set([...(await tasksIn(places.inputs)), ...(await tasksIn(places.results))]);
}

/** Bytes of all that is kept of a task. */
export async function bytesKept(places: FilePlaces, task: TaskId): Promise<number> {
  let bytes = await bytesBelow(places.inputOf(task));
  for (const { name } of await entries(places.resultsOf(task))) {
    const attempt = Number(name);
    const parts = await entries(dirname(join(places.resultOf(task, attempt), ownFolder(0))));
    for (const part of [undefined, ...parts.map((own) => Number(own.name))]) {
      const remains = await readManifest(places, { task, attempt, part });
      for (const file of remains?.files ?? []) bytes += file.bytes;
    }
  }
  return bytes;
}

export async function removeFiles(places: FilePlaces, task: TaskId): Promise<void> {
  await removeTree(places.resultsOf(task));
  await removeTree(places.inputOf(task));
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await bytesBelow(path) : (await stat(path)).size;
  }
  return bytes;
}

async function tasksIn(folder: string): Promise<TaskId[]> {
  return (await entries(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
