import { TaskRouterError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

const probeEveryMs = 1_000;

export interface StorageWatch {
  /**
   * Repeats `write` until the disk has room for it. What already happened (a decision, an outcome) must be recorded, however long
   * the disk is full; what a client asks for is not passed through here and fails at once with `storage_full`.
   */
  persist<T>(write: () => Promise<T>): Promise<T>;
  readonly full: boolean;
  stop(): void;
}

/** Watches for a full disk, asks once a second whether there is room again, and says so. */
export function createStorageWatch(
  deps: { readonly store: Store; readonly clock: Clock; readonly logger: Logger },
  onRoom: () => void,
): StorageWatch {
  const { store, clock, logger } = deps;
  let waiters: (() => void)[] = [];
  let disarm = () => {};

  const unsubscribe = store.onState((state, reason) => {
    if (state === 'full') {
      logger.error({ reason }, 'the disk is full: reading only, nothing new starts');
      scheduleProbe();
    } else if (state === 'ok') {
      logger.info({}, 'there is room on the disk again: writing goes on');
      wakeAll();
      onRoom();
    } else wakeAll(); // nothing is written any more, and who waited for room is told so
  });

  function wakeAll(): void {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  }

  function scheduleProbe(): void {
    disarm();
    disarm = clock.after(probeEveryMs, () => {
      void store.probe().then(
        (room) => {
          if (!room) scheduleProbe();
        },
        () => scheduleProbe(),
      );
    });
  }

  async function persist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof TaskRouterError && error.code === 'storage_full')) throw error;
        if (store.state() === 'full') await new Promise<void>((resolve) => waiters.push(resolve));
      }
    }
  }

  return {
    persist,
    get full() {
      return store.state() === 'full';
    },
    stop() {
      disarm();
      unsubscribe();
    },
  };
}
