import { access, constants, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Check } from './check.ts';

/** Below this a busy server is full within the hour. */
const leastFree = 1_073_741_824;
const database = 'taskrouterx.db';

/** Whether a server could keep its data there. Nothing is made or changed. */
export function dataFolderCheck(folder: string): Check {
  return async () => {
    const path = resolve(folder);
    const known = await stat(path).catch(() => undefined);
    if (known === undefined) return { check: 'data folder', state: 'ok', says: `${path} does not exist yet; the first start makes it` };
    if (!known.isDirectory())
      return { check: 'data folder', state: 'fail', says: `${path} is no folder`, cure: 'give TRX_DATA_DIR a folder' };
    const isWritable = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!isWritable)
      return { check: 'data folder', state: 'fail', says: `${path} is not writable`, cure: `chown or chmod ${path}, or set TRX_DATA_DIR` };
    const size = await stat(join(path, database)).then(
      ({ size }) => `${megabytes(size)} MB of data`,
      () => 'no database yet',
    );
    return { check: 'data folder', state: 'ok', says: `${path}, ${size}` };
  };
}

export function diskCheck(folder: string): Check {
  return async () => {
    const path = resolve(folder);
    const space = await statfs(path).catch(() => statfs('.'));
    const free = space.bavail * space.bsize;
    const says = `${megabytes(free)} MB free`;
    if (free >= leastFree) return { check: 'disk', state: 'ok', says };
    return { check: 'disk', state: 'warn', says, cure: 'make room: a full disk refuses new tasks until there is some' };
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
