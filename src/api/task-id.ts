import { TaskRouterError } from '../core/domain/errors.ts';
import type { TaskId } from '../core/domain/units.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws TaskRouterError `not_found`: what is no id names no task */
export function taskId(text: string): TaskId {
  if (!uuid.test(text)) throw notFound();
  return text.toLowerCase();
}

export function notFound(): TaskRouterError {
  return new TaskRouterError('not_found', 'Task not found');
}
