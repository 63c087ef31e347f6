import { TaskRouterError } from '../domain/errors.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { TaskId } from '../domain/units.ts';
import type { Bundles } from './bundles.ts';
import type { Due } from './due.ts';
import type { Caller, Retried, SubmitOptions } from './engine.ts';
import type { TasksOf } from './tasks-of.ts';

interface RetryDeps {
  readonly tasks: TasksOf;
  readonly bundles: Bundles;
  readonly due: Due;
}

/** A task that ended is submitted again as a new one; one that is backing off goes on now. */
export function createRetry({ tasks, bundles, due }: RetryDeps) {
  return async (id: TaskId, caller: Caller, again: SubmitOptions = {}): Promise<Retried> => {
    const task = await tasks.get(id, caller);
    if (isTerminal(task.status)) return { ...(await bundles.again(task, again)), created: true };
    if (task.status !== 'delayed' || task.attempt === 0)
      throw new TaskRouterError('wrong_status', `Task ${id} is ${task.status}; only a task that ended or is backing off can be retried.`);
    await due.now(task.seq);
    return { task: await tasks.get(id, caller), created: false, replayed: false };
  };
}
