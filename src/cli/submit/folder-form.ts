import { randomUUID } from 'node:crypto';
import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleLimits, entryScript } from '../../core/domain/bundle.ts';
import { pathProblem } from '../../core/domain/file-path.ts';
import { usageError } from '../cli-error.ts';

const mebibyte = 1_048_576;

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
  readonly bytes: number;
}

/** Every file of a folder and the task as one form. @throws CliError when there is no such folder, nothing in it to run, or too much of it */
export function formOfFolder(folder: string, task: object): Form {
  const part = partOf('files', folder);
  checkTotals([part], `${folder} has`, 'a bundle has at most', '');
  return formOf({ name: 'task', value: task }, [part]);
}

/** Several folders, each with its task. @throws CliError as above */
export function formOfFolders(folders: readonly string[], tasks: readonly object[]): Form {
  const parts = folders.map((folder, i) => partOf(`files[${i}]`, folder));
  checkTotals(parts, 'the folders have', 'the bundles of one request have at most', ' together');
  return formOf({ name: 'tasks', value: tasks }, parts);
}

function partOf(name: string, folder: string): FolderPart {
  const paths = [...filesBelow(folder, '')];
  if (!paths.includes(entryScript)) throw usageError(`${folder} has no ${entryScript}: it is what would be run`);
  const wrong = paths.map((path) => [path, pathProblem(path)] as const).find(([, problem]) => problem !== undefined);
  if (wrong !== undefined) throw usageError(`${join(folder, wrong[0])} cannot be sent: ${wrong[1]}`);
  return { name, folder, paths, bytes: paths.reduce((sum, path) => sum + bytesOf(join(folder, path)), 0) };
}

/** Before anything is sent: what the server would say only when it has most of it. */
function checkTotals(parts: readonly FolderPart[], those: string, most: string, together: string): void {
  const files = parts.reduce((sum, { paths }) => sum + paths.length, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (files > bundleLimits.files) throw usageError(`${those} ${files} files; ${most} ${bundleLimits.files}${together}`);
  if (bytes > bundleLimits.unpackedBytes)
    throw usageError(`${those} ${Math.ceil(bytes / mebibyte)} MiB; ${most} ${bundleLimits.unpackedBytes / mebibyte} MiB${together}`);
}

/** @throws CliError: alone it is more than a file of a form may be */
function bytesOf(path: string): number {
  const bytes = statSync(path).size;
  if (bytes <= bundleLimits.uploadBytes) return bytes;
  throw usageError(`${path} has ${Math.ceil(bytes / mebibyte)} MiB; a file has at most ${bundleLimits.uploadBytes / mebibyte} MiB`);
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
