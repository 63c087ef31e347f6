import { TaskRouterError } from '../core/domain/errors.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { StorageState } from '../core/ports/store.ts';
import { createListeners } from './listeners.ts';

/** Seconds after which a refused write may be tried again: room comes back when an operator or the retention makes it. */
const retryAfterS = 5;

export type StateListener = (state: StorageState, reason: string, exitCode: 70 | 75) => void;

/** Whether the storage takes writes, and who wants to know. `failed` is for good. */
export interface StorageGate {
  readonly state: StorageState;
  onState(listener: StateListener): () => void;
  become(state: StorageState, reason: string, exitCode?: 70 | 75): void;
  /** Writes are refused from now on; nobody is told, because nothing went wrong. */
  close(): void;
  /** The error that refuses a write now; `undefined` when writes are taken. */
  refusal(): TaskRouterError | undefined;
}

export function createStorageGate(logger: Logger): StorageGate {
  let state: StorageState = 'ok';
  let reason = '';
  let isClosed = false;
  const listeners = createListeners<Parameters<StateListener>>(logger);

  return {
    get state() {
      return state;
    },
    onState: (listener) => listeners.add(listener),
    become(next, why, exitCode = 70) {
      if (next === state || state === 'failed') return;
      state = next;
      reason = why;
      if (next === 'ok') logger.info({ state }, why);
      else logger.error({ state }, why);
      listeners.call(next, why, exitCode);
    },
    close() {
      isClosed = true;
    },
    refusal() {
      if (isClosed) return storageFailed('the store is closed');
      if (state === 'ok') return undefined;
      return state === 'full' ? storageFull() : storageFailed(reason);
    },
  };
}

export function storageFull(cause?: unknown): TaskRouterError {
  return new TaskRouterError('storage_full', 'the disk is full and nothing was written; free some space or try again later', {
    retryAfterS,
    cause,
  });
}

export function storageFailed(reason: string, cause?: unknown): TaskRouterError {
  return new TaskRouterError('storage_failed', `the storage failed and takes no more writes: ${reason}`, { cause });
}
