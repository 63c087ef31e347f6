import type { Seq } from '../../core/domain/units.ts';

/** What settling an attempt needs to know of its task. */
export interface LiveTask {
  readonly id: string;
  readonly attempt: number;
  readonly tenant: number;
  readonly type: number;
  readonly region: number | null;
  readonly version: number;
  readonly startedAt: number;
  readonly actualCost: number | null;
  readonly cancelRequestedAt: number | null;
}

/**
 * Tasks that this server claimed and that were not touched since, so that settling them reads nothing: as many as run, no more. It saves
 * the read and decides nothing: the update compares status and attempt all the same.
 */
export interface LiveTasks {
  get(seq: Seq): LiveTask | undefined;
  set(seq: Seq, task: LiveTask): void;
  /** Whoever changes a processing task drops it here; it is read again when needed. */
  drop(seq: Seq): void;
  /** What was set in the transaction may not be true: everything is read again. */
  rollback(): void;
}

export function createLiveTasks(): LiveTasks {
  const tasks = new Map<Seq, LiveTask>();
  return {
    get: (seq) => tasks.get(seq),
    set(seq, task) {
      tasks.set(seq, task);
    },
    drop(seq) {
      tasks.delete(seq);
    },
    rollback() {
      tasks.clear();
    },
  };
}
