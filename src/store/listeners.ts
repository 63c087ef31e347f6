import type { Logger } from '../core/ports/logger.ts';

/** Functions to call when something happened. One that throws is reported and does not keep the others from hearing it. */
export interface Listeners<Arguments extends readonly unknown[]> {
  readonly size: number;
  /** @returns how to take it away again. */
  add(listener: (...args: Arguments) => void): () => void;
  call(...args: Arguments): void;
}

export function createListeners<Arguments extends readonly unknown[]>(logger: Logger): Listeners<Arguments> {
  const listeners = new Set<{ readonly hear: (...args: Arguments) => void }>();

  return {
    get size() {
      return listeners.size;
    },
    add(hear) {
      const entry = { hear };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    call(...args) {
      for (const { hear } of listeners) {
        try {
          hear(...args);
        } catch (error) {
          logger.error({ err: error }, 'a listener of the store failed');
        }
      }
    },
  };
}
