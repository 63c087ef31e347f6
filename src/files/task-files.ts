import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleLimits, type LeftFile } from '../core/domain/bundle.ts';
import type { Task } from '../core/domain/task.ts';
import type { TaskId } from '../core/domain/units.ts';
import { openBeneath, visitFiles } from '../core/executors/bundle/left-files.ts';
import type { RunningBundle } from '../core/ports/attempt-files.ts';
import type { AttemptRemains, Readable, TaskFiles } from '../core/ports/task-files.ts';
import { partsTogether } from './parts-together.ts';
import { type FilePlaces, inResult } from './places.ts';
import { type ResultOf, readManifest } from './results.ts';

/** @param running where the attempt of a task runs on this machine, or its parts do */
export function createTaskFiles(places: FilePlaces, running: (task: TaskId) => readonly RunningBundle[]): TaskFiles {
  async function of(task: Task, attempt?: number, part?: number): Promise<AttemptRemains | undefined> {
    for (let each = Math.min(attempt ?? task.attempt, task.attempt); each >= (attempt ?? 1); each--) {
      const found = await ofAttempt(task, each, part);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async function ofAttempt(task: Task, attempt: number, part?: number): Promise<AttemptRemains | undefined> {
    // The end of an attempt is committed exactly when the task has left `processing`; what it left may be there a moment earlier.
    const isPartial = task.status === 'processing' && attempt === task.attempt;
    const live = isPartial ? running(task.id).filter((bundle) => bundle.attempt === attempt) : [];
    const ofOne = (of: number | undefined) => {
      const bundle = live.find((each) => each.part === of);
      return bundle === undefined ? kept({ task: task.id, attempt, part: of }, isPartial) : partial(bundle);
    };
    if (task.parts === 1) return ofOne(undefined);
    const wanted = part === undefined ? Array.from({ length: task.parts }, (_, each) => each) : [part];
    const parts = await Promise.all(wanted.map(ofOne));
    return partsTogether(
      { attempt, isPartial, part: part ?? 0 },
      parts.filter((each) => each !== undefined),
    );
  }

  async function kept(of: ResultOf, isPartial: boolean): Promise<AttemptRemains | undefined> {
    const remains = await readManifest(places, of);
    if (remains === undefined) return undefined;
    const { attempt, part } = of;
    const root = places.resultOf(of.task, attempt);
    const names = inResult(part);
    return {
      ...{ attempt, part: part ?? 0, remains, isPartial },
      open: (path) => readable(() => openBeneath(join(root, names.files), path)),
      output: (stream) => present(readable(() => open(join(root, names[stream])))),
    };
  }

  return { of };
}

async function partial(live: RunningBundle): Promise<AttemptRemains> {
  const { attempt, part = 0, folder, stdoutBytes, stderrBytes } = live;
  const files: LeftFile[] = [];
  const limits = { files: bundleLimits.files, bytes: Number.POSITIVE_INFINITY };
  const skipped = await visitFiles(folder, limits, ({ path, bytes }) => void files.push({ path, bytes }));
  return {
    ...{ attempt, part, isPartial: true, remains: { files, skipped, stdoutBytes, stderrBytes } },
    open: (path) => readable(() => openBeneath(folder, path)),
    output: (stream) => present(readable(() => open(live[stream]))),
  };
}

/** Opened once to learn its size, and again when it is read: who only asks holds no descriptor. */
export async function readable(reopen: () => Promise<FileHandle | undefined>): Promise<Readable | undefined> {
  const file = await reopen();
  if (file === undefined) return undefined;
  const { size } = await file.stat().finally(() => file.close());
  return { bytes: size, read: (from = 0, to = size) => bytesOf(reopen, from, Math.min(to, size)) };
}

/** Up to byte `size`: as many bytes as were promised, or an error: a file that shrinks while it is sent must not look complete. */
async function* bytesOf(reopen: () => Promise<FileHandle | undefined>, from: number, size: number): AsyncGenerator<Uint8Array> {
  const file = await reopen();
  if (file === undefined) throw new Error('the file is gone');
  if (from >= size) return void (await file.close());
  let sent = from;
  for await (const chunk of file.createReadStream({ start: from, end: size - 1, highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    yield chunk;
  }
  if (sent < size) throw new Error('the file became shorter while it was read');
}
const chunkBytes = 262_144;

async function present<T>(value: Promise<T | undefined>): Promise<T> {
  const found = await value;
  if (found === undefined) throw new Error('the output of a kept attempt is missing');
  return found;
}
