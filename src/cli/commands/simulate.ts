import type { Command } from 'commander';
import type { SimulationBody } from '../../api/schemas/simulation.ts';
import { usageError } from '../cli-error.ts';
import { presentFields } from '../output/present.ts';
import type { CliCommand } from './command.ts';
import { clientFor, type ServerFlags, withServer } from './server-command.ts';

interface SimulateFlags extends ServerFlags {
  readonly pattern?: string;
  readonly rate?: string;
  readonly seed?: string;
}

/** `trx simulate`: traffic for a look at what the server does. */
export const simulate: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('simulate')
      .argument('<count>', 'tasks, 1 to 1000')
      .summary('make traffic')
      .description('Submits tasks of the demo types over time.')
      .option('--pattern <name>', 'steady, poisson, burst, diurnal or spike; else as fast as they are accepted')
      .option('--rate <n>', 'mean arrivals a second of the pattern')
      .option('--seed <n>', 'same seed, same tasks');
    withServer(command).action(async (count: string, flags: SimulateFlags) => {
      const number = (name: string, text: string | undefined) => {
        if (text !== undefined && !Number.isFinite(Number(text))) throw usageError(`${name} must be a number, not "${text}"`);
        return text === undefined ? undefined : Number(text);
      };
      const client = clientFor(flags, io);
      const body = {
        task_count: number('count', count),
        pattern: flags.pattern,
        rate: number('--rate', flags.rate),
        seed: number('--seed', flags.seed),
      };
      const started = await client.ask<SimulationBody>('POST', '/simulate', { body });
      presentFields(io, flags, started, { simulation: started.id, tasks: started.task_count, page: client.page('/') });
    });
  },
};
