import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One run of the worker. */
export interface Life {
  /** Settles with its exit code (`null`: killed) when it has ended. */
  readonly gone: Promise<number | null>;
  terminate(): void;
  /** At once, with the processes it started. */
  kill(): Promise<void>;
  /** The end of what it printed. */
  printed(): string;
}

const mostPrinted = 2_000;

/** @param command program and arguments */
export function startLife([program = '', ...args]: readonly string[]): Life {
  // A group of its own: a script may leave children behind when it is killed.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-mostPrinted);
    });
  const gone = Promise.race([
    once(child, 'exit').then(([code]) => code as number | null),
    once(child, 'error').then(([error]) => {
      printed += String(error);
      return 127;
    }),
  ]);
  gone.catch(() => {});
  return {
    gone,
    terminate: () => void child.kill('SIGTERM'),
    async kill() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended, and so have its children.
      }
      await gone;
    },
    printed: () => printed,
  };
}
