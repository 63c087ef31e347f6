import type { TaskBody, TaskSummaryBody } from '../../api/schemas/task.ts';
import { CliError, exitCodes, usageError } from '../cli-error.ts';
import type { Client } from './client.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface TaskPage {
  readonly tasks: readonly TaskSummaryBody[];
  readonly next_cursor?: string | null;
}

/** The id of a task that was named by its id or by its number. */
export async function taskIdOf(client: Client, name: string): Promise<string> {
  if (uuid.test(name)) return name;
  const number = /^#?(\d{1,15})$/.exec(name)?.[1];
  if (number === undefined) throw usageError(`"${name}" is neither the id nor the number of a task`);
  const { tasks } = await client.ask<TaskPage>('GET', '/tasks', { query: { seq: number } });
  const [task] = tasks;
  if (task === undefined) throw new CliError(exitCodes.notFound, `there is no task ${number}`);
  return task.id;
}

export async function taskOf(client: Client, name: string): Promise<TaskBody> {
  return client.ask<TaskBody>('GET', `/tasks/${await taskIdOf(client, name)}`);
}

/** Ends the command as the task ended. */
export function checkEnd(task: Pick<TaskBody, 'status' | 'error' | 'seq'>): void {
  if (task.status === 'completed') return;
  const why = task.error === null ? '' : `: ${task.error.code}, ${task.error.message}`;
  throw new CliError(exitCodes.endedBadly, `task ${task.seq} ended ${task.status}${why}`);
}
