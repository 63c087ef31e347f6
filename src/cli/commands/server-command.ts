import type { Command } from 'commander';
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

export function clientFor(flags: ServerFlags, io: CliIo): Client {
  return createClient(flags.server, io, io.sleep);
}
