import { TaskRouterError } from '../domain/errors.ts';
import type { Task } from '../domain/task.ts';
import type { TaskId } from '../domain/units.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Caller } from './engine.ts';

export interface TasksOf {
  /** `undefined` also for a task of a tenant that the caller does not see. */
  find(id: TaskId, caller: Caller): Promise<Task | undefined>;
  /** @throws TaskRouterError `not_found` */
  get(id: TaskId, caller: Caller): Promise<Task>;
}

/** Tasks as far as a caller sees them. */
export function createTasksOf({ store }: { readonly store: TaskStore }): TasksOf {
  async function find(id: TaskId, caller: Caller): Promise<Task | undefined> {
    const task = await store.task(id);
    return task !== undefined && (caller.tenant === undefined || task.tenant === caller.tenant) ? task : undefined;
  }

  return {
    find,
    async get(id, caller) {
      const task = await find(id, caller);
      if (task === undefined) throw new TaskRouterError('not_found', 'Task not found');
      return task;
    },
  };
}
