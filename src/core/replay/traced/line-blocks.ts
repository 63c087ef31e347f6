import { TraceError } from '../trace-error.ts';

/** Whole lines of a file. */
export interface LineBlock {
  /** Ends with an end of line, but for the last of the file. */
  readonly bytes: Uint8Array;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly isLast: boolean;
}

const newline = 10;
const quote = 34;
/** A line longer than this is no line of a trace. */
const longestLine = 1_048_576;

/**
 * Cuts chunks, however they come, where lines end: never more is held than a chunk and a line.
 * @param inQuotes a line end between double quotes ends no line, as in CSV
 * @throws TraceError with the number of a line without an end
 */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, inQuotes: boolean): AsyncGenerator<LineBlock> {
  let rest: Uint8Array = new Uint8Array(0);
  let line = 1;
  for await (const chunk of chunks) {
    const bytes = joined(rest, chunk);
    const end = inQuotes ? lastUnquoted(bytes) : bytes.lastIndexOf(newline);
    rest = bytes.subarray(end + 1);
    if (rest.length > longestLine)
      throw new TraceError(`a line is longer than ${longestLine.toLocaleString('en-US')} bytes`, line + linesIn(bytes, end + 1));
    if (end === -1) continue;
    const block = bytes.subarray(0, end + 1);
    yield { bytes: block, line, isLast: false };
    line += linesIn(block, block.length);
  }
  yield { bytes: rest, line, isLast: true };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** A doubled quote inside quotes closes and opens them again, which comes to the same. */
function lastUnquoted(bytes: Uint8Array): number {
  let isQuoted = false;
  let last = -1;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === quote) isQuoted = !isQuoted;
    else if (bytes[at] === newline && !isQuoted) last = at;
  }
  return last;
}

function linesIn(bytes: Uint8Array, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1 && at < end; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
}
