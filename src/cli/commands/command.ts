import type { Command } from 'commander';
import type { CliIo } from '../io.ts';

/** One command of `trx`. A new one is a file here and a line in all.ts. */
export interface CliCommand {
  /**
   * Adds it with its options and its action. What the action needs is imported in the action: `trx --help` should not load the simulator.
   * The action throws a `CliError` when it fails.
   */
  readonly addTo: (program: Command, io: CliIo) => void;
}
