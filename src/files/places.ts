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
