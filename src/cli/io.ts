/** What a command sees of the world besides files: tests hand in their own. */
export interface CliIo {
  /** Data, and nothing else. */
  readonly out: (text: string) => void;
  /** Talk: notes, errors, progress. */
  readonly err: (text: string) => void;
  /** Whether a person watches what goes to `err`. */
  readonly errIsTerminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Monotonic, in milliseconds. */
  readonly nowMs: () => number;
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
    errIsTerminal: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    columns: process.stdout.columns ?? 80,
    nowMs: () => performance.now(),
  };
}
