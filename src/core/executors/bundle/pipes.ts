import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Owner } from '../../ports/attempt-files.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Both ends of a pipe: one to read from, and the descriptor that a job writes to. */
export interface OutputPipe {
  readonly source: Readable;
  /** To be closed when the job has it. */
  readonly target: number;
}

export interface PipePlace {
  readonly path: string;
  readonly owner: Owner | undefined;
}

/**
 * Makes named pipes where there are none. What Node.js gives a child for a pipe is a socket, and a script that says `> /dev/stderr` opens its
 * standard error anew, which no socket allows. Blocks while a program makes them, so many are better made at once.
 */
export function makePipes(places: readonly PipePlace[]): void {
  const missing = places.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  const { status, stderr } = spawnSync('mkfifo', ['-m', '600', ...missing.map(({ path }) => path)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pipes cannot be made: ${stderr}`);
  for (const { path, owner } of missing) if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** The end to read is opened first: then the other opens at once, and nobody waits for anybody. */
export function openPipe(path: string): OutputPipe {
  const readable = openSync(path, O_RDONLY | O_NONBLOCK);
  const source = new Socket({ fd: readable, readable: true, writable: false });
  return { source, target: openSync(path, O_WRONLY) };
}

export function closeTarget({ target }: OutputPipe): void {
  closeSync(target);
}
