import type { Command } from 'commander';
import type { LogRowBody } from '../../api/schemas/log.ts';
import { isTerminal } from '../../core/domain/task-status.ts';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { printable } from '../output/printable.ts';
import type { Client } from '../server/client.ts';
import { followEvents, type ServerEvent } from '../server/event-lines.ts';
import { checkEnd, taskOf } from '../server/tasks.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface WatchFlags extends ServerFlags {
  readonly since?: string;
}

const examples = `
Examples:
  $ trx watch                    everything that happens from now on
  $ trx watch 4711               one task until it ends
  $ trx watch --since 0 --json   the whole log, then what follows, as NDJSON

Exit code 8: the task that was watched failed or was cancelled.
`;

/** `trx watch`: the log as it grows, over restarts of the server without a gap. */
export const watch: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('watch')
      .argument('[task]', 'id or number; all that happens when left out')
      .summary('follow what happens')
      .description('Prints every change as it is committed; one task until it ends.')
      .option('--since <seq>', 'begin behind this number of the log, 0 for all');
    withServer(command)
      .addHelpText('after', examples)
      .action(async (name: string | undefined, flags: WatchFlags) => {
        const client = clientFor(flags, io);
        const since = flags.since === undefined ? undefined : Number(flags.since);
        if (since !== undefined && !(Number.isSafeInteger(since) && since >= 0))
          throw usageError('--since must be a whole number, 0 or more');
        if (name !== undefined) return watchTask(client, name, flags, io);
        for await (const event of followEvents(client, io, { since: since ?? (await head(client)) })) print(event, flags, io);
      });
  },
};

/** @throws CliError `endedBadly` when it did */
async function watchTask(client: Client, name: string, flags: WatchFlags, io: CliIo): Promise<void> {
  const { id, status } = await taskOf(client, name);
  if (!isTerminal(status)) {
    for await (const event of followEvents(client, io, { since: 0, task: id })) {
      print(event, flags, io);
      if (event.status !== null && isTerminal(event.status as typeof status)) break;
    }
  }
  checkEnd(await taskOf(client, id));
}

/** Number of the newest entry of the log. */
async function head(client: Client): Promise<number> {
  const { logs } = await client.ask<{ readonly logs: readonly LogRowBody[] }>('GET', '/logs', { query: { limit: 1 } });
  return Number(logs[0]?.id ?? 0);
}

function print(event: ServerEvent, flags: WatchFlags, { out }: CliIo): void {
  if (flags.json) {
    out(`${JSON.stringify(event)}\n`);
    return;
  }
  const cells = [event.at, event.type, event.task_id, event.status ?? '', event.pool ?? ''].map(printable);
  out(flags.plain ? `${cells.join('\t')}\n` : `${cells.join('  ').trimEnd()}\n`);
}
