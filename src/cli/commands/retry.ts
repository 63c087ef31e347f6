import type { Command } from 'commander';
import type { TaskBody } from '../../api/schemas/task.ts';
import { presentFields } from '../output/present.ts';
import { taskIdOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

/** `trx retry`: run a task again. */
export const retry: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('retry')
      .argument('<task>', 'id or number')
      .summary('run a task again')
      .description('Makes a new task like one that ended; one that backs off runs as soon as it can.');
    withServer(command).action(async (name: string, flags: ServerFlags) => {
      const client = clientFor(flags, io);
      const task = await client.ask<TaskBody>('POST', `/tasks/${await taskIdOf(client, name)}/retry`);
      const { seq, id, status, retry_of } = task;
      presentFields(io, flags, task, { task: seq, id, status, retry_of, page: client.page(`/tasks/${id}`) });
    });
  },
};
