import { TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Attempts } from './attempts.ts';
import type { Due } from './due.ts';

interface CancelDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly due: Due;
  readonly attempts: Attempts;
  readonly wake: () => void;
}

/** Cancels a waiting task for good, or asks a running one to stop. The database decides which it is. */
export function createCancel({ store, clock, core, due, attempts, wake }: CancelDeps) {
  return async (task: Task, by: string): Promise<'cancelled' | 'requested'> => {
    const receipt = await store.cancelTask(task.seq, clock.now(), by);
    if (receipt.kind === 'cancelled') {
      core.cancel(task.seq);
      due.forget(task.seq);
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
