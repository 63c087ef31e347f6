import type { Database } from 'better-sqlite3';
import type { StorageGate } from '../storage-state.ts';
import { faultOf, refusalOf } from './errors.ts';

/** The reading connection. Every read is one statement, or several in one turn: no snapshot lives across an `await`. */
export interface Reader {
  readonly db: Database;
  /** Runs a read. @throws TaskRouterError `storage_failed` when the file cannot be read. */
  read<Result>(query: () => Result): Result;
}

export function createReader(db: Database, gate: StorageGate): Reader {
  return {
    db,
    read(query) {
      try {
        return query();
      } catch (error) {
        const fault = faultOf(error);
        if (fault.kind === 'failed') gate.become('failed', fault.reason, fault.exitCode);
        throw refusalOf(error) ?? error;
      }
    },
  };
}
