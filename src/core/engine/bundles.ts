import { TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskId } from '../domain/units.ts';
import type { BundleInputs, Upload } from '../ports/bundle-files.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Logger } from '../ports/logger.ts';
import type { Catalogue } from './catalogue.ts';
import type { BundleInput, Caller, SubmitOptions, Submitted } from './engine.ts';
import type { Submit } from './submit.ts';

export interface Bundles {
  /** A new task with the files of `upload`, which are its own from then on, or gone. @throws TaskRouterError as `Engine.submit` */
  submit(input: TaskInput, upload: Upload, caller: Caller, options: SubmitOptions): Promise<Submitted>;
  /** All of them or none; files of none stay. @throws TaskRouterError as an atomic batch */
  submitAll(items: readonly BundleInput[], caller: Caller): Promise<readonly Submitted[]>;
  /** A new task like one that ended, with its files where it had any. @throws TaskRouterError as `Engine.retry`, `files_gone` */
  again(task: Task, options: SubmitOptions): Promise<Submitted>;
}

interface BundlesDeps {
  readonly submit: Submit;
  readonly ids: IdGenerator;
  readonly catalogue: Catalogue;
  readonly logger: Logger;
  /** Where files are; a server without takes no bundles. */
  readonly inputs: BundleInputs | undefined;
}

/**
 * Tasks with files. The files lie at their place before the task is committed, so that a task never waits for files that a crash took; a
 * crash in between leaves files without a task, which the next start removes.
 */
export function createBundles({ submit, ids, catalogue, logger, inputs }: BundlesDeps): Bundles {
  /** @param taken ids under which files lie, or will when `enter` is over */
  async function laidDown(
    taken: readonly TaskId[],
    files: BundleInputs,
    enter: () => Promise<readonly Submitted[]>,
  ): Promise<readonly Submitted[]> {
    let submitted: readonly Submitted[];
    try {
      submitted = await enter();
    } catch (error) {
      // Of a failed storage nobody knows what it has kept: the next start does.
      if (!(error instanceof TaskRouterError && error.code === 'storage_failed')) await tidy(taken, files);
      throw error;
    }
    const used = new Set(submitted.map(({ task }) => task.id));
    await tidy(
      taken.filter((id) => !used.has(id)), // an earlier request had the same key
      files,
    );
    return submitted;
  }

  /** As far as the disk lets it: what stays changes no answer, and the next start removes it. */
  async function tidy(unused: readonly TaskId[], files: BundleInputs): Promise<void> {
    for (const dropped of await Promise.allSettled(unused.map((id) => files.drop(id))))
      if (dropped.status === 'rejected') logger.warn({ err: dropped.reason }, 'files without a task stay until the next start');
  }

  async function enterAll(items: readonly (BundleInput & { readonly id?: TaskId | undefined })[], caller: Caller) {
    for (const { id, upload } of items) if (id !== undefined) await upload?.keep(id);
    const entries = items.map(({ upload, ...item }) => (upload === undefined ? item : { ...item, hasFiles: true }));
    const submitted: Submitted[] = [];
    for (const item of await submit.batch(entries, caller, { atomic: true })) {
      if ('error' in item) throw item.error;
      submitted.push(item);
    }
    return submitted;
  }

  async function only(submitted: Promise<readonly Submitted[]>): Promise<Submitted> {
    const [one] = await submitted;
    if (one === undefined) throw new Error('a task that was accepted is not there');
    return one;
  }

  return {
    async submit(input, upload, caller, options) {
      if (inputs === undefined) throw noFiles;
      const id = ids.taskId();
      await upload.keep(id);
      return only(laidDown([id], inputs, async () => [await submit.one({ ...input, hasFiles: true }, caller, { ...options, id })]));
    },
    async submitAll(items, caller) {
      if (inputs === undefined) throw noFiles;
      const named = items.map((item) => ({ ...item, id: item.upload === undefined ? undefined : ids.taskId() }));
      const taken = named.flatMap(({ id }) => (id === undefined ? [] : [id]));
      return laidDown(taken, inputs, () => enterAll(named, caller));
    },
    async again(task, options) {
      if (inputs === undefined || (catalogue.type(task.type)?.bundle ?? null) === null) return submit.again(task, options);
      const id = ids.taskId();
      if (!(await inputs.copy(task.id, id)))
        throw new TaskRouterError('files_gone', `The files of task ${task.id} were removed. Submit them again with POST /api/v1/jobs.`);
      return only(laidDown([id], inputs, async () => [await submit.again(task, { ...options, id })]));
    },
  };
}

const noFiles = new TaskRouterError('sandbox_unavailable', 'This server takes no files.');
