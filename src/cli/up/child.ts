import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One process of a local grid; every line it prints comes out under its name. */
export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** Settles when it is gone: how it ended, in words. */
  readonly ended: Promise<string>;
  readonly isGone: boolean;
  kill(signal: NodeJS.Signals): void;
}

/** This very program with other arguments, in a process group of its own: Ctrl-C of the terminal reaches only who started it. */
export function startChild(name: string, args: readonly string[], say: (line: string) => void): Child {
  const program = process.argv[1];
  if (program === undefined) throw new Error('started without a file to start again');
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => say(`[${name}] ${line}`));
  }
  say(`${name} (pid ${child.pid ?? 'none'}): trx ${args.join(' ')}`);
  let isGone = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}`));
  });
  void ended.then(() => {
    isGone = true;
  });
  return {
    name,
    pid: child.pid,
    ended,
    get isGone() {
      return isGone;
    },
    kill: (signal) => void child.kill(signal),
  };
}
