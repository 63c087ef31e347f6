import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Attempts } from './attempts.ts';
import type { Owner } from './backlog.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timer, Timers } from './timers.ts';

export interface Deadlines {
  /** A task that must have ended by `deadline`. */
  watch(task: Waiting, deadline: EpochMs): void;
  /** It ended: nothing has to happen at its deadline. */
  forget(seq: Seq): void;
}

/** What has to be known of a task that may end while it waits. */
export interface Waiting extends Owner {
  readonly seq: Seq;
}

interface DeadlinesDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Takes a task that ended while it waited out of memory. */
  readonly leave: (task: Waiting) => void;
  readonly attempts: Attempts;
  readonly storage: StorageWatch;
  readonly failed: (error: unknown) => void;
}

/** Fails waiting tasks when their deadline passes, and asks running ones to stop. Nothing is watched for tasks without one. */
export function createDeadlines({ store, clock, timers, leave, attempts, storage, failed }: DeadlinesDeps): Deadlines {
  const watched = new Map<Seq, Timer>();
  let batch: Waiting[] = [];

  /** Only what is needed is kept of the task: it may be one object used again for each, or hold a payload. */
  function watch({ seq, tenant, type }: Waiting, deadline: EpochMs): void {
    arm({ seq, tenant, type }, deadline);
  }

  function arm(task: Waiting, deadline: EpochMs): void {
    forget(task.seq);
    const timer = timers.add(deadline - clock.now(), task.seq, () => {
      watched.delete(task.seq);
      if (clock.now() < deadline) return arm(task, deadline); // the wall clock was set back
      if (attempts.expire(task.seq)) return;
      if (batch.length === 0) clock.soon(() => void expire().catch(failed));
      batch.push(task);
    });
    watched.set(task.seq, timer);
  }

  function forget(seq: Seq): void {
    const timer = watched.get(seq);
    if (timer === undefined) return;
    timers.remove(timer);
    watched.delete(seq);
  }

  /** A task that is being claimed meanwhile is not waiting any more: its attempt looks at the deadline when it begins. */
  async function expire(): Promise<void> {
    const tasks = batch;
    batch = [];
    const expired = await storage.persist(() =>
      store.expireTasks(
        tasks.map(({ seq }) => seq),
        clock.now(),
      ),
    );
    for (const [i, task] of tasks.entries()) if (expired[i] === true) leave(task);
  }

  return { watch, forget };
}
