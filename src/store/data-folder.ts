import { accessSync, chmodSync, constants, mkdirSync, type Stats, statfsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError } from '../core/domain/startup-error.ts';

/** File systems whose locks do not hold between machines, by the type number of statfs(2). */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
]);

/**
 * Makes the data folder ready: there, ours, closed to others (0700), writable, on a local disk.
 * Nothing here opens a file: closing any descriptor of the database would drop its locks.
 *
 * @returns its absolute path
 * @throws StartupError 78
 */
export function prepareDataFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  const stats = attempt(`the data folder ${folder} cannot be made`, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return statSync(folder);
  });
  if (!stats.isDirectory()) throw new StartupError(78, `the data folder ${folder} is not a folder`);
  const uid = process.getuid?.();
  if (uid !== undefined && uid !== 0 && stats.uid !== uid) {
    throw new StartupError(78, `the data folder ${folder} belongs to user ${stats.uid}, and the server runs as ${uid}`);
  }
  closeToOthers(folder, stats);
  checkWritable(folder, stats);
  checkLocal(folder);
  return folder;
}

/** Runs `open` so that the files it makes are for their owner alone. */
export function withPrivateFiles<Result>(open: () => Result): Result {
  const before = process.umask(0o077);
  try {
    return open();
  } finally {
    process.umask(before);
  }
}

function closeToOthers(folder: string, stats: Stats): void {
  if ((stats.mode & 0o077) === 0 || process.platform === 'win32') return;
  attempt(`the data folder ${folder} is open to other users and cannot be closed`, () => chmodSync(folder, stats.mode & 0o700));
}

/** The owner's write bit counts also for root, which could write all the same: a folder made read-only is meant so. */
function checkWritable(folder: string, stats: Stats): void {
  attempt(`the data folder ${folder} is not writable`, () => {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if ((stats.mode & 0o200) === 0) throw new Error('its mode forbids it');
  });
}

function checkLocal(folder: string): void {
  const { type } = attempt(`the file system of ${folder} cannot be told`, () => statfsSync(folder));
  const network = networkFileSystems.get(type);
  if (network !== undefined) {
    throw new StartupError(
      78,
      `the data folder ${folder} is on a network file system (${network}), where locks do not hold: use a local disk`,
    );
  }
}

function attempt<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(78, `${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
