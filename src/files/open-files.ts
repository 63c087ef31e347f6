import { type BundleLimits, bundleLimits } from '../core/domain/bundle.ts';
import type { TaskId } from '../core/domain/units.ts';
import type { AttemptFiles, RunningBundle } from '../core/ports/attempt-files.ts';
import type { BundleInputs } from '../core/ports/bundle-files.ts';
import type { OutputPiece, TaskFiles } from '../core/ports/task-files.ts';
import { removeTree } from './durable.ts';
import { cleanUp, type KnownTasks, makePlaces } from './housekeeping.ts';
import { bringInput, copyInput } from './inputs.ts';
import { bringParents } from './parent-files.ts';
import { type FilePlaces, filePlaces } from './places.ts';
import { createRemoteAttempts, type RemoteAttempts } from './remote-attempts.ts';
import { keepResult } from './results.ts';
import { createTaskFiles } from './task-files.ts';
import { createUpload } from './upload.ts';

/** The files of all tasks on the disk of the server. */
export interface Files {
  readonly places: FilePlaces;
  readonly inputs: BundleInputs;
  readonly attempts: AttemptFiles;
  readonly remote: RemoteAttempts;
  /** Removes what a crash left. Before the engine starts. */
  cleanUp(tasks: KnownTasks): Promise<number>;
  /** @param running where an attempt of a task runs on this machine */
  reader(running: (task: TaskId) => readonly RunningBundle[]): TaskFiles;
}

/**
 * @param dataDir where the server keeps everything; for its owner alone
 * @param onOutput told what jobs on nodes print
 */
export async function openFiles(
  dataDir: string,
  limits: BundleLimits = bundleLimits,
  onOutput?: (piece: OutputPiece) => void,
): Promise<Files> {
  const places = filePlaces(dataDir);
  const remote = createRemoteAttempts(places, limits, onOutput);
  await makePlaces(places);
  return {
    places,
    inputs: {
      receive: (options) => createUpload(places, limits, options),
      copy: (from, to) => copyInput(places, from, to),
      drop: (task) => removeTree(places.inputOf(task)),
    },
    attempts: {
      bring: (task, folder, owner) => bringInput(places, task.id, folder, owner),
      bringParents: (_task, parents, folder, owner) => bringParents(places, parents, folder, owner),
      keep: (task, attempt, left) => keepResult(places, task, attempt, left),
    },
    remote,
    cleanUp: (tasks) => cleanUp(places, tasks),
    reader: (running) => createTaskFiles(places, (task) => [...running(task), ...remote.running(task)]),
  };
}
