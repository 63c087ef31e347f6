import BetterSqlite3, { type Database } from 'better-sqlite3';
import { StartupError } from '../../core/domain/startup-error.ts';

export type Durability = 'full' | 'normal';

/** The first version without the WAL-reset race, which could corrupt a file that has two connections. */
const oldestSqlite = '3.51.3';

type Setting = readonly [pragma: string, value: string | number, reads: string | number];

/**
 * Settings of a connection and what each must read as afterwards. They are read back at every open, because the defaults lie: the driver
 * gives a new WAL file FULL and the same file reopened NORMAL, which loses acknowledged commits in a power cut.
 */
const writerSettings = (durability: Durability): readonly Setting[] => [
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', durability === 'full' ? 'FULL' : 'NORMAL', durability === 'full' ? 2 : 1],
  ['foreign_keys', 'ON', 1],
  ['journal_size_limit', 67_108_864, 67_108_864],
  // Busy means a second writer: an alarm, not something to wait for.
  ['busy_timeout', 0, 0],
  ['cache_size', -65_536, -65_536],
  // Every 16 MiB and not every 4: under load the same hot pages are then copied into the database a quarter as often.
  ['wal_autocheckpoint', 4_000, 4_000],
];

const readerSettings: readonly Setting[] = [
  ['query_only', 'ON', 1],
  ['busy_timeout', 0, 0],
  ['cache_size', -32_768, -32_768],
];

/** The connection that writes. The file is made when it does not exist. */
export function openWriter(file: string): Database {
  return new BetterSqlite3(file, { timeout: 0 });
}

export function setUpWriter(db: Database, durability: Durability): void {
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '';
  if (isOlder(version, oldestSqlite)) throw new StartupError(78, `SQLite ${version} is too old: ${oldestSqlite} or newer is needed`);
  apply(db, writerSettings(durability));
}

/** Reads see the last commit, and can never write. */
export function openReader(file: string): Database {
  const db = new BetterSqlite3(file, { timeout: 0, fileMustExist: true });
  apply(db, readerSettings);
  return db;
}

export function setSynchronous(db: Database, durability: Durability): void {
  apply(
    db,
    writerSettings(durability).filter(([pragma]) => pragma === 'synchronous'),
  );
}

/** @throws StartupError 78 when a setting does not read back as it was set. */
export function apply(db: Database, settings: readonly Setting[]): void {
  for (const [pragma, value, expected] of settings) {
    db.pragma(`${pragma} = ${value}`);
    const actual: unknown = db.pragma(pragma, { simple: true });
    if (actual !== expected) {
      throw new StartupError(78, `the database does not take PRAGMA ${pragma}: it was set to ${value} and reads ${String(actual)}`);
    }
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (const [i, part] of (b ?? []).entries()) {
    const difference = (a?.[i] ?? 0) - part;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
