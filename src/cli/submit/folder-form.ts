import { randomUUID } from 'node:crypto';
import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLimits, entryScript } from '../../core/domain/bundle.ts';
import { pathProblem } from '../../core/domain/file-path.ts';
import { usageError } from '../cli-error.ts';

/** A body that can be sent again from its beginning. */
export interface Form {
  readonly contentType: string;
  readonly files: number;
  /** @param onFile called with the name of each file before it is sent */
  chunks(onFile: (path: string) => void): AsyncGenerator<Uint8Array>;
}

interface FolderPart {
  /** Of the form, for each of its files. */
  readonly name: string;
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Every file of a folder and the task as one form. @throws CliError when there is no such folder, or nothing in it to run */
export function formOfFolder(folder: string, task: object): Form {
  return formOf({ name: 'task', value: task }, [{ name: 'files', folder, paths: pathsOf(folder) }]);
}

/** Several folders, each with its task. @throws CliError as above */
export function formOfFolders(folders: readonly string[], tasks: readonly object[]): Form {
  const parts = folders.map((folder, i) => ({ name: `files[${i}]`, folder, paths: pathsOf(folder) }));
  const files = parts.reduce((sum, { paths }) => sum + paths.length, 0);
  if (files > bundleLimits.files)
    throw usageError(`the folders have ${files} files; the bundles of one request have at most ${bundleLimits.files} together`);
  return formOf({ name: 'tasks', value: tasks }, parts);
}

function pathsOf(folder: string): readonly string[] {
  const paths = [...filesBelow(folder, '')];
  if (!paths.includes(entryScript)) throw usageError(`${folder} has no ${entryScript}: it is what would be run`);
  const wrong = paths.map((path) => [path, pathProblem(path)] as const).find(([, problem]) => problem !== undefined);
  if (wrong !== undefined) throw usageError(`${join(folder, wrong[0])} cannot be sent: ${wrong[1]}`);
  if (paths.length > bundleLimits.files)
    throw usageError(`${folder} has ${paths.length} files; a bundle has at most ${bundleLimits.files}`);
  return paths;
}

/** The field first, as it says what the files are for; they are read while they are sent. @see https://www.rfc-editor.org/rfc/rfc7578 */
function formOf(field: { readonly name: string; readonly value: object }, folders: readonly FolderPart[]): Form {
  const boundary = `trx-${randomUUID()}`;
  const part = (disposition: string) => Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`);

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    files: folders.reduce((sum, { paths }) => sum + paths.length, 0),
    async *chunks(onFile) {
      yield part(`name="${field.name}"`);
      yield Buffer.from(`${JSON.stringify(field.value)}\r\n`);
      for (const { name, folder, paths } of folders) {
        for (const path of paths) {
          onFile(path);
          yield part(`name="${name}"; filename="${path.replaceAll('"', '\\"')}"`);
          yield* createReadStream(join(folder, path), { highWaterMark: 262_144 });
          yield Buffer.from('\r\n');
        }
      }
      yield Buffer.from(`--${boundary}--\r\n`);
    },
  };
}

/** Regular files, by their paths; what a link leads to is not sent. */
function* filesBelow(root: string, prefix: string): Generator<string> {
  for (const entry of entriesOf(join(root, prefix))) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) yield* filesBelow(root, `${path}/`);
    else if (entry.isFile()) yield path;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw usageError(`${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Whether what was typed where a type belongs is a folder: `./job`, `/home/me/job`, `..`. */
export function isFolder(text: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$)/.test(text) && (statSync(text, { throwIfNoEntry: false })?.isDirectory() ?? true);
}
