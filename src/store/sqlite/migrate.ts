import type { Database } from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { StartupError } from '../../core/domain/startup-error.ts';
import { apply } from './connection.ts';

const historyTable = '__drizzle_migrations';

/**
 * Refuses files that are not ours, before anything is written to them.
 * @throws StartupError 78 for a file with another program's tables, or one of a newer version.
 */
export function checkOrigin(db: Database, file: string, migrationsFolder: string): void {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();
  if (tables.length === 0) return;
  if (!tables.includes(historyTable)) {
    throw new StartupError(
      78,
      `${file} holds the tables of another program (${tables.slice(0, 5).join(', ')}), perhaps the original TaskRouterX; it was left untouched: choose another file or data folder`,
    );
  }
  const known = new Set(readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis));
  const applied = db.prepare<[], number>(`SELECT created_at FROM ${historyTable}`).pluck().all();
  if (applied.some((at) => !known.has(at))) {
    throw new StartupError(78, `${file} was written by a newer version of TaskRouterX: start that version, or choose another data folder`);
  }
}

/**
 * Brings the schema up to date, all pending migrations in one transaction. Foreign keys are off meanwhile: a generated table rebuild
 * switches them off itself, but inside the transaction, where that does nothing, and then deletes the rows that point to the table.
 */
export function migrateSchema(db: Database, migrationsFolder: string): void {
  apply(db, [['foreign_keys', 'OFF', 0]]);
  migrate(drizzle(db), { migrationsFolder });
  const broken = db.pragma('foreign_key_check') as unknown[];
  if (broken.length > 0) throw new StartupError(70, `the migration left ${broken.length} rows that point nowhere`);
  apply(db, [['foreign_keys', 'ON', 1]]);
}
