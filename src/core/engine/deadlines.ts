import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Attempts } from './attempts.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timers } from './timers.ts';

export interface Deadlines {
  /** A task that must have ended by `deadline`. */
  watch(seq: Seq, deadline: EpochMs): void;
}

interface DeadlinesDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Takes a task that ended while it waited out of memory. */
  readonly leave: (seq: Seq) => void;
  readonly attempts: Attempts;
  readonly storage: StorageWatch;
  readonly failed: (error: unknown) => void;
}

/** Fails waiting tasks when their deadline passes, and asks running ones to stop. Nothing is watched for tasks without one. */
export function createDeadlines({ store, clock, timers, leave, attempts, storage, failed }: DeadlinesDeps): Deadlines {
  let batch: Seq[] = [];

  function watch(seq: Seq, deadline: EpochMs): void {
    timers.add(deadline - clock.now(), seq, () => {
      if (clock.now() < deadline) return watch(seq, deadline); // the wall clock was set back
      if (attempts.expire(seq)) return;
      if (batch.length === 0) clock.soon(() => void expire().catch(failed));
      batch.push(seq);
    });
  }

  /** A task that is being claimed meanwhile is not waiting any more: its attempt looks at the deadline when it begins. */
  async function expire(): Promise<void> {
    const seqs = batch;
    batch = [];
    const expired = await storage.persist(() => store.expireTasks(seqs, clock.now()));
    for (const [i, seq] of seqs.entries()) if (expired[i] === true) leave(seq);
  }

  return { watch };
}
