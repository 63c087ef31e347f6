import type { Readable } from 'node:stream';
import { TaskRouterError } from '../core/domain/errors.ts';
import { placesOf } from '../core/engine/batch-links.ts';
import type { BatchInput, BundleInput } from '../core/engine/engine.ts';
import type { BatchPlaces } from '../core/engine/parents.ts';
import type { BundleInputs, Upload, UploadTotal } from '../core/ports/bundle-files.ts';
import { type ParsedItem, parseItem, refuseAll } from './batch-items.ts';
import { archiveOf } from './job-fields.ts';
import type { Validator } from './plugins/validation.ts';
import { refused } from './refused.ts';
import { maxJobs } from './schemas/batch.ts';

/** Bundles of one form on their way in, each with its task. */
export interface JobBatch {
  /** The field `tasks`, which comes before the files. @throws TaskRouterError `validation_failed`, with the paths of every task that is not right */
  setTasks(text: string, isCut: boolean): void;
  /** @param name `files[NAME]` or `bundle[NAME]`, by ref or place of the task. @throws TaskRouterError that names the task */
  addFile(name: string, fileName: string, content: Readable): Promise<void>;
  /** All of them, looked at. @throws TaskRouterError with the paths of every one that cannot be taken */
  items(): Promise<readonly BundleInput[]>;
  drop(): Promise<void>;
}

interface JobBatchDeps {
  readonly inputs: BundleInputs;
  readonly isTask: Validator;
  /** The batch's Idempotency-Key: task i gets `key/i` unless it has its own. */
  readonly key: string | undefined;
}

/** The batch stands or falls as one, so the first mistake in a form ends it. */
export function createJobBatch({ inputs, isTask, key }: JobBatchDeps): JobBatch {
  let tasks: readonly unknown[] | undefined;
  let places: BatchPlaces | undefined;
  let digest = key !== undefined;
  const uploads = new Map<number, Upload>();
  const total: UploadTotal = { files: 0, bytes: 0 };

  async function uploadOf(place: number): Promise<Upload> {
    const known = uploads.get(place);
    if (known !== undefined) return known;
    const made = await inputs.receive({ digest, total });
    uploads.set(place, made);
    return made;
  }

  async function itemAt(task: unknown, place: number): Promise<ParsedItem & Pick<BundleInput, 'upload'>> {
    const upload = uploads.get(place);
    try {
      const files = (await upload?.check())?.digest;
      return { ...parseItem(task, place, isTask, key, { files }), upload };
    } catch (error) {
      return { error: asFault(error) };
    }
  }

  return {
    setTasks(text, isCut) {
      if (tasks !== undefined) throw refused({ path: '/body/tasks', message: 'is there twice' });
      if (isCut) throw refused({ path: '/body/tasks', message: 'must be at most 1 MiB' });
      const list = listOf(text);
      const items = list.map((task, place) => parseItem(task, place, isTask, undefined));
      refuseAll(items);
      places = named(items as readonly BatchInput[]); // none of them an error
      tasks = list;
      digest ||= list.some((task) => (task as { idempotency_key?: string }).idempotency_key !== undefined); // objects, as they passed
    },
    async addFile(name, fileName, content) {
      if (tasks === undefined || places === undefined) throw tasksFirst;
      const [, kind, whose = ''] = /^(files|bundle)\[(.{1,64})\]$/.exec(name) ?? [];
      const place = places.placeOf(isPlace(whose) ? Number(whose) : whose);
      if (kind === undefined || place === undefined)
        throw refused({
          path: `/body/${name.slice(0, 100)}`,
          message: `must be files[NAME] or bundle[NAME] with NAME of ${shown(tasks, places)}`,
        });
      try {
        const upload = await uploadOf(place);
        if (kind === 'bundle') await upload.addArchive(archiveOf(fileName), content);
        else await upload.addFile(fileName, content);
      } catch (error) {
        refuseAll(tasks.map((_, at) => (at === place ? { error: asFault(error) } : { type: '' })));
      }
    },
    async items() {
      if (tasks === undefined) throw tasksFirst;
      const parsed = await Promise.all(tasks.map(itemAt));
      refuseAll(parsed);
      return parsed as readonly BundleInput[]; // none of them an error
    },
    async drop() {
      await Promise.all([...uploads.values()].map((upload) => upload.drop()));
    },
  };
}

function listOf(text: string): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw refused({ path: '/body/tasks', message: `is not JSON: ${(error as Error).message}` });
  }
  if (Array.isArray(list) && list.length > 0 && list.length <= maxJobs) return list;
  throw refused({ path: '/body/tasks', message: `must be a JSON array of 1 to ${maxJobs} tasks` });
}

/** A task goes by its ref and by its place; in the name of a part a ref of digits could be either. @throws TaskRouterError with every ref that is in doubt */
function named(items: readonly BatchInput[]): BatchPlaces {
  const inDoubt = new Map<number, TaskRouterError>();
  const places = placesOf(items, (place, reason) => inDoubt.set(place, reason));
  for (const [place, { ref }] of items.entries()) if (ref !== undefined && isPlace(ref)) inDoubt.set(place, refIsPlace);
  refuseAll(items.map((item, place) => (inDoubt.has(place) ? { error: inDoubt.get(place) as TaskRouterError } : item)));
  return places;
}

function isPlace(name: string): boolean {
  return /^\d+$/.test(name);
}

function shown(tasks: readonly unknown[], places: BatchPlaces): string {
  const names = tasks.map((_, place) => places.refAt(place) ?? `${place}`);
  return names.length > 20 ? `${names.slice(0, 20).join(', ')}, ...` : names.join(', ');
}

/** What is wrong with one of the bundles. Thrown on: what is the fault of no bundle, or is about all of them, such as their size. */
function asFault(error: unknown): TaskRouterError {
  if (error instanceof TaskRouterError && (error.code === 'bundle_refused' || error.code === 'validation_failed')) return error;
  throw error;
}

const tasksFirst = refused({ path: '/body/tasks', message: 'is required, before the first file: a JSON array of tasks' });
const refIsPlace = refused({ path: '/body/ref', message: 'must not be a number, as that is the place of a task' });
