import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleLimits, type LeftFile, type Remains } from '../core/domain/bundle.ts';
import type { Task } from '../core/domain/task.ts';
import type { TaskId } from '../core/domain/units.ts';
import { openBeneath, visitFiles } from '../core/executors/bundle/left-files.ts';
import type { RunningBundle } from '../core/ports/attempt-files.ts';
import type { AttemptRemains, Readable, TaskFiles } from '../core/ports/task-files.ts';
import type { FilePlaces } from './places.ts';
import { inResult, readManifest } from './results.ts';

export function createTaskFiles(places: FilePlaces, running: (task: TaskId) => RunningBundle | undefined): TaskFiles {
  async function of(task: Task, attempt?: number): Promise<AttemptRemains | undefined> {
    const live = task.status === 'processing' ? running(task.id) : undefined;
    if (live !== undefined && (attempt ?? live.attempt) === live.attempt) return partial(live);
    // The end of the last one is committed exactly when the task has left `processing`; what it left may be there a moment earlier.
    const ending =
      task.status === 'processing' && (attempt ?? task.attempt) === task.attempt
        ? await readManifest(places, task.id, task.attempt)
        : undefined;
    if (ending !== undefined) return { ...kept(task.id, task.attempt, ending), isPartial: true };
    const ended = task.status === 'processing' ? task.attempt - 1 : task.attempt;
    for (let each = Math.min(attempt ?? ended, ended); each >= (attempt ?? 1); each--) {
      const remains = await readManifest(places, task.id, each);
      if (remains !== undefined) return kept(task.id, each, remains);
    }
    return undefined;
  }

  function kept(task: TaskId, attempt: number, remains: Remains): AttemptRemains {
    const root = places.resultOf(task, attempt);
    return {
      ...{ attempt, remains, isPartial: false },
      open: (path) => readable(() => openBeneath(join(root, inResult.files), path)),
      output: (stream) => present(readable(() => open(join(root, inResult[stream])))),
    };
  }

  return { of };
}

async function partial(live: RunningBundle): Promise<AttemptRemains> {
  const { attempt, folder, stdoutBytes, stderrBytes } = live;
  const files: LeftFile[] = [];
  const limits = { files: bundleLimits.files, bytes: Number.POSITIVE_INFINITY };
  const skipped = await visitFiles(folder, limits, ({ path, bytes }) => void files.push({ path, bytes }));
  return {
    ...{ attempt, isPartial: true, remains: { files, skipped, stdoutBytes, stderrBytes } },
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
