import type { CliIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly terminal?: boolean;
  readonly env?: CliIo['env'];
  readonly fetch?: typeof fetch;
  /** Standard input. */
  readonly input?: string;
  /** What somebody at the terminal answers; nobody is there when left out. */
  readonly answer?: boolean;
  /** Called with all that was printed so far, at every piece. */
  readonly printed?: (out: string) => void;
}

/** Runs `trx` in this process. The clock moves by 1 ms with every look at it, and by what is slept. */
export async function trx(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  let out = '';
  let err = '';
  let nowMs = 0;
  const { answer } = options;
  const io: CliIo = {
    out: (text) => {
      out += text;
      options.printed?.(out);
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: options.terminal === true,
    errIsTerminal: options.terminal === true,
    columns: 100,
    env: options.env ?? {},
    fetch: options.fetch ?? fetch,
    lines: async function* () {
      yield* (options.input ?? '').split('\n');
    },
    confirm:
      answer === undefined
        ? undefined
        : async (question) => {
            err += question;
            return answer;
          },
    nowMs: () => nowMs++,
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
  const code = await runCli(args, io);
  return { code, out, err };
}
