import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach } from 'vitest';
import type { Logger } from '../../../src/core/ports/logger.ts';
import { noMetrics } from '../../../src/core/ports/metrics.ts';
import type { Store } from '../../../src/core/ports/store.ts';
import { packageRoot } from '../../../src/store/package-root.ts';
import { openReader, openWriter, setUpWriter } from '../../../src/store/sqlite/connection.ts';
import { migrateSchema } from '../../../src/store/sqlite/migrate.ts';
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { aClock } from '../../contract/store-clock.ts';

export const quiet: Logger = { info() {}, warn() {}, error() {} };
export const migrations = join(packageRoot(), 'src/store/sqlite/migrations');

const folders: string[] = [];
const stores: Store[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return folder;
}

/** Closed after the test. */
export function kept(store: Store): Store {
  stores.push(store);
  return store;
}

export interface OpenDatabase {
  readonly store: Store;
  readonly file: string;
  /** The store's own connections, to do to them what no caller could. */
  readonly writerDb: Database;
  readonly readerDb: Database;
}

interface DatabaseOptions {
  readonly logger?: Logger;
  readonly released?: () => void;
  /** Without it time stands still, so that only rows cut a group. */
  readonly monotonicMs?: () => number;
}

/** A store on connections the test can reach. */
export function openDatabase({ logger = quiet, released = () => {}, monotonicMs = () => 0 }: DatabaseOptions = {}): OpenDatabase {
  const clock = { ...aClock(), monotonicMs };
  const file = join(aFolder(), 'test.db');
  const writerDb = openWriter(file);
  setUpWriter(writerDb, 'full');
  migrateSchema(writerDb, migrations);
  writerDb.exec('UPDATE total SET server_epoch = 1');
  const readerDb = openReader(file);
  const store = createSqliteStore({
    ...{ writerDb, readerDb, serverEpoch: 1, durability: 'full', clock, metrics: noMetrics, logger, released },
  });
  return { store: kept(store), file, writerDb, readerDb };
}
