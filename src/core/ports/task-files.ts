import type { Remains } from '../domain/bundle.ts';
import type { Task } from '../domain/task.ts';
import type { TaskId } from '../domain/units.ts';
import type { Bytes } from './bundle-files.ts';

export const outputStreams = ['stdout', 'stderr'] as const;
export type OutputStream = (typeof outputStreams)[number];

/** Something that can be sent: its size is known before. */
export interface Readable {
  readonly bytes: number;
  /** From byte `from` on, 0 when left out, to byte `to`, which is not read; to its end when left out. */
  read(from?: number, to?: number): Bytes;
}

/**
 * What one attempt has left, or has so far. Of several parts: the files of part k lie below `parts/k/`, and what was printed is of one of them, for
 * each has its own.
 */
export interface AttemptRemains {
  readonly attempt: number;
  /** Which part printed `output`, from 0. */
  readonly part: number;
  /** It still runs: files come and go. */
  readonly isPartial: boolean;
  readonly remains: Remains;
  /** `undefined`: there is no such file. */
  open(path: string): Promise<Readable | undefined>;
  /** What is kept of it. */
  output(stream: OutputStream): Promise<Readable>;
}

/** The files of tasks as others see them: those of an attempt that ended since its end was committed, those of one that runs as they are. */
export interface TaskFiles {
  /**
   * @param attempt the latest that left something when left out
   * @param part of several: the files of this one alone, and what it printed; left out: all files, and what part 0 printed
   * @returns `undefined`: nothing is kept
   */
  of(task: Task, attempt?: number, part?: number): Promise<AttemptRemains | undefined>;
}

/** A piece of output, at the moment it was written. */
export interface OutputPiece {
  readonly task: TaskId;
  readonly attempt: number;
  /** Which part printed it, from 0. */
  readonly part: number;
  readonly stream: OutputStream;
  /** Where it begins, in bytes. */
  readonly offset: number;
  readonly text: string;
}

/** Output as it is written. Nothing is kept for who comes late: that is in the files. */
export interface OutputFeed {
  /** @returns how to stop listening */
  on(task: TaskId, listener: (piece: OutputPiece) => void): () => void;
}
