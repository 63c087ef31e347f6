import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Ms } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';

/** What a job writes to one of its streams, kept in a file up to a limit. */
export interface OutputFile {
  readonly path: string;
  /** Written by the job, kept or not. */
  readonly bytes: number;
  close(): void;
}

interface OutputOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly onText: (offset: number, text: string) => void;
}

/** A job that prints endlessly is read on, so that it does not hang, but no faster than this: its reader has other things to do. */
const discardBytes = 1_048_576;
const pauseMs: Ms = 20;

export function captureOutput(source: Readable, clock: Clock, { path, maxBytes, onText }: OutputOptions): OutputFile {
  const file = openSync(path, 'wx', 0o600);
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let isFull = false;
  let discarded = 0;

  source.on('data', (chunk: Buffer) => {
    const offset = bytes;
    bytes += chunk.length;
    if (isFull) return discard(chunk.length);
    const kept = chunk.subarray(0, maxBytes - offset);
    isFull = bytes >= maxBytes;
    if (!write(kept)) isFull = true;
    const text = decoder.write(kept);
    if (text !== '') onText(offset, text);
  });

  function write(chunk: Buffer): boolean {
    try {
      for (let from = 0; from < chunk.length; ) from += writeSync(file, chunk, from);
      return true;
    } catch {
      return false; // no room on the disk: what the job does matters more than what it says
    }
  }

  function discard(length: number): void {
    discarded += length;
    if (discarded < discardBytes) return;
    discarded = 0;
    source.pause();
    clock.after(pauseMs, () => source.resume());
  }

  return {
    path,
    get bytes() {
      return bytes;
    },
    close: () => closeSync(file),
  };
}

const tailBytes = 2_048;
const maxLineChars = 500;

/** The last line with something in it, for a message. */
export function lastLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8').split('\n');
    const line = lines.findLast((each) => each.trim() !== '') ?? '';
    return line
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, maxLineChars);
  } finally {
    closeSync(file);
  }
}
