import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Thread } from './thread.ts';

/** Threads that are started when wanted, used again, and ended when nobody wanted them for a while. */
export interface ThreadPool {
  /** Runs `use` on a thread that nobody else uses meanwhile. */
  alone<T>(use: (thread: Thread) => Promise<T>): Promise<T>;
  /** Runs `use` on the thread that all users of `key` share. */
  together<T>(key: string, use: (thread: Thread) => Promise<T>): Promise<T>;
  /** Threads alive, idle ones included. */
  size(): number;
  close(): Promise<void>;
}

interface Seat {
  readonly thread: Thread;
  users: number;
  keepIdle: () => void;
}

export function createThreadPool(
  deps: { readonly clock: Clock; readonly startThread: () => Thread },
  options: { readonly idleMs: Ms },
): ThreadPool {
  const { clock, startThread } = deps;
  const seats = new Set<Seat>();
  const shared = new Map<string, Seat>();
  /** Free seats of the exclusive kind; the one used last is taken first, so the others can grow old. */
  const free: Seat[] = [];

  function seat(): Seat {
    const fresh: Seat = { thread: startThread(), users: 0, keepIdle: () => {} };
    seats.add(fresh);
    return fresh;
  }

  function forget(old: Seat, key: string | undefined): void {
    old.keepIdle();
    seats.delete(old);
    const place = free.indexOf(old);
    if (place >= 0) free.splice(place, 1);
    if (key !== undefined && shared.get(key) === old) shared.delete(key);
  }

  async function sit<T>(taken: Seat, key: string | undefined, use: (thread: Thread) => Promise<T>): Promise<T> {
    taken.users += 1;
    taken.keepIdle();
    try {
      return await use(taken.thread);
    } finally {
      taken.users -= 1;
      leave(taken, key);
    }
  }

  function leave(left: Seat, key: string | undefined): void {
    if (left.thread.isDead()) forget(left, key);
    if (left.users > 0 || !seats.has(left)) return;
    if (key === undefined) free.push(left);
    left.keepIdle = clock.after(options.idleMs, () => {
      forget(left, key);
      void left.thread.close();
    });
  }

  function livingSeatOf(key: string): Seat {
    const found = shared.get(key);
    if (found && !found.thread.isDead()) return found;
    const fresh = seat();
    shared.set(key, fresh);
    return fresh;
  }

  function freeSeat(): Seat {
    for (let found = free.pop(); found; found = free.pop()) {
      if (!found.thread.isDead()) return found;
      forget(found, undefined);
    }
    return seat();
  }

  return {
    alone: (use) => sit(freeSeat(), undefined, use),
    together: (key, use) => sit(livingSeatOf(key), key, use),
    size: () => seats.size,
    async close() {
      const all = [...seats];
      for (const each of all) each.keepIdle();
      seats.clear();
      shared.clear();
      free.length = 0;
      await Promise.all(all.map((each) => each.thread.close()));
    },
  };
}
