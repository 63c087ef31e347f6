import BetterSqlite3 from 'better-sqlite3';
import { StartupError } from '../../core/domain/startup-error.ts';
import { faultOf, sqliteCode } from './errors.ts';

export interface ServerLock {
  release(): void;
}

/**
 * One server per data folder. WAL lets two processes write one file without an error, and two queues in memory would dispatch every
 * task twice. So a file of its own is locked for life; the system frees it however the process ends. `locking_mode=EXCLUSIVE` on the
 * database itself would shut out our own reading connection.
 *
 * @throws StartupError 75 when another server holds it.
 */
export function takeServerLock(file: string, dataDir: string): ServerLock {
  const db = new BetterSqlite3(file, { timeout: 0 });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const fault = faultOf(error);
    if (fault.kind === 'failed' && fault.exitCode === 75) {
      const message = `another TaskRouterX server is using ${dataDir}: stop it first, or give this one a data folder of its own (TRX_DATA_DIR)`;
      throw new StartupError(75, message, { cause: error });
    }
    throw new StartupError(70, `the lock file ${file} cannot be used (${sqliteCode(error) ?? 'unknown error'})`, { cause: error });
  }
  return {
    release() {
      if (db.open) db.close();
    },
  };
}
