import type { Command } from 'commander';
import type { AlgorithmInForceBody, AlgorithmListBody } from '../../api/schemas/algorithm.ts';
import { duration } from '../../core/domain/duration.ts';
import { usageError } from '../cli-error.ts';
import { presentFields, presentRows } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface AlgorithmFlags extends ServerFlags {
  readonly list?: boolean;
  readonly params?: string;
  readonly reason?: string;
  readonly rollback?: boolean;
}

const examples = `
Examples:
  $ trx algorithm
  $ trx algorithm --list
  $ trx algorithm priority --params '{"aging_per_min": 0.5}'
  $ trx algorithm priority+least_loaded --reason 'deadlines missed last night'
  $ trx algorithm --rollback
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
      .option('--params <json>', 'its parameters; what is left out gets its default')
      .option('--reason <text>', 'why, for the history and the log')
      .option('--rollback', 'go back to the one that decided before');
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
        if (name !== undefined && flags.rollback) throw usageError('--rollback goes to the one before: leave the name out');
        if (name === undefined && !flags.rollback && flags.reason !== undefined)
          throw usageError('--reason is that of a switch: name an algorithm');
        const reason = flags.reason === undefined ? {} : { reason: flags.reason };
        const current = await (flags.rollback
          ? client.ask<AlgorithmInForceBody>('POST', '/config/algorithm/rollback', { body: reason })
          : name === undefined
            ? client.ask<AlgorithmInForceBody>('GET', '/config/algorithm')
            : client.ask<AlgorithmInForceBody>('PUT', '/config/algorithm', {
                body: { algorithm: name, ...paramsOf(flags.params), ...reason },
              }));
        presentFields(io, flags, current, fieldsOf(current));
      });
  },
};

function fieldsOf({ max_wait: { summary, room, by_priority: rows }, reset = {}, ...current }: AlgorithmInForceBody) {
  const back = Object.entries(reset).map(([name, { from, to }]) => `${name} from ${JSON.stringify(from)} to ${JSON.stringify(to)}`);
  const byPriority = rows?.map(({ priority, ms }) => `${priority}: ${ms === null ? 'ever' : duration(ms)}`).join(', ');
  return {
    ...current,
    'newer work': summary,
    ...(byPriority === undefined ? {} : { 'may pass for': byPriority }),
    room,
    'set back': back.join(', '),
  };
}

function paramsOf(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    return { params: JSON.parse(text) };
  } catch {
    throw usageError(`--params is no JSON: ${text}`);
  }
}
