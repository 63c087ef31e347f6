import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import type { LeftFile, SkippedFile } from '../../domain/bundle.ts';
import { maxPathDepth, pathProblem } from '../../domain/file-path.ts';

/**
 * Looks through folders that somebody else fills, maybe at this moment. Each step opens one name relative to the folder it is in and never
 * follows a link, so that no link laid in between leads out. Linux: it goes by /proc/self/fd.
 */

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
/** Not to wait for the other end of a FIFO. */
const fileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

export interface WalkLimits {
  readonly files: number;
  readonly bytes: number;
}

/** A file while it is visited. */
export interface FoundFile extends LeftFile {
  /** As its owner says it was: in milliseconds. */
  readonly modifiedMs: number;
  /** `undefined`: it is gone, or was made something else meanwhile, or its owner forbids it. */
  open(): Promise<FileHandle | undefined>;
}

/**
 * Visits every regular file below `root` in order of names. What is no file, has a name that cannot be shown or is more than the limits
 * allow is passed over.
 * @returns what was passed over, at most a hundred of it
 */
export async function visitFiles(
  root: string,
  limits: WalkLimits,
  visit: (file: FoundFile) => Promise<void> | void,
): Promise<readonly SkippedFile[]> {
  const skipped: SkippedFile[] = [];
  const left = { ...limits };
  const skip = (path: string, reason: string) => {
    if (skipped.length < maxSkipped) skipped.push({ path: path.replace(unprintable, '\ufffd').slice(0, 1_024), reason });
  };

  async function enter(folder: FileHandle, prefix: string, depth: number): Promise<void> {
    const base = `/proc/self/fd/${folder.fd}`;
    for (const name of (await readdir(base)).sort()) await look(base, name, prefix + name, depth);
  }

  async function look(base: string, name: string, path: string, depth: number): Promise<void> {
    const at = `${base}/${name}`;
    const stats = await lstat(at).catch(goneOrUnreadable);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      if (depth >= maxPathDepth) return skip(path, `more than ${maxPathDepth} folders deep`);
      const folder = await open(at, folderFlags).catch(goneOrUnreadable);
      if (folder === undefined) return skip(path, 'cannot be opened');
      return enter(folder, `${path}/`, depth + 1).finally(() => folder.close());
    }
    if (!stats.isFile()) return skip(path, kindOf(stats));
    const problem = name.includes('\ufffd') ? 'the name is not Unicode' : pathProblem(path);
    if (problem !== undefined) return skip(path, problem);
    const over =
      left.files < 1
        ? `more than ${limits.files} files`
        : left.bytes < stats.size
          ? `more than ${mibOf(limits.bytes)} MiB in all`
          : undefined;
    if (over !== undefined) return skip(path, over);
    left.files -= 1;
    left.bytes -= stats.size;
    await visit({ path, bytes: stats.size, modifiedMs: stats.mtimeMs, open: () => open(at, fileFlags).catch(goneOrUnreadable) });
  }

  const folder = await open(root, folderFlags).catch(goneOrUnreadable);
  if (folder !== undefined) await enter(folder, '', 1).finally(() => folder.close());
  return skipped;
}
const maxSkipped = 100;
const mibOf = (bytes: number) => Math.floor(bytes / 1_048_576);
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Opens the file at `path` below `root`. `undefined`: there is none, or it is no regular file. */
export async function openBeneath(root: string, path: string): Promise<FileHandle | undefined> {
  if (pathProblem(path) !== undefined) return undefined;
  const names = path.split('/');
  let at = root;
  const folders: FileHandle[] = [];
  try {
    for (const name of names) {
      const folder = await open(at, folderFlags);
      folders.push(folder);
      at = `/proc/self/fd/${folder.fd}/${name}`;
    }
    const file = await open(at, fileFlags);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    return goneOrUnreadable(error);
  } finally {
    for (const folder of folders) await folder.close();
  }
}

/** A job that still runs removes files, makes them links and takes our rights away: none of that is an error of ours. */
function goneOrUnreadable(error: unknown): undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENXIO', 'EILSEQ', 'ENAMETOOLONG', 'EMLINK'].includes(code)) return undefined;
  throw error;
}

function kindOf(stats: Awaited<ReturnType<typeof lstat>>): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
