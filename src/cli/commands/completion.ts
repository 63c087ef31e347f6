import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { completionScript, shells } from '../completion/scripts.ts';
import { printable } from '../output/printable.ts';
import type { CliCommand } from './command.ts';

const examples = `
Examples:
  $ trx completion bash > /etc/bash_completion.d/trx
  $ trx completion zsh > "\${fpath[1]}/_trx"
  $ trx completion fish > ~/.config/fish/completions/trx.fish
`;

/** `trx completion`: a script for the shell. */
export const completion: CliCommand = {
  addTo(program: Command, io) {
    program
      .command('completion')
      .argument('<shell>', shells.join(', '))
      .summary('print a completion script for a shell')
      .description('Prints a script that lets a shell complete commands and flags.')
      .addHelpText('after', examples)
      .action((shell: string) => {
        const known = shells.find((name) => name === shell);
        if (known === undefined)
          throw usageError(`there is no completion for the shell ${printable(shell)}; there is one for ${shells.join(', ')}`);
        io.out(completionScript(known, program));
      });
  },
};
