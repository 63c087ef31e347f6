import { Command, CommanderError } from 'commander';
import { packageVersion } from '../package-version.ts';
import { CliError, exitCodes } from './cli-error.ts';
import { commands } from './commands/all.ts';
import { withServerFirst } from './commands/server-command.ts';
import type { CliIo } from './io.ts';

/** Runs one command. Never throws for what a user can do wrong. @returns the exit code */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const program = new Command('trx')
    .description('TaskRouterX from the command line.')
    .version(packageVersion(), '--version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns });
  withServerFirst(program);
  for (const command of commands) command.addTo(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // The parser has said what is wrong; help and version that were asked for have code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (!(error instanceof CliError)) throw error;
    io.err(`error: ${error.message}\n`);
    return error.exitCode;
  }
}
