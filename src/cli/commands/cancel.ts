import type { Command } from 'commander';
import { CliError, exitCodes, usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { Client } from '../server/client.ts';
import { type TaskPage, taskIdOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface CancelFlags extends ServerFlags {
  readonly all?: boolean;
  readonly status: string;
  readonly type?: string;
  readonly tenant?: string;
  readonly yes?: boolean;
}

const examples = `
Examples:
  $ trx cancel 4711 4712
  $ trx cancel --all --status queued --type hash
`;
const pageSize = 1_000;

/** `trx cancel`: some tasks by name, or all of a kind. */
export const cancel: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('cancel')
      .argument('[task...]', 'ids or numbers')
      .summary('cancel tasks')
      .description('Cancels tasks: those that wait never run, those that run are stopped.')
      .option('--all', 'every task of --status, --type and --tenant; asks first')
      .option('--status <name,...>', 'with --all', 'delayed,queued')
      .option('--type <name,...>', 'with --all')
      .option('--tenant <name>', 'with --all')
      .option('--yes', 'do not ask');
    withServer(command)
      .addHelpText('after', examples)
      .action(async (names: readonly string[], flags: CancelFlags) => {
        if ((flags.all ?? false) === names.length > 0) throw usageError('name the tasks to cancel, or say --all');
        const client = clientFor(flags, io);
        const ids = flags.all ? await all(client, flags) : await Promise.all(names.map((name) => taskIdOf(client, name)));
        if (flags.all && !(await isMeant(ids.length, flags, io))) {
          io.err('Nothing was cancelled.\n');
          return;
        }
        await cancelEach(client, ids, flags, io);
      });
  },
};

async function all(client: Client, { status, type, tenant }: CancelFlags): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page: TaskPage = await client.ask('GET', '/tasks', { query: { status, type, tenant, cursor, limit: pageSize } });
    ids.push(...page.tasks.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

async function isMeant(count: number, { yes, status }: CancelFlags, io: CliIo): Promise<boolean> {
  if (yes || count === 0) return true;
  if (io.confirm === undefined) throw usageError(`this would cancel ${count} tasks that are ${status}; say --yes to do it`);
  return io.confirm(`Cancel ${count} tasks that are ${status}?`);
}

async function cancelEach(client: Client, ids: readonly string[], flags: CancelFlags, io: CliIo): Promise<void> {
  const done: { readonly id: string; readonly result: string }[] = [];
  for (const id of ids) {
    try {
      const task = await client.ask<unknown>('DELETE', `/tasks/${id}`);
      done.push({ id, result: task === undefined ? 'cancelled' : 'stopping' });
    } catch (error) {
      // Among all of a kind some end by themselves meanwhile; of one that was named it is an error.
      if (!(flags.all && error instanceof CliError && error.exitCode === exitCodes.conflict)) throw error;
      done.push({ id, result: 'had ended' });
    }
  }
  if (flags.json) io.out(`${JSON.stringify(done)}\n`);
  else for (const { id, result } of done) io.out(`${id}${flags.plain ? '\t' : '  '}${result}\n`);
}
