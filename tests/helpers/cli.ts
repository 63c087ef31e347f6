import type { CliIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `trx` in this process. The clock moves by 1 ms with every look at it. */
export async function trx(args: readonly string[], options: { readonly terminal?: boolean } = {}): Promise<CliResult> {
  let out = '';
  let err = '';
  let nowMs = 0;
  const io: CliIo = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    errIsTerminal: options.terminal === true,
    columns: 100,
    nowMs: () => nowMs++,
  };
  const code = await runCli(args, io);
  return { code, out, err };
}
