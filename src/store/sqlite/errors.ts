import { TaskRouterError } from '../../core/domain/errors.ts';
import { storageFailed, storageFull } from '../storage-state.ts';

/** What an error of SQLite means for the store. `other`: the storage is fine, one statement was not. */
export type Fault =
  | { readonly kind: 'full' }
  /** Never tried again: after a failed fsync the kernel may have dropped the page, and a second one would lie. */
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode: 70 | 75 }
  | { readonly kind: 'other' };

/** Thrown when the file says another server has started on it since. */
export class SecondWriterError extends Error {
  override readonly name = 'SecondWriterError';
}

export function faultOf(error: unknown): Fault {
  if (error instanceof SecondWriterError) return { kind: 'failed', reason: error.message, exitCode: 75 };
  const code = sqliteCode(error);
  if (code === undefined) return { kind: 'other' };
  // The shared-memory file cannot grow for the same want of room, before anything is written.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return { kind: 'full' };
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return { kind: 'failed', reason: 'another process writes to the database', exitCode: 75 };
  }
  if (fatal.some((prefix) => code.startsWith(prefix))) {
    return { kind: 'failed', reason: `${code}: ${error instanceof Error ? error.message : ''}`, exitCode: 70 };
  }
  return { kind: 'other' };
}

/** The error to tell callers, `undefined` when the storage is fine. */
export function refusalOf(error: unknown): TaskRouterError | undefined {
  if (error instanceof TaskRouterError) return error;
  const fault = faultOf(error);
  if (fault.kind === 'other') return undefined;
  return fault.kind === 'full' ? storageFull(error) : storageFailed(fault.reason, error);
}

const fatal = ['SQLITE_IOERR', 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_NOMEM'];

export function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}
