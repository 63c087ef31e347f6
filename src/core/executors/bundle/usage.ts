import { readdirSync, readFileSync } from 'node:fs';
import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import { visitFiles } from './left-files.ts';

/** Memory pages are of 4 KiB on the machines whose system calls are known here; on others this counts too little, never too much. */
const pageBytes = 4_096;

/** Resident memory of a process and everything below it, in bytes. Linux: it goes by /proc. */
export function memoryOf(pid: number): number {
  let bytes = 0;
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const pages = read(`/proc/${next}/statm`).split(' ')[1];
    bytes += Number(pages ?? 0) * pageBytes;
    for (const thread of list(`/proc/${next}/task`)) {
      for (const child of read(`/proc/${next}/task/${thread}/children`).split(' ')) if (child !== '') waiting.push(Number(child));
    }
  }
  return bytes;
}

interface UsageLimits {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly files: number;
}

/** Looks again and again at what a job uses; limits of the kernel count a process or a file, these count the job. */
export function watchUsage(
  clock: Clock,
  child: { readonly pid: number | undefined },
  folder: string,
  limits: UsageLimits,
  exceeded: (limit: 'memory_limit' | 'disk_limit') => void,
): { stop(): void } {
  let isStopped = false;
  let disarm = clock.after(everyMs, look);

  function look(): void {
    if (child.pid !== undefined && memoryOf(child.pid) > limits.memoryBytes) exceeded('memory_limit');
    isFull(folder, limits)
      .then(
        (full) => full && !isStopped && exceeded('disk_limit'),
        () => {}, // the folder went away under our eyes: the job has ended
      )
      .then(() => {
        if (!isStopped) disarm = clock.after(everyMs, look);
      });
  }

  return {
    stop() {
      isStopped = true;
      disarm();
    },
  };
}
const everyMs: Ms = 250;

/** Counted no further than to the limits. */
async function isFull(folder: string, { diskBytes, files }: UsageLimits): Promise<boolean> {
  const skipped = await visitFiles(folder, { bytes: diskBytes, files, isEnd: true }, () => {});
  return skipped.some(({ reason }) => reason.startsWith('more than '));
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
