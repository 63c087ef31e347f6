import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import type { OutputFlags } from '../output/present.ts';
import { type Client, createClient } from '../server/client.ts';

/** What every command that talks to a server understands. */
export interface ServerFlags extends OutputFlags {
  readonly server?: string;
}

/** Adds the flags to a command, behind its own. */
export function withServer(command: Command): Command {
  return command
    .option('--server <url>', 'the server; else TRX_SERVER, else the one that runs on the data folder here, else http://127.0.0.1:8000')
    .option('--json', "print the API's own JSON")
    .option('--plain', 'print tab-separated text');
}

/** Lets the flags stand before the name of a command as well: `trx --server URL ls`. To be called before commands are added. */
export function withServerFirst(program: Command): Command {
  return withServer(program)
    .enablePositionalOptions() // what stands behind the name is the command's own
    .hook('preAction', (_program, command) => handOn(command));
}

/** What was said before a command counts for it, unless it was said again behind it. */
function handOn(command: Command): void {
  for (let before = command.parent; before !== null; before = before.parent) {
    for (const option of before.options) {
      const name = option.attributeName();
      if (before.getOptionValueSource(name) !== 'cli' || command.getOptionValueSource(name) === 'cli') continue;
      if (!command.options.some((own) => own.attributeName() === name)) throw usageError(`trx ${command.name()} takes no ${option.long}`);
      command.setOptionValueWithSource(name, before.getOptionValue(name), 'cli');
    }
  }
}

export function clientFor(flags: ServerFlags, io: CliIo): Client {
  return createClient(flags.server, io, io.sleep);
}
