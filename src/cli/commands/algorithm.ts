import type { Command } from 'commander';
import type { AlgorithmListBody, CurrentAlgorithmBody } from '../../api/schemas/algorithm.ts';
import { usageError } from '../cli-error.ts';
import { presentFields, presentRows } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface AlgorithmFlags extends ServerFlags {
  readonly list?: boolean;
  readonly params?: string;
}

const examples = `
Examples:
  $ trx algorithm
  $ trx algorithm --list
  $ trx algorithm priority --params '{"aging_per_min": 0.5}'
  $ trx algorithm priority+least_loaded
`;

/** `trx algorithm`: the strategy that decides, and another one from the very next decision on. */
export const algorithm: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('algorithm')
      .argument('[name]', 'an algorithm, or an order and a placement joined by +')
      .summary('show or switch the strategy')
      .description('Shows the strategy that decides, or switches it: the very next decision is the new one’s.')
      .option('--list', 'what there is')
      .option('--params <json>', 'its parameters; what is left out gets its default');
    withServer(command)
      .addHelpText('after', examples)
      .action(async (name: string | undefined, flags: AlgorithmFlags) => {
        const client = clientFor(flags, io);
        if (flags.list) {
          const all = await client.ask<AlgorithmListBody>('GET', '/algorithms');
          presentRows(io, flags, all, [
            ['algorithm', 'kind', 'now', 'what it does'],
            ...all.algorithms.map(({ name, kind, current, summary }) => [name, kind, current ? '*' : '', summary]),
          ]);
          return;
        }
        if (name === undefined && flags.params !== undefined) throw usageError('--params belong to an algorithm: name it');
        const current = await (name === undefined
          ? client.ask<CurrentAlgorithmBody>('GET', '/config/algorithm')
          : client.ask<CurrentAlgorithmBody>('PUT', '/config/algorithm', { body: { algorithm: name, ...paramsOf(flags.params) } }));
        presentFields(io, flags, current, current);
      });
  },
};

function paramsOf(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    return { params: JSON.parse(text) };
  } catch {
    throw usageError(`--params is no JSON: ${text}`);
  }
}
