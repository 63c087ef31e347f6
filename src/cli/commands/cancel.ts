import type { Command } from 'commander';
import { type BulkFlags, bulk, withBulk } from '../bulk.ts';
import { usageError } from '../cli-error.ts';
import { taskIdOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, withServer } from './server-command.ts';

const examples = `
Examples:
  $ trx cancel 4711 4712
  $ trx cancel --all --status queued --type hash
`;

/** `trx cancel`: some tasks by name, or all of a kind. */
export const cancel: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('cancel')
      .argument('[task...]', 'ids or numbers')
      .summary('cancel tasks')
      .description('Cancels tasks: those that wait never run, those that run are stopped.');
    withServer(withBulk(command, 'delayed,queued'))
      .addHelpText('after', examples)
      .action(async (names: readonly string[], flags: BulkFlags) => {
        if ((flags.all ?? false) === names.length > 0) throw usageError('name the tasks to cancel, or say --all');
        const client = clientFor(flags, io);
        if (flags.all) return bulk(client, 'cancel', flags, io);
        const done: { readonly id: string; readonly result: string }[] = [];
        for (const id of await Promise.all(names.map((name) => taskIdOf(client, name)))) {
          const task = await client.ask<unknown>('DELETE', `/tasks/${id}`);
          done.push({ id, result: task === undefined ? 'cancelled' : 'stopping' });
        }
        if (flags.json) io.out(`${JSON.stringify(done)}\n`);
        else for (const { id, result } of done) io.out(`${id}${flags.plain ? '\t' : '  '}${result}\n`);
      });
  },
};
