import { TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskId } from '../domain/units.ts';
import type { BundleInputs, Upload } from '../ports/bundle-files.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Catalogue } from './catalogue.ts';
import type { Caller, SubmitOptions, Submitted } from './engine.ts';
import type { Submit } from './submit.ts';

export interface Bundles {
  /** A new task with the files of `upload`, which are its own from then on, or gone. @throws TaskRouterError as `Engine.submit` */
  submit(input: TaskInput, upload: Upload, caller: Caller, options: SubmitOptions): Promise<Submitted>;
  /** A new task like one that ended, with its files where it had any. @throws TaskRouterError as `Engine.retry`, `files_gone` */
  again(task: Task, options: SubmitOptions): Promise<Submitted>;
}

interface BundlesDeps {
  readonly submit: Submit;
  readonly ids: IdGenerator;
  readonly catalogue: Catalogue;
  /** Where files are; a server without takes no bundles. */
  readonly inputs: BundleInputs | undefined;
}

/**
 * Tasks with files. The files lie at their place before the task is committed, so that a task never waits for files that a crash took; a
 * crash in between leaves files without a task, which the next start removes.
 */
export function createBundles({ submit, ids, catalogue, inputs }: BundlesDeps): Bundles {
  async function laidDown(id: TaskId, files: BundleInputs, enter: () => Promise<Submitted>): Promise<Submitted> {
    try {
      const submitted = await enter();
      if (submitted.task.id !== id) await files.drop(id); // an earlier request had the same key
      return submitted;
    } catch (error) {
      // Of a failed storage nobody knows what it has kept: the next start does.
      if (!(error instanceof TaskRouterError && error.code === 'storage_failed')) await files.drop(id);
      throw error;
    }
  }

  return {
    async submit(input, upload, caller, options) {
      if (inputs === undefined) throw new TaskRouterError('sandbox_unavailable', 'This server takes no files.');
      const id = ids.taskId();
      await upload.keep(id);
      return laidDown(id, inputs, () => submit.one({ ...input, hasFiles: true }, caller, { ...options, id }));
    },
    async again(task, options) {
      if (inputs === undefined || (catalogue.type(task.type)?.bundle ?? null) === null) return submit.again(task, options);
      const id = ids.taskId();
      if (!(await inputs.copy(task.id, id)))
        throw new TaskRouterError('files_gone', `The files of task ${task.id} were removed. Submit them again with POST /api/v1/jobs.`);
      return laidDown(id, inputs, () => submit.again(task, { ...options, id }));
    },
  };
}
