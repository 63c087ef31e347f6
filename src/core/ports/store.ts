import type { CatalogueStore } from './catalogue-store.ts';
import type { KeyStore } from './key-store.ts';
import type { LogStore } from './log-store.ts';
import type { OperationStore } from './operation-store.ts';
import type { TaskStore } from './task-store.ts';
import type { TenantStore } from './tenant-store.ts';

/** Where the store stands: `full` refuses writes until there is room again, `failed` for good. */
export type StorageState = 'ok' | 'full' | 'failed';

/** The database: the truth. Everything in memory is an index over it. One server per database. */
export interface Store extends TaskStore, LogStore, CatalogueStore, TenantStore, KeyStore, OperationStore {
  /** Number of this server start on this database, from 1. Checked in every write transaction. */
  readonly serverEpoch: number;
  readonly durability: 'full' | 'normal';
  state(): StorageState;
  /**
   * Called when the state changes, with the reason in words. `exitCode`, for `failed`: 70 storage fault, 75 another process wrote to the
   * database.
   */
  onState(listener: (state: StorageState, reason: string, exitCode?: 70 | 75) => void): () => void;
  /** A read on the live file; `false` when it cannot be read. */
  ping(): Promise<boolean>;
  /** While `full`: writes a little and commits. `true`: there is room again, the state is `ok`. */
  probe(): Promise<boolean>;
  /** Settles when everything called before is committed. */
  flush(): Promise<void>;
  /** Commits what is due, checkpoints, gives the lock back. */
  close(): Promise<void>;
}
