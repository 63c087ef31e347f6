import type { TaskBody } from '../../api/schemas/task.ts';
import { isTerminal } from '../../core/domain/task-status.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { Client } from '../server/client.ts';

/** The server answers after this long at the latest; then it is asked again. */
const longestAskS = 30;

/**
 * Waits until a task has ended. The server is asked again when it goes away meanwhile: the task outlives its restart.
 * @param limitS seconds; Infinity: however long it takes
 * @param sinceMs from when they count: several tasks share one limit. @throws CliError `waitedTooLong`
 */
export async function waitForEnd(
  client: Client,
  { nowMs }: Pick<CliIo, 'nowMs'>,
  task: TaskBody,
  limitS: number,
  sinceMs = nowMs(),
): Promise<TaskBody> {
  const until = sinceMs + limitS * 1_000;
  let latest = task;
  while (!isTerminal(latest.status)) {
    const leftS = Math.ceil((until - nowMs()) / 1_000);
    if (leftS <= 0)
      throw new CliError(
        exitCodes.waitedTooLong,
        `task ${task.seq} is still ${latest.status} after ${limitS} s; trx watch ${task.seq} goes on waiting`,
      );
    const waitS = Math.min(longestAskS, leftS);
    latest = await client.ask('GET', `/tasks/${task.id}`, { headers: { prefer: `wait=${waitS}` }, isRepeatable: true });
  }
  return latest;
}
