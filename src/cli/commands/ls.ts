import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { presentRows } from '../output/present.ts';
import type { TaskPage } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface LsFlags extends ServerFlags {
  readonly status?: string;
  readonly type?: string;
  readonly tenant?: string;
  readonly pool?: string;
  readonly region?: string;
  readonly limit: string;
}

const examples = `
Examples:
  $ trx ls
  $ trx ls --status queued,delayed --type hash
  $ trx ls --tenant acme --limit 500 --json
`;

/** `trx ls`: newest first. */
export const ls: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('ls')
      .summary('list tasks, newest first')
      .description('Lists tasks, newest first, with the reason why a waiting one waits.')
      .option('--status <name,...>', 'delayed, queued, processing, completed, failed, cancelled')
      .option('--type <name,...>', 'task types')
      .option('--tenant <name>', 'the tenant that sent them')
      .option('--pool <name,...>', 'pools that run or ran them')
      .option('--region <name,...>', 'home regions')
      .option('--limit <n>', 'at most this many, 1 to 1000', '20');
    withServer(command)
      .addHelpText('after', examples)
      .action(async (flags: LsFlags) => {
        const limit = Number(flags.limit);
        if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw usageError('--limit must be a whole number from 1 to 1000');
        const { status, type, tenant, pool, region } = flags;
        const page = await clientFor(flags, io).ask<TaskPage>('GET', '/tasks', { query: { limit, status, type, tenant, pool, region } });
        presentRows(io, flags, page, [
          ['task', 'type', 'status', 'prio', 'tenant', 'pool', 'accepted', 'why'],
          ...page.tasks.map((task) => [
            task.seq,
            task.type,
            task.status,
            task.priority,
            task.tenant,
            task.pool,
            task.enqueued_at,
            task.reason?.summary ?? task.error?.code ?? '',
          ]),
        ]);
        if (page.next_cursor && !flags.json)
          io.err(`There are more; --limit shows up to 1000, and --status, --type, --tenant narrow the list.\n`);
      });
  },
};
