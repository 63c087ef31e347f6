import { bundleLimits } from '../core/domain/bundle.ts';
import type { Ms } from '../core/domain/units.ts';
import { visitFiles } from '../core/executors/bundle/left-files.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { LeaseFiles } from './lease-files.ts';
import { formOfFiles } from './left-form.ts';

const everyMs: Ms = 2_000;
/** A job that writes all the time must not send all the time. */
const restPerWork = 4;
const mib = 1_048_576;
/** Larger ones are seen when the job has ended. */
const largestBytes = 16 * mib;
const mostBytes = 64 * mib;

/** Sends files of a running job that are new or changed, to be seen by whoever looks. */
export interface PartialFiles {
  stop(): Promise<void>;
}

/**
 * Begins to look.
 * @param folder where the job will run, with the files it brings: those are with the server already
 */
export async function sendPartialFiles(api: LeaseFiles, clock: Clock, lease: string, folder: string): Promise<PartialFiles> {
  const known = new Map<string, string>();
  let isStopped = false;
  let disarm = () => {};
  let last: Promise<void> = Promise.resolve();
  await changed();
  wait(everyMs);

  function wait(ms: Ms): void {
    if (!isStopped) disarm = clock.after(ms, look);
  }

  function look(): void {
    const beganMs = clock.monotonicMs();
    last = send()
      .catch(() => {}) // it is seen later, or at the end
      .then(() => wait(Math.max(everyMs, (clock.monotonicMs() - beganMs) * restPerWork)));
  }

  async function send(): Promise<void> {
    const before = new Map(known);
    const paths = await changed();
    if (paths.length === 0 || isStopped) return;
    try {
      await api.leave(lease, formOfFiles(folder, paths), true);
    } catch (error) {
      for (const path of paths) known.set(path, before.get(path) ?? '');
      throw error;
    }
  }

  /** What differs from the time before. */
  async function changed(): Promise<readonly string[]> {
    const paths: string[] = [];
    const limits = { files: bundleLimits.files, bytes: Number.POSITIVE_INFINITY };
    let bytes = 0;
    await visitFiles(folder, limits, (file) => {
      const now = `${file.bytes} ${file.modifiedMs}`;
      if (known.get(file.path) === now || file.bytes > largestBytes || bytes + file.bytes > mostBytes) return;
      known.set(file.path, now);
      bytes += file.bytes;
      paths.push(file.path);
    });
    return paths;
  }

  return {
    async stop() {
      isStopped = true;
      disarm();
      await last;
    },
  };
}
