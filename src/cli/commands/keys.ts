import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KeyListBody, NewKeyBody } from '../../api/schemas/key.ts';
import { type Role, roles } from '../../core/domain/api-key.ts';
import { CliError, exitCodes, failure } from '../cli-error.ts';
import type { CliIo } from '../io.ts';
import { presentRows } from '../output/present.ts';
import { printable } from '../output/printable.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface AddFlags extends ServerFlags {
  readonly role: Role;
  readonly tenant?: string;
  readonly pool?: string;
  readonly expiresIn?: number;
  readonly dataDir?: string;
}

const dayMs = 86_400_000;

/** `trx keys`: who may do what. */
export const keys: CliCommand = {
  addTo(program: Command, io) {
    const group = withServer(
      program
        .command('keys')
        .summary('list, make and remove the keys of a server')
        .description(
          'Lists keys, or changes which there are. Commands send the one in TRX_API_KEY, or in the file named by TRX_API_KEY_FILE.',
        ),
    );
    withServer(group.command('ls', { isDefault: true }).description('Lists keys, without what opens.')).action(
      async (flags: ServerFlags) => {
        const answer = await clientFor(flags, io).ask<KeyListBody>('GET', '/keys');
        presentRows(io, flags, answer, [
          ['name', 'prefix', 'role', 'tenant', 'pool', 'expires', 'made by', 'last used'],
          ...answer.keys.map((key) => [
            ...[key.name, key.prefix, key.role, key.tenant, key.pool, key.expires_at, key.created_by, key.last_used_at],
          ]),
        ]);
      },
    );

    withServer(
      group
        .command('add')
        .argument('<name>', 'who or what holds it')
        .description(
          'Makes a key and prints it, this once. From the first key on the server wants one of everybody: it has the role admin. read < submit < operate < admin, each may do what those before it may; node does the work of worker nodes.',
        )
        .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
        .option('--tenant <name>', 'of read and submit: the one tenant it is for')
        .option('--pool <name>', 'of node: the one pool its nodes may join')
        .option('--expires-in <days>', 'days until it opens nothing', daysOf)
        .option('--data-dir <folder>', 'make it in the data folder of a server that does not run'),
    ).action(async (name: string, flags: AddFlags) => {
      const key = flags.dataDir === undefined ? await addAtServer(name, flags, io) : await addInFolder(flags.dataDir, name, flags);
      if (flags.json !== true) {
        io.err(`This is the key of ${name}. It is shown this once; commands take it from TRX_API_KEY or TRX_API_KEY_FILE.\n`);
        io.out(`${key}\n`);
      } else io.out(`${JSON.stringify({ name, key })}\n`);
    });

    withServer(
      group.command('rm').argument('<prefix>', 'its public part').description('Takes a key away: it opens nothing from now on.'),
    ).action(async (prefix: string, flags: ServerFlags) => {
      await clientFor(flags, io).ask('DELETE', `/keys/${encodeURIComponent(prefix)}`);
      io.err(`${prefix} opens nothing any more.\n`);
    });
  },
};

async function addAtServer(name: string, flags: AddFlags, io: CliIo): Promise<string> {
  const { role, tenant = null, pool = null } = flags;
  const client = clientFor(flags, io);
  const { keys: there, without_key: keyless } = await client.ask<KeyListBody>('GET', '/keys');
  const expiresAt = expiryOf(flags);
  const body = { name, role, tenant, pool, expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString() };
  const { key } = await client.ask<NewKeyBody>('POST', '/keys', { body });
  if (there.length === 0) io.err(`${shutOut(keyless)}\n`);
  return key;
}

/** What the first key changes for those who are there. */
function shutOut(keyless: KeyListBody['without_key']): string {
  if (keyless === null) return 'note: this server runs with TRX_AUTH=off and asks nobody for a key.';
  const { nodes, streams } = keyless;
  const followers =
    streams === 0 ? '' : ` ${streams} live ${streams === 1 ? 'stream was' : 'streams were'} closed: browsers sign in at /login.`;
  const all = 'note: from now on this server wants a key of everybody, programs and browsers on this machine too.';
  if (nodes.length === 0) return all + followers;
  const some = nodes.length > 5 ? [...nodes.slice(0, 5), '...'] : nodes;
  const those = `${nodes.length} worker ${nodes.length === 1 ? 'node has' : 'nodes have'} none (${some.map(printable).join(', ')})`;
  return `${all}${followers} ${those}: what they run goes on until its lease ends. Make a key for them (trx keys add NAME --role node) and put it into the file that TRX_API_KEY_FILE of each names, which it reads again, or start them anew with TRX_API_KEY.`;
}

async function addInFolder(dataDir: string, name: string, flags: AddFlags): Promise<string> {
  const { addKey } = await import('../../add-key.ts');
  const { role, tenant = null, pool = null } = flags;
  return addKey(dataDir, { name, role, tenant, pool, expiresAt: expiryOf(flags) }).catch((error: Error) => {
    if (error.name === 'TaskRouterError') throw new CliError(exitCodes.usage, error.message);
    throw failure(error.message);
  });
}

function expiryOf({ expiresIn }: AddFlags): number | null {
  return expiresIn === undefined ? null : Date.now() + expiresIn * dayMs;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (days > 0 && days <= 3_650) return days;
  throw new InvalidArgumentError('It must be a number of days, up to 3650.');
}
