import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { Timers } from './timers.ts';

export interface Due {
  /** A committed `delayed` task: it is queued at `dueAt`. */
  delay(seq: Seq, dueAt: EpochMs): void;
  /** Queues delayed tasks now, whatever their time. */
  now(seqs: readonly Seq[]): Promise<void>;
  /** On their way from `delayed` to `queued`. */
  readonly inFlight: number;
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
  let batch: Seq[] = [];
  let inFlight = 0;

  function delay(seq: Seq, dueAt: EpochMs): void {
    timers.add(dueAt - clock.now(), seq, () => {
      if (clock.now() < dueAt) return delay(seq, dueAt); // the wall clock was set back: never early
      if (batch.length === 0) clock.soon(() => void flush().catch(failed));
      batch.push(seq);
    });
  }

  function flush(): Promise<void> {
    const seqs = batch;
    batch = [];
    return now(seqs);
  }

  async function now(seqs: readonly Seq[]): Promise<void> {
    inFlight += seqs.length;
    try {
      const entries = await storage.persist(() => store.makeDue(seqs, clock.now()));
      for (const entry of entries) if (entry !== undefined) core.submit(entry);
      wake();
    } finally {
      inFlight -= seqs.length;
    }
  }

  return {
    delay,
    now,
    get inFlight() {
      return inFlight;
    },
  };
}
