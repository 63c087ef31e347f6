import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

export interface FolderLimits {
  /** Of all files. */
  readonly bytes: number;
  /** Regular files. */
  readonly files: number;
  /** Names of any kind: folders, links and pipes take room on a disk too. */
  readonly names: number;
  /** Folders within folders. */
  readonly depth: number;
}

/**
 * Whether more lies below `root` than the limits allow. Unlike a result it leaves nothing out: what could not be shown, is no file or lies
 * deep fills the disk all the same. Looks no further once it knows, and follows no link. Linux: it goes by /proc/self/fd.
 */
export async function isOverLimits(root: string, limits: FolderLimits): Promise<boolean> {
  const left = { ...limits };

  async function isOverIn(folder: FileHandle, depth: number): Promise<boolean> {
    const base = Buffer.from(`/proc/self/fd/${folder.fd}/`);
    for (const name of await readdir(base, { encoding: 'buffer' })) {
      const at = Buffer.concat([base, name]); // as bytes: not every name is text
      const stats = await lstat(at).catch(unlessGone);
      if (stats === undefined) continue;
      left.names -= 1;
      if (stats.isFile()) {
        left.files -= 1;
        left.bytes -= stats.size;
      }
      if (left.names < 0 || left.files < 0 || left.bytes < 0) return true;
      if (stats.isDirectory() && (depth >= limits.depth || (await isOverAt(at, depth + 1)))) return true;
    }
    return false;
  }

  async function isOverAt(at: string | Buffer, depth: number): Promise<boolean> {
    const folder = await open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(unlessGone);
    return folder === undefined ? false : isOverIn(folder, depth).finally(() => folder.close());
  }

  try {
    return await isOverAt(root, 1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return true; // a job of our own user closed a folder to us: what for?
    throw error;
  }
}

/** The job removes things while we look, or makes them something else. */
function unlessGone(error: unknown): undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK'].includes(code)) return undefined;
  throw error;
}
