import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Limit } from './ending.ts';
import { type FolderLimits, isOverLimits } from './folder-usage.ts';
import { memoryOf, processTree, unlinkedBytes } from './processes.ts';

export interface UsageLimits extends FolderLimits {
  readonly memoryBytes: number;
}

/** Looks again and again at what a job uses; limits of the kernel count a process or a file, these count the job. */
export function watchUsage(
  clock: Clock,
  child: { readonly pid: number | undefined },
  folder: string,
  limits: UsageLimits,
  exceeded: (limit: Limit) => void,
): { stop(): void } {
  let isStopped = false;
  let disarm = clock.after(everyMs, look);

  function look(): void {
    const beganMs = clock.monotonicMs();
    const pids = child.pid === undefined ? [] : processTree(child.pid);
    if (memoryOf(pids) > limits.memoryBytes) exceeded('memory_limit');
    isFull(folder, pids, limits)
      .then(
        (full) => full && !isStopped && exceeded('disk_limit'),
        () => {}, // the folder went away under our eyes: the job has ended
      )
      .then(() => {
        const tookMs = clock.monotonicMs() - beganMs;
        if (!isStopped) disarm = clock.after(Math.max(everyMs, tookMs * restPerWork), look);
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
/** A folder of thousands takes a while to go through, and the server has other things to do. */
const restPerWork = 3;

async function isFull(folder: string, pids: readonly number[], limits: FolderLimits): Promise<boolean> {
  const unlinked = await unlinkedBytes(pids, folder);
  return isOverLimits(folder, { ...limits, bytes: limits.bytes - unlinked });
}
