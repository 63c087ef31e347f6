import type { Task } from '../../core/domain/task.ts';
import type { Seq } from '../../core/domain/units.ts';

/** So many are kept, each of at most so much JSON: a few megabytes at worst. */
const mostTasks = 4_096;
const mostJson = 1_024;

/**
 * Tasks that were accepted a moment ago as `queued`: where there is room they are claimed at once, and reading them back would cost as much
 * as the claim itself. As with LiveTasks it saves the read and decides nothing: the claim compares status and attempt, and a queued task
 * without an attempt is as it was accepted, because every change of it goes through another status.
 */
export interface FreshTasks {
  /** The task as it was accepted; kept no longer. */
  take(seq: Seq): Task | undefined;
  /** @param json characters of its payload and metadata as stored */
  add(task: Task, json: number): void;
  /** What was added in the transaction does not exist, and its number will be given again. */
  rollback(): void;
}

export function createFreshTasks(): FreshTasks {
  const tasks = new Map<Seq, Task>();
  return {
    take(seq) {
      const task = tasks.get(seq);
      if (task !== undefined) tasks.delete(seq);
      return task;
    },
    add(task, json) {
      if (task.status !== 'queued' || json > mostJson) return;
      // What is still here then waits in a long queue, or has ended without a claim: nobody will miss it.
      if (tasks.size === mostTasks) tasks.clear();
      tasks.set(task.seq, task);
    },
    rollback() {
      tasks.clear();
    },
  };
}
