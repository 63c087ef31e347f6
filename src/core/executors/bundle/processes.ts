import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Memory pages are of 4 KiB on the machines whose system calls are known here; on others this counts too little, never too much. */
const pageBytes = 4_096;

/** Processes as this machine numbers them: one and everything below it. Linux: it goes by /proc. */
export function processTree(pid: number): readonly number[] {
  const found = [pid];
  for (let i = 0; i < found.length; i++) {
    const next = found[i];
    for (const thread of list(`/proc/${next}/task`)) {
      for (const child of read(`/proc/${next}/task/${thread}/children`).split(' ')) if (child !== '') found.push(Number(child));
    }
  }
  return found;
}

/** Resident memory, in bytes. */
export function memoryOf(pids: readonly number[]): number {
  let bytes = 0;
  for (const pid of pids) bytes += Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;
  return bytes;
}

/** Bytes of files on the disk of `folder` that have no name any more and are kept alive by an open descriptor. */
export async function unlinkedBytes(pids: readonly number[], folder: string): Promise<number> {
  const { dev } = await stat(folder);
  const sizes = new Map<number, number>();
  for (const pid of pids) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const file = await stat(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined);
      if (file?.isFile() && file.nlink === 0 && file.dev === dev) sizes.set(file.ino, file.size);
    }
  }
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Processes come and go: one that is gone uses nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
