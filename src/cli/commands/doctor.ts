import type { Command } from 'commander';
import { failure } from '../cli-error.ts';
import type { Finding } from '../doctor/check.ts';
import { dataFolderCheck, diskCheck } from '../doctor/data-folder.ts';
import { driverCheck, nodeCheck, versionCheck } from '../doctor/machine.ts';
import { serverCheck } from '../doctor/server.ts';
import { printable } from '../output/printable.ts';
import type { CliCommand } from './command.ts';
import { type ServerFlags, withServer } from './server-command.ts';

/** `trx doctor`: what is here, and what is wrong with it. */
export const doctor: CliCommand = {
  addTo(program: Command, io) {
    const command = program
      .command('doctor')
      .summary('check this machine and the server')
      .description(
        'Checks Node, the database driver, the data folder, the disk and the server. Changes nothing. Exit code 1: something is wrong.',
      )
      .option('--data-dir <folder>', 'the data folder; else TRX_DATA_DIR, else data');
    withServer(command).action(async (flags: ServerFlags & { readonly dataDir?: string }) => {
      const folder = flags.dataDir ?? io.env['TRX_DATA_DIR'] ?? 'data';
      const checks = [versionCheck, nodeCheck, driverCheck, dataFolderCheck(folder), diskCheck(folder), serverCheck(flags.server, io)];
      const findings: Finding[] = [];
      for (const check of checks) findings.push(await check());
      if (flags.json) io.out(`${JSON.stringify(findings)}\n`);
      else for (const finding of findings) io.out(flags.plain ? plain(finding) : line(finding));
      const failed = findings.filter(({ state }) => state === 'fail').length;
      if (failed > 0) throw failure(`${failed} of ${findings.length} checks failed`);
    });
  },
};

function line({ check, state, says, cure }: Finding): string {
  return `${state.padEnd(4)}  ${check.padEnd(11)}  ${printable(says)}${cure === undefined ? '' : `\n                   ${cure}`}\n`;
}

function plain({ check, state, says, cure = '' }: Finding): string {
  return `${[check, state, says, cure].map(printable).join('\t')}\n`;
}
