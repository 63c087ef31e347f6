import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timer, Timers } from './timers.ts';

export interface Due {
  /** A committed `delayed` task: it is queued at `dueAt`. @param isRetry it backs off, and was not asked to wait */
  delay(seq: Seq, dueAt: EpochMs, isRetry?: boolean): void;
  /** What it waited for has happened: it is queued, all of a turn in one transaction. */
  release(seq: Seq): void;
  /** Queues a delayed task now, whatever its time. Rejects when it cannot be written. */
  now(seq: Seq): Promise<void>;
  /** It ended while it was delayed. */
  forget(seq: Seq): void;
  /** On their way from `delayed` to `queued`. */
  readonly inFlight: number;
  /** Tasks whose time has not come. */
  readonly asked: number;
  readonly backingOff: number;
}

interface DueDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly core: SchedulingCore;
  readonly storage: StorageWatch;
  readonly wake: () => void;
  readonly failed: (error: unknown) => void;
}

/** Moves delayed tasks to the queue when their time has come, all that are due together in one transaction. */
export function createDue({ store, clock, timers, core, storage, wake, failed }: DueDeps): Due {
  /** The one timer of each delayed task. */
  const waiting = new Map<Seq, { readonly timer: Timer; readonly isRetry: boolean }>();
  let backingOff = 0;
  let batch: Seq[] = [];
  let inFlight = 0;

  function delay(seq: Seq, dueAt: EpochMs, isRetry = false): void {
    forget(seq);
    const timer = timers.add(dueAt - clock.now(), seq, () => {
      drop(seq);
      if (clock.now() < dueAt) return delay(seq, dueAt, isRetry); // the wall clock was set back: never early
      release(seq);
    });
    waiting.set(seq, { timer, isRetry });
    if (isRetry) backingOff++;
  }

  function release(seq: Seq): void {
    if (batch.length === 0) clock.soon(() => void flush().catch(failed));
    batch.push(seq);
  }

  function drop(seq: Seq): void {
    if (waiting.get(seq)?.isRetry === true) backingOff--;
    waiting.delete(seq);
  }

  function flush(): Promise<void> {
    const seqs = batch;
    batch = [];
    const at = clock.now(); // the moment they were due, however long the disk is full
    return queue(seqs, () => storage.persist(() => store.makeDue(seqs, at)));
  }

  function now(seq: Seq): Promise<void> {
    return queue([seq], () => store.makeDue([seq], clock.now()));
  }

  async function queue(seqs: readonly Seq[], makeDue: () => Promise<readonly (TaskEntry | undefined)[]>): Promise<void> {
    inFlight += seqs.length;
    try {
      for (const entry of await makeDue()) {
        if (entry === undefined) continue;
        forget(entry.seq); // or the time of this delay would cut the next one short
        core.submit(entry);
      }
      wake();
    } finally {
      inFlight -= seqs.length;
    }
  }

  function forget(seq: Seq): void {
    const entry = waiting.get(seq);
    if (entry === undefined) return;
    timers.remove(entry.timer);
    drop(seq);
  }

  return {
    delay,
    release,
    now,
    forget,
    get inFlight() {
      return inFlight;
    },
    get asked() {
      return waiting.size - backingOff;
    },
    get backingOff() {
      return backingOff;
    },
  };
}
