import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Owner } from '../../ports/attempt-files.ts';
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
  /** The same, also after it ended: whoever adopts it may be slow to reap it, and until then it counts as a process of its user. */
  readonly firstPid: number | undefined;
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

/**
 * Starts a job. Only on the main thread: a job dies with the thread that started it (`--die-with-parent`).
 * @param owner the user it runs as, with no other group and, as bubblewrap sees to, no way to gain rights
 */
export function startSandboxed(
  [program, args]: readonly [string, readonly string[]],
  files: JobFiles,
  owner: Owner | undefined,
): SandboxedProcess {
  const [stdout, stderr] = [openPipe(files.stdout), openPipe(files.stderr)];
  // For each job its own: a descriptor that was read is at its end.
  const [stdin, filter] = [openSync(files.stdin, 'r'), openSync(files.seccomp, 'r')];
  const child = (() => {
    try {
      return spawn(program, args, { env, cwd: '/', ...owner, stdio: [stdin, stdout.target, stderr.target, 'pipe', filter] });
    } finally {
      for (const pipe of [stdout, stderr]) closeTarget(pipe);
      for (const file of [stdin, filter]) closeSync(file);
    }
  })();
  let pid: number | undefined;
  let firstPid: number | undefined;
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
    firstPid = Number(found[1]);
    if (isOver) return;
    pid = firstPid;
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
    ended: exited.then(async (exit) => {
      await read;
      if (firstPid !== undefined) await gone(firstPid);
      return exit;
    }),
    get pid() {
      return pid;
    },
    get firstPid() {
      return firstPid;
    },
    terminate: () => signal('SIGTERM'),
    kill: () => signal('SIGKILL'),
  };
}

/** How long its end may take; longer, and the number is somebody else's by now. */
const endsWithinMs = 2_000;
const lookEveryMs = 2;

/**
 * The program that started a job ends before the job's first process does, which takes all others along and is dead only after them: a
 * daemon without output may still be writing for a moment.
 */
async function gone(firstPid: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < endsWithinMs && isAlive(firstPid); waitedMs += lookEveryMs) await sleep(lookEveryMs);
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function signalNumber(name: NodeJS.Signals | null): number {
  return name === 'SIGTERM' ? 15 : 9;
}
