import { TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Attempts } from './attempts.ts';

interface CancelDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  /** Takes a task that ended while it waited out of memory. */
  readonly leave: (task: Task) => void;
  readonly attempts: Attempts;
  readonly wake: () => void;
}

/** Cancels a waiting task for good, or asks a running one to stop. The database decides which it is. */
export function createCancel({ store, clock, leave, attempts, wake }: CancelDeps) {
  return async (task: Task, by: string): Promise<'cancelled' | 'requested'> => {
    const receipt = await store.cancelTask(task.seq, clock.now(), by);
    if (receipt.kind === 'cancelled') {
      leave(task);
      wake(); // who waited behind it may be the head now
      return 'cancelled';
    }
    if (receipt.kind === 'requested') {
      attempts.cancel(task.seq);
      return 'requested';
    }
    if (receipt.kind === 'unknown') throw new TaskRouterError('not_found', 'Task not found');
    throw new TaskRouterError('wrong_status', `Task ${task.id} is ${receipt.status} already and cannot be cancelled.`);
  };
}
