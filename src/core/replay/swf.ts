// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Reads the Standard Workload Format: `;` lines with header entries, and one job per line as 18 numbers, -1 for what is unknown. One pass
 * over the bytes into columns: logs have millions of lines, and an object or a regular expression per line costs more than the simulation.
 * @see https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
 */
import { createLineTally } from './line-tally.ts';
import { addSwfHeader } from './swf-header.ts';
import { createSwfLine, isBlank, newline, readSwfLine, type SwfLine, swfFieldCount } from './swf-line.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/** Where the columns come from, fields counted from 0. Times are seconds, `submit` from the log's begin; `line` is the line, from 1. */
const fieldOf = { id: 0, submit: 1, run: 3, allocated: 4, requested: 7, estimate: 8, user: 11, line: -1 } as const;
type SwfColumn = keyof typeof fieldOf;

/** A job is nothing without its estimate, field 9. */
export const leastFields = 9;
/** Bytes of a short line, to guess the number of jobs from the size of the file. */
const shortLine = 40;
const semicolon = 59;

/**
 * @param bytes the whole log, not compressed
 * @throws TraceError with the line number: fewer than 9 fields, or a field that is no number
 */
export function parseSwf(bytes: Uint8Array): Trace {
  const headers = new Map<string, string>();
  const jobs = createColumns(Math.ceil((bytes.length + 1) / shortLine));
  const warts = createWarts();
  const found = createSwfLine();
  const end = bytes.length;
  let line = 0;
  for (let at = skipByteOrderMark(bytes); at < end; ) {
    line++;
    while (at < end && isBlank(bytes[at]!)) at++;
    if (bytes[at] === semicolon) {
      const next = bytes.indexOf(newline, at);
      const stop = next === -1 ? end : next;
      addSwfHeader(bytes.subarray(at, stop), headers);
      at = stop + 1;
    } else {
      readSwfLine(bytes, at, line, found);
      if (found.fields > 0) {
        const isLast = found.end === end;
        if (found.fields < leastFields) throw tooShort(found.fields, line, isLast);
        warts.see(found.fields, line, isLast);
        jobs.add(found, line);
      }
      at = found.end + 1;
    }
  }
  return { headers, count: jobs.count(), ...jobs.columns(), notes: warts.notes() };
}

/** Some editors put one in front. */
function skipByteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** @param isLast the file ends in it */
export function tooShort(fields: number, line: number, isLast: boolean): TraceError {
  const cut = isLast ? '; the file ends within it, so it may have been cut off there' : '';
  return new TraceError(
    `a job has ${swfFieldCount} numbers, of which the first ${leastFields} are needed, and this line has ${fields}${cut}`,
    line,
  );
}

function createColumns(room: number) {
  const names = Object.keys(fieldOf) as SwfColumn[];
  const sources = names.map((name) => fieldOf[name]);
  let columns: Float64Array[] = names.map(() => new Float64Array(room));
  let count = 0;
  return {
    add({ values }: SwfLine, line: number): void {
      if (count === room) {
        room *= 2;
        columns = columns.map((column) => copyOf(column, room));
      }
      for (let i = 0; i < sources.length; i++) columns[i]![count] = sources[i] === -1 ? line : values[sources[i]!]!;
      count++;
    },
    count: () => count,
    columns: () => Object.fromEntries(names.map((name, i) => [name, columns[i]!.slice(0, count)])) as Record<SwfColumn, Float64Array>,
  };
}

function copyOf(column: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(column);
  return copy;
}

/** What is let pass, with its lines: nobody should have to find out from a wrong mean. */
function createWarts() {
  const short = createLineTally();
  const long = createLineTally();
  const cut = createLineTally();
  return {
    see(fields: number, line: number, isLast: boolean): void {
      if (fields === swfFieldCount) return;
      (fields < swfFieldCount ? short : long).add(line);
      if (isLast && fields < swfFieldCount) cut.add(line);
    },
    notes(): string[] {
      const notes: string[] = [];
      if (short.count > 0) notes.push(`${short.text()}: fewer than ${swfFieldCount} fields, the missing ones count as unknown (-1)`);
      if (long.count > 0) notes.push(`${long.text()}: more than ${swfFieldCount} fields, the rest is ignored`);
      if (cut.count > 0) notes.push(`${cut.text()}: the last, too short and without an end of line; the file may have been cut off in it`);
      return notes;
    },
  };
}
