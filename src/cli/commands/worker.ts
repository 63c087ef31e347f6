import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isName, nameRule } from '../../core/domain/name.ts';
import { failure, usageError } from '../cli-error.ts';
import { numberBetween } from '../number-between.ts';
import { secondsUpTo } from '../seconds.ts';
import { trustedAddress } from '../server/address.ts';
import { apiKey, fetchWithKey } from '../server/api-key.ts';
import type { CliCommand } from './command.ts';

interface WorkerFlags {
  readonly server?: string;
  readonly allowHttp?: boolean;
  readonly pool: string;
  readonly types?: readonly string[];
  readonly bundles?: readonly string[];
  readonly runDir?: string;
  readonly slots: number;
  readonly id?: string;
  readonly handlers?: string;
  readonly drain: number;
}

/** `trx worker`: this machine as a node of a server. */
export const worker: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('worker')
      .summary('run tasks of a server on this machine')
      .description(
        'Registers as a node, runs handlers and bundles for a pool of the node executor, and reports what they return. Drains on SIGTERM or Ctrl-C; a second one hands back at once what still runs. Exit codes: 0 drained, 1 the server will not have it or another worker took the name, 2 wrong flags.',
      )
      .requiredOption('--pool <name>', 'a pool whose executor is node', nameOf)
      .option('--server <url>', 'the server; else TRX_SERVER, else the one that runs on the data folder here, else http://127.0.0.1:8000')
      .option('--allow-http', 'take work over plain http from another machine: who can change what is on the way can run code here')
      .option('--types <names>', 'task types with commas between them (default: every handler there is, none with --bundles)', listOf)
      .option('--bundles <names>', 'types whose bundles it runs, in the sandbox of this machine (Linux with bubblewrap)', listOf)
      .option('--run-dir <folder>', 'where bundles are run, below folders that other users may walk through (default: in /var/tmp)')
      .option('--slots <n>', 'how many run at once, 1-1024', numberBetween(1, 1_024), 4)
      .option(
        '--name, --id <name>',
        'name of the node; one that stays the same takes its leases over after a restart (default: host and chance)',
        nameOf,
      )
      .option('--handlers <folder>', `your own handlers: NAME.js is the type NAME (default: ${ownHandlers})`)
      .option('--drain <seconds>', 'how long running work may go on after SIGTERM', secondsUpTo(86_400), 25)
      .action(async (flags: WorkerFlags) => {
        const [{ openWorker }, { packageVersion }] = await Promise.all([
          import('../../worker/run-worker.ts'),
          import('../../package-version.ts'),
        ]);
        const say = (level: string) => (fields: object, text: string) => io.err(`${level}${text}${detailOf(fields)}\n`);
        const logger = { info: say(''), warn: say('warning: '), error: say('error: ') };
        const server = trustedAddress(flags.server, io, flags.allowHttp === true).href;
        const { pool, types, bundles = [], runDir, slots, id, handlers = ownHandlers, drain } = flags;
        if (flags.handlers !== undefined && !isFolder(handlers)) throw usageError(`--handlers: ${handlers} is no folder`);
        const options = {
          server,
          pool,
          types,
          bundles,
          runDir,
          slots,
          id,
          handlersDir: resolve(handlers),
          version: packageVersion(),
          key: () => apiKey(io),
        };
        const node = await openWorker(options, logger, (input, init) => fetchWithKey(io)(input, init)).catch((error: Error) => {
          throw usageError(error.message);
        });
        const onSignal = () => node.worker.stop(drain * 1_000);
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
        // Its timers keep no process alive, and it should live while it has nothing to do.
        const alive = setInterval(() => {}, 2 ** 30);
        try {
          io.err(`node ${node.id}: ${slots} slots for ${node.types.join(', ')} of pool ${pool} at ${server}\n`);
          await node.worker.run();
        } catch (error) {
          throw failure(error instanceof Error ? error.message : String(error));
        } finally {
          clearInterval(alive);
          for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, onSignal);
          await node.close();
        }
      });
  },
};

function detailOf(fields: object): string {
  const { err, ...rest } = fields as { err?: unknown };
  const text = [
    ...(err instanceof Error ? [err.message] : []),
    ...Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  ];
  return text.length === 0 ? '' : `: ${text.join(' ')}`;
}

const ownHandlers = './handlers';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function nameOf(text: string): string {
  if (isName(text)) return text;
  throw new InvalidArgumentError(`It must be ${nameRule}.`);
}

function listOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every(isName)) return names;
  throw new InvalidArgumentError(`It must be names with commas between them, each ${nameRule}.`);
}
