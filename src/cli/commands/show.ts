import type { Command } from 'commander';
import type { AttemptBody, LogRowBody } from '../../api/schemas/log.ts';
import { presentFields, presentRows } from '../output/present.ts';
import { taskFields } from '../output/task-fields.ts';
import { taskIdOf, taskOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface TaskHistory {
  readonly logs: readonly LogRowBody[];
  readonly attempts: readonly AttemptBody[];
}

/** `trx show`: a task, or everything that happened to it. */
export const show: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('show')
      .argument('<task>', 'id or number')
      .summary('show a task')
      .description('Shows what a task is and what became of it.')
      .option('--log', 'everything that happened to it instead');
    withServer(command).action(async (name: string, flags: ServerFlags & { readonly log?: boolean }) => {
      const client = clientFor(flags, io);
      if (flags.log) {
        const history = await client.ask<TaskHistory>('GET', `/tasks/${await taskIdOf(client, name)}/log`);
        presentRows(io, flags, history, [
          ['at', 'event', 'details'],
          ...history.logs.map(({ timestamp, event_type, details }) => [timestamp, event_type, details]),
        ]);
        return;
      }
      const task = await taskOf(client, name);
      presentFields(io, flags, task, taskFields(task, client.page(`/tasks/${task.id}`)));
    });
  },
};
