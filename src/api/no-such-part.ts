import { TaskRouterError } from '../core/domain/errors.ts';
import type { Task } from '../core/domain/task.ts';

export function noSuchPart({ parts }: Task, part: number): TaskRouterError {
  const all = parts === 1 ? 'It has one part: 0.' : `Its parts are 0 to ${parts - 1}.`;
  return new TaskRouterError('not_found', `The task has no part ${part}. ${all}`);
}
