import { fork } from 'node:child_process';
import { compiled } from './build.ts';
import type { Sample } from './rounds.ts';

/** Options of `npm run bench` that a run of a contestant sees. */
export interface RunOptions {
  readonly tasks?: number;
  readonly [name: string]: unknown;
}

let profileFolder: string | undefined;

/** From now on every child leaves a CPU profile there. */
export function profileInto(folder: string): void {
  profileFolder = folder;
}

/** A profile is written at an orderly end; else nobody waits for one. */
export function stopSignal(): 'SIGTERM' | 'SIGKILL' {
  return profileFolder === undefined ? 'SIGKILL' : 'SIGTERM';
}

export function nodeFlags(): string[] {
  return profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, '--cpu-prof-interval=500'];
}

/**
 * Runs `run(options)` of a module of bench/contestants in a process of its own: its heap, its compiled code and its garbage are nobody
 * else's. @throws Error when the child failed.
 */
export function runInChild<Result = Sample>(module: string, options: RunOptions): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(compiled('bench/lib/child-main.ts'), [compiled(module), JSON.stringify(options)], {
      execArgv: ['--expose-gc', '--max-old-space-size=8192', ...nodeFlags()],
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    let result: { readonly value: Result } | undefined;
    child.on('message', (message) => {
      result = message as { readonly value: Result };
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result !== undefined) resolve(result.value);
      else reject(new Error(`${module} ended with code ${code} and no result`));
    });
  });
}
