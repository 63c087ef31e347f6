import type { Command } from 'commander';
import type { TaskBody } from '../../api/schemas/task.ts';
import { type BulkFlags, bulk, withBulk } from '../bulk.ts';
import { usageError } from '../cli-error.ts';
import { presentFields } from '../output/present.ts';
import { taskIdOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, withServer } from './server-command.ts';

const examples = `
Examples:
  $ trx retry 4711
  $ trx retry --all --status failed --created-after 2026-01-31T12:00:00Z
`;

/** `trx retry`: run a task again, or all of a kind. */
export const retry: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('retry')
      .argument('[task]', 'id or number')
      .summary('run tasks again')
      .description('Makes a new task like one that ended; one that backs off runs as soon as it can.');
    withServer(withBulk(command, 'failed'))
      .addHelpText('after', examples)
      .action(async (name: string | undefined, flags: BulkFlags) => {
        if ((flags.all ?? false) === (name !== undefined)) throw usageError('name the task to run again, or say --all');
        const client = clientFor(flags, io);
        if (name === undefined) return bulk(client, 'retry', flags, io);
        const task = await client.ask<TaskBody>('POST', `/tasks/${await taskIdOf(client, name)}/retry`);
        const { seq, id, status, retry_of } = task;
        presentFields(io, flags, task, { task: seq, id, status, retry_of, page: client.page(`/tasks/${id}`) });
      });
  },
};
