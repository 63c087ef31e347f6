import { join } from 'node:path';
import type { TaskId } from '../core/domain/units.ts';

/** Where files lie under the data folder. The only place that knows. */
export interface FilePlaces {
  /** Uploads that are not submitted yet. */
  readonly incoming: string;
  /** A folder for each task with input. */
  readonly inputs: string;
  /** A folder for each task, in it one for each attempt. */
  readonly results: string;
  inputOf(task: TaskId): string;
  resultsOf(task: TaskId): string;
  resultOf(task: TaskId, attempt: number): string;
}

/** Names inside the folder of an attempt. */
export interface InResult {
  readonly files: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly manifest: string;
}

/**
 * What one of several parts left lies beside what the others did: files below `parts/k` in the folder of all files, the rest in a folder of its own.
 * @param part `undefined`: the attempt has one
 */
export function inResult(part?: number): InResult {
  const [files, stdout, stderr, manifest] = ['files', 'stdout', 'stderr', 'manifest.json'] as const;
  if (part === undefined) return { files, stdout, stderr, manifest };
  const own = ownFolder(part);
  return { files: join(files, own), stdout: join(own, stdout), stderr: join(own, stderr), manifest: join(own, manifest) };
}

/** Of one of several parts. */
export function ownFolder(part: number): string {
  return join('parts', String(part));
}

/** Ids that come from a request name a folder only when they are ids. */
const taskId = /^[0-9a-f-]{36}$/;

export function filePlaces(dataDir: string): FilePlaces {
  const root = join(dataDir, 'files');
  const [incoming, inputs, results] = [join(root, 'incoming'), join(root, 'input'), join(root, 'result')];
  const resultsOf = (task: TaskId) => join(results, nameOf(task));
  return {
    ...{ incoming, inputs, results, resultsOf },
    inputOf: (task) => join(inputs, nameOf(task)),
    resultOf: (task, attempt) => join(resultsOf(task), String(attempt)),
  };
}

function nameOf(task: TaskId): string {
  if (!taskId.test(task)) throw new Error(`${task} is no id of a task`);
  return task;
}
