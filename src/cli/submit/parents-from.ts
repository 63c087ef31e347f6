import { usageError } from '../cli-error.ts';
import type { Client } from '../server/client.ts';
import { taskIdOf } from '../server/tasks.ts';

/** What `--after` says: ids or numbers of tasks, `name=id` for one with a name of its own, commas between. */
export async function parentsFrom(client: Client, after: readonly string[] | undefined): Promise<object> {
  if (after === undefined) return {};
  const wanted = after.flatMap((text) => text.split(','));
  const parents = await Promise.all(
    wanted.map(async (text) => {
      const [first = '', second] = text.trim().split('=', 2);
      if (first === '' || second === '') throw usageError(`--after takes tasks, or name=task, and "${text}" is neither`);
      return second === undefined ? { task: await taskIdOf(client, first) } : { task: await taskIdOf(client, second), name: first };
    }),
  );
  return { depends_on: parents };
}
