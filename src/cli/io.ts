import { createInterface } from 'node:readline/promises';

/** What a command sees of the world besides files: tests hand in their own. */
export interface CliIo {
  /** Data, and nothing else. */
  readonly out: (text: string) => void;
  /** Talk: notes, errors, progress. */
  readonly err: (text: string) => void;
  /** Whether a person watches what goes to `out`. */
  readonly outIsTerminal: boolean;
  /** Whether a person watches what goes to `err`. */
  readonly errIsTerminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Lines of standard input. */
  readonly lines: () => AsyncIterable<string>;
  /** Asks whoever is there; `undefined` where nobody is. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Monotonic, in milliseconds. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export function processIo(): CliIo {
  // A reader that has seen enough (`| head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(0);
    });
  }
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns ?? 80,
    env: process.env,
    fetch,
    lines: () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }),
    confirm: process.stdin.isTTY === true && process.stderr.isTTY === true ? confirm : undefined,
    nowMs: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
