import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { descriptors } from './command.ts';
import { closeTarget, openPipe } from './pipes.ts';

/** How the script itself ended; the sandbox passes it on. */
export interface Exit {
  /** 128 + n after signal n. */
  readonly status: number;
}

export interface SandboxedProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the last process of the job is gone and all it wrote was read. `undefined`: the sandbox could not be set up. */
  readonly ended: Promise<Exit | undefined>;
  /** The first process of the job as this machine numbers it: everything else is below it. `undefined` before it starts and after it ended. */
  readonly pid: number | undefined;
  /** Asks the script and whatever is in its process group to end. */
  terminate(): void;
  /** Ends everything in the job, also what has left the group: its first process takes the rest along. */
  kill(): void;
}

/** Files of ours that a job gets as descriptors. */
export interface JobFiles {
  readonly seccomp: string;
  /** What it reads on standard input. */
  readonly stdin: string;
  /** Named pipes. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs of the system; nothing else of the server's environment is handed on. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Starts a job. Only on the main thread: a job dies with the thread that started it (`--die-with-parent`). */
export function startSandboxed([program, args]: readonly [string, readonly string[]], files: JobFiles): SandboxedProcess {
  const [stdout, stderr] = [openPipe(files.stdout), openPipe(files.stderr)];
  // For each job its own: a descriptor that was read is at its end.
  const [stdin, filter] = [openSync(files.stdin, 'r'), openSync(files.seccomp, 'r')];
  const child = (() => {
    try {
      return spawn(program, args, { env, cwd: '/', stdio: [stdin, stdout.target, stderr.target, 'pipe', filter] });
    } finally {
      for (const pipe of [stdout, stderr]) closeTarget(pipe);
      for (const file of [stdin, filter]) closeSync(file);
    }
  })();
  let pid: number | undefined;
  let isOver = false;
  let hasBegun = false;
  let wanted: NodeJS.Signals | undefined;

  let info = '';
  const infoPipe = child.stdio[descriptors.info] as Readable; // a pipe, as asked for above
  infoPipe.setEncoding('utf8');
  infoPipe.on('data', (text: string) => {
    info += text;
    const found = /"child-pid":\s*(\d+)/.exec(info);
    if (found === null || hasBegun) return;
    hasBegun = true;
    if (isOver) return;
    pid = Number(found[1]);
    if (wanted !== undefined) signal(wanted);
  });

  const exited = new Promise<Exit | undefined>((resolve) => {
    // Once it is reaped its number may be given to somebody else.
    child.once('exit', () => {
      isOver = true;
      pid = undefined;
    });
    child.once('error', () => resolve(undefined));
    child.once('close', (status, endedBy) => resolve(hasBegun ? { status: status ?? 128 + signalNumber(endedBy) } : undefined));
  });
  const read = Promise.all([stdout, stderr].map(({ source }) => new Promise<void>((resolve) => source.once('close', () => resolve()))));

  function signal(name: NodeJS.Signals): void {
    if (isOver) return;
    wanted = name;
    if (pid === undefined) {
      if (name === 'SIGKILL') child.kill(name);
      return;
    }
    try {
      process.kill(name === 'SIGKILL' ? pid : -pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  return {
    stdout: stdout.source,
    stderr: stderr.source,
    ended: exited.then((exit) => read.then(() => exit)),
    get pid() {
      return pid;
    },
    terminate: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
  };
}

function signalNumber(name: NodeJS.Signals | null): number {
  return name === 'SIGTERM' ? 15 : 9;
}
