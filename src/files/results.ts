import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleLimits, type LeftFile, type Remains } from '../core/domain/bundle.ts';
import type { Task } from '../core/domain/task.ts';
import type { TaskId } from '../core/domain/units.ts';
import { visitFiles } from '../core/executors/bundle/left-files.ts';
import type { LeftBehind } from '../core/ports/attempt-files.ts';
import { place, syncFolder, syncTree } from './durable.ts';
import { type FilePlaces, inResult, ownFolder } from './places.ts';
import { createQueue } from './queue.ts';

/**
 * Copies what an attempt left to its place, complete or not at all. Copies and not moves: the job owned the originals, and its folder may
 * be on another disk.
 */
export async function keepResult(places: FilePlaces, task: Task, attempt: number, left: LeftBehind): Promise<Remains> {
  const apart = join(places.incoming, randomUUID());
  const names = inResult();
  const root = join(apart, names.files);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const files: LeftFile[] = [];
  const made = new Set([root]);
  const copies = createQueue(copiesAtOnce);
  const skipped = await visitFiles(left.folder, { files: bundleLimits.files, bytes: left.maxBytes }, async (found) => {
    const target = join(root, found.path);
    const folder = dirname(target);
    if (!made.has(folder)) await mkdir(folder, { recursive: true, mode: 0o700 });
    made.add(folder);
    const source = await found.open();
    if (source === undefined) return;
    await copies.add(async () => {
      try {
        await copyFile(`/proc/self/fd/${source.fd}`, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      } finally {
        await source.close();
      }
      files.push({ path: found.path, bytes: await settleFile(target) });
    });
  });
  await copies.idle();
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const stream of ['stdout', 'stderr'] as const) {
    await copyFile(left[stream], join(apart, names[stream]));
    await settleFile(join(apart, names[stream]));
  }
  const remains: Remains = { files, skipped, stdoutBytes: left.stdoutBytes, stderrBytes: left.stderrBytes };
  await placeResult(places, apart, { task: task.id, attempt, part: left.part }, remains);
  return remains;
}

/** Whose result it is. */
export interface ResultOf {
  readonly task: TaskId;
  readonly attempt: number;
  /** `undefined`: the attempt has one. */
  readonly part?: number | undefined;
}

/** Puts a result that is complete but for its manifest at its place, at once and for good: without its manifest it is not there. */
export async function placeResult(places: FilePlaces, apart: string, { task, attempt, part }: ResultOf, remains: Remains): Promise<void> {
  await writeFile(join(apart, inResult().manifest), JSON.stringify(remains), { mode: 0o600, flush: true });
  await mkdir(places.resultsOf(task), { recursive: true, mode: 0o700 });
  await syncFolder(places.results);
  const target = places.resultOf(task, attempt);
  if (part === undefined) return place(apart, target);
  const files = join(target, inResult(part).files);
  const own = join(target, ownFolder(part));
  for (const folder of [files, own]) await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await syncTree(apart);
  await rename(join(apart, inResult().files), files);
  for (const folder of [dirname(files), dirname(dirname(files)), target, places.resultsOf(task)]) await syncFolder(folder);
  await place(apart, own);
}

/** A sync waits for the disk, and the disk takes many at once. */
const copiesAtOnce = 16;

/** Ours alone, on the disk. @returns its size */
export async function settleFile(path: string): Promise<number> {
  await chmod(path, 0o600); // it came with the mode its job gave it
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** `undefined`: nothing is kept of this attempt, or of this part of it. */
export async function readManifest(places: FilePlaces, { task, attempt, part }: ResultOf): Promise<Remains | undefined> {
  try {
    return JSON.parse(await readFile(join(places.resultOf(task, attempt), inResult(part).manifest), 'utf8')) as Remains; // written by keepResult
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
