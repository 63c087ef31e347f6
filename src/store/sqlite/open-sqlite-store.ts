import type { Database } from 'better-sqlite3';
import { StartupError } from '../../core/domain/startup-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Store } from '../../core/ports/store.ts';
import { createStorageGate } from '../storage-state.ts';
import { type Durability, openReader, openWriter, setSynchronous, setUpWriter } from './connection.ts';
import { faultOf } from './errors.ts';
import { checkOrigin, migrateSchema } from './migrate.ts';
import { type QuickCheck, quickCheck } from './quick-check.ts';
import { takeServerLock } from './server-lock.ts';
import { createSqliteStore } from './sqlite-store.ts';

export interface SqliteOptions {
  readonly paths: { readonly dataDir: string; readonly database: string; readonly lock: string; readonly migrations: string };
  readonly durability: Durability;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Runs what makes files so that they are for their owner alone. */
  readonly withPrivateFiles: <Result>(open: () => Result) => Result;
}

/** Start-up of the store, in this order: lock, origin, settings, schema, damage, epoch. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { paths, durability, clock, logger, metrics, withPrivateFiles } = options;
  const lock = withPrivateFiles(() => takeServerLock(paths.lock, paths.dataDir));
  const opened: Database[] = [];
  try {
    const writerDb = withPrivateFiles(() => openWriter(paths.database));
    opened.push(writerDb);
    checkOrigin(writerDb, paths.database, paths.migrations);
    // Until the epoch is raised in every mode: that commit must not be lost.
    withPrivateFiles(() => setUpWriter(writerDb, 'full'));
    migrateSchema(writerDb, paths.migrations);
    const check = await checkForDamage(writerDb, options);
    checkHead(writerDb, paths.database);
    const serverEpoch = raiseEpoch(writerDb);
    if (durability === 'normal') setSynchronous(writerDb, durability);

    const readerDb = openReader(paths.database);
    opened.push(readerDb);
    const gate = createStorageGate(logger);
    check.later.then((answer) => {
      if (answer !== 'ok') gate.become('failed', `the database is damaged: ${answer}`);
    });
    return createSqliteStore({ writerDb, readerDb, serverEpoch, durability, clock, logger, metrics, gate, released: lock.release });
  } catch (error) {
    for (const db of opened) db.close();
    lock.release();
    throw startupErrorOf(error, paths.database);
  }
}

async function checkForDamage(db: Database, { paths, clock, logger }: SqliteOptions): Promise<QuickCheck> {
  const check = await quickCheck(db, paths.database, clock);
  if (check.answer === undefined) logger.warn({ file: paths.database }, 'the quick check of the database goes on after start-up');
  else if (check.answer !== 'ok') throw new StartupError(70, `the database ${paths.database} is damaged: ${check.answer}`);
  return check;
}

/** One more with every start: the second line of defence against two servers on one file, and what tells lost attempts apart. */
function raiseEpoch(db: Database): number {
  db.prepare('UPDATE total SET server_epoch = server_epoch + 1').run();
  const epoch = db.prepare<[], number>('SELECT server_epoch FROM total').pluck().get();
  if (epoch === undefined) throw new StartupError(70, 'the database has lost its row of totals');
  return epoch;
}

/** The log's last row and its last link are of one commit: without the other, commits were lost or rows slipped in. */
function checkHead(db: Database, file: string): void {
  const row = db.prepare<[], number | null>('SELECT max(seq) FROM log').pluck().get() ?? 0;
  const link = db.prepare<[], number | null>('SELECT max(last_seq) FROM link').pluck().get() ?? 0;
  if (row !== link) throw new StartupError(70, `the log of ${file} is damaged: its last row is ${row}, and its chain ends at ${link}`);
}

function startupErrorOf(error: unknown, file: string): unknown {
  if (error instanceof StartupError) return error;
  const fault = faultOf(error);
  if (fault.kind === 'full') return new StartupError(70, `the disk is full: ${file} cannot be opened for writing`, { cause: error });
  if (fault.kind === 'failed')
    return new StartupError(fault.exitCode, `the database ${file} cannot be used: ${fault.reason}`, { cause: error });
  return error;
}
