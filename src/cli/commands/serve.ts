import type { Command } from 'commander';
import type { CliCommand } from './command.ts';

/** `trx serve`: the server itself, with its own flags. */
export const serve: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('serve')
      .summary('start the server')
      .description('Starts the server; trx serve --help lists its settings.')
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(async (_flags: unknown, command: Command) => {
        const { serve } = await import('../../serve.ts');
        // It sets the exit code itself when it refuses, and ends the process when it stops.
        await serve(command.args, io.env);
      });
  },
};
