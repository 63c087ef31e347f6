import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleLimits } from '../core/domain/bundle.ts';
import type { RunningBundle } from '../core/ports/attempt-files.ts';
import type { LeftUpload, RemoteAttempt } from '../core/ports/node-files.ts';
import { digestOf } from './digest.ts';
import { removeTree } from './durable.ts';
import { createFreshFolder } from './fresh-folder.ts';
import { type FilePlaces, inResult } from './places.ts';
import { asRefusal, refusal } from './refuse.ts';
import { placeResult, readManifest, settleFile } from './results.ts';

/** Takes in what a job on a node has left. @param attempt with what it printed so far */
export async function createLeftUpload(
  places: FilePlaces,
  limits: BundleLimits,
  { task, attempt, part, running }: RemoteAttempt & { readonly running: RunningBundle },
): Promise<LeftUpload> {
  const apart = join(places.incoming, randomUUID());
  const names = inResult();
  const root = join(apart, names.files);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folder = createFreshFolder(root, {
    limits,
    digest: true,
    isAnyCase: true,
    setting: 'bundle.disk_mb of its task type says how large.',
  });

  return {
    addFile: (path, content) => guarded(() => folder.write(path, content)),
    show: () =>
      guarded(async () => {
        for (const { path } of folder.files) await layOver(join(root, path), running.folder, path);
      }),
    keep: ({ digest, skipped, stdoutBytes, stderrBytes }) =>
      guarded(async () => {
        const known = await readManifest(places, { task, attempt, part });
        if (known !== undefined) return known; // the answer to the first time was lost
        if (digest !== undefined && digest !== digestOf(folder.files)) throw refusal('sha256', 'the files are not what was sent');
        for (const [stream, bytes] of [
          ['stdout', stdoutBytes],
          ['stderr', stderrBytes],
        ] as const) {
          const there = stream === 'stdout' ? running.stdoutBytes : running.stderrBytes;
          if (there < Math.min(bytes, limits.outputBytes))
            throw refusal(stream, `${there} bytes of it are here; send the rest before the files`);
          await copyFile(running[stream], join(apart, names[stream]));
          await settleFile(join(apart, names[stream]));
        }
        const files = folder.files.map(({ path, bytes }) => ({ path, bytes })).sort((a, b) => (a.path < b.path ? -1 : 1));
        const remains = { files, skipped, stdoutBytes, stderrBytes };
        await placeResult(places, apart, { task, attempt, part }, remains);
        return remains;
      }),
    drop: () => removeTree(apart),
  };
}

/** A file where a folder was, or the other way round, takes its place. */
async function layOver(from: string, root: string, path: string): Promise<void> {
  const to = join(root, path);
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(code)) throw error;
    await removeTree(join(root, path.split('/')[0] ?? ''));
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(from, to);
  }
}

async function guarded<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asRefusal(error);
  }
}
