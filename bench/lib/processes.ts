import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Full path of a program, or `undefined` when it is not installed. */
export function programPath(name: string, folders: readonly string[] = []): string | undefined {
  const path = [process.env['PATH'] ?? '', ...folders].join(':');
  const found = spawnSync('sh', ['-c', 'command -v "$0"', name], { env: { PATH: path }, encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

export interface Program {
  readonly pid: number;
  /** CPU time it has used so far, user and system, in seconds. */
  cpuSeconds(): number;
  /** Ends it with `signal` and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program that runs until it is stopped. `ready` is asked again and again until it holds. */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number; readonly gid?: number; readonly cwd?: string },
  ready: () => Promise<boolean>,
): Promise<Program> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  const errors: string[] = [];
  child.stderr?.on('data', (data: Buffer) => errors.push(data.toString()));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await untilReady(child, ready);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${command} did not start: ${errors.join('').slice(-2_000)}`, { cause: error });
  }
  const { pid = 0 } = child;
  return {
    pid,
    cpuSeconds: () => cpuSecondsOf(pid),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    if (Date.now() > giveUpAt) throw new Error('it was not ready after a minute');
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Clock ticks of /proc are hundredths of a second on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** CPU time of a process and its threads, from /proc; NaN where there is none. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}

/**
 * The same of the threads that live now, as the scheduler counts it: for what sleeps most of the time, as ticks of 10 ms find a program that wakes
 * with the tick at work each time, or never.
 */
export function threadSecondsOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce(
      (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
      0,
    );
  } catch {
    return Number.NaN;
  }
}

/** Bytes a process has had written to storage; NaN where /proc does not say. */
export function writtenBytesOf(pid: number): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  } catch {
    return Number.NaN;
  }
}
