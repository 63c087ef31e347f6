import { basename, resolve } from 'node:path';
import type { BatchItemResultBody } from '../../api/schemas/batch.ts';
import type { TaskBody } from '../../api/schemas/task.ts';
import { isName } from '../../core/domain/name.ts';
import type { CliIo } from '../io.ts';
import type { Client } from '../server/client.ts';
import { taskOf } from '../server/tasks.ts';
import { formOfFolders } from './folder-form.ts';
import { sendForm } from './submit-folder.ts';

export interface FoldersOptions {
  /** Each waits for the one before, and finds its files under the name of its folder. */
  readonly isChain: boolean;
  /** What the first of a chain waits for, or all of what is none. */
  readonly parents: object;
  readonly key: string;
}

/** Sends several folders as bundles that are accepted together or not at all. @returns their tasks, in order */
export async function submitFolders(
  client: Client,
  io: CliIo,
  folders: readonly string[],
  task: object,
  { isChain, parents, key }: FoldersOptions,
): Promise<readonly TaskBody[]> {
  const tasks = folders.map((_, i) => ({ ...task, ...(isChain && i > 0 ? { depends_on: [parentAt(folders, i - 1)] } : parents) }));
  const form = formOfFolders(folders, tasks);
  const { results } = await sendForm<{ readonly results: readonly BatchItemResultBody[] }>(client, io, '/jobs/batch', form, key);
  return Promise.all(results.map(({ id = '' }) => taskOf(client, id)));
}

function parentAt(folders: readonly string[], place: number): object {
  const name = basename(resolve(folders[place] ?? ''));
  return isName(name) ? { task: place, name } : { task: place };
}
