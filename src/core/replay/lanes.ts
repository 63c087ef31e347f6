// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Schedule } from './run-policy.ts';

/** A job as a bar of a Gantt chart: from when to when, on which processors. */
export interface Bar {
  readonly row: number;
  readonly from: number;
  readonly until: number;
  /** Numbers of its processors, from 0, ascending; neighbours where there were any. */
  readonly processors: readonly number[];
}

/**
 * Gives jobs definite processors: a simulator only counts them, a chart must draw them somewhere. Lowest free numbers first, in the order
 * of the starts.
 * @param rows those to draw, all others are left out
 */
export function barsOf({ jobs, starts }: Schedule, rows: readonly number[], machine: number): readonly Bar[] {
  const freeAt = new Float64Array(machine).fill(Number.NEGATIVE_INFINITY);
  return rows
    .toSorted((a, b) => starts[a]! - starts[b]! || a - b)
    .map((row) => {
      const from = starts[row]!;
      const until = from + jobs.run[row]!;
      const processors: number[] = [];
      for (let number = 0; number < machine && processors.length < jobs.processors[row]!; number++) {
        if (freeAt[number]! <= from) processors.push(number);
      }
      for (const number of processors) freeAt[number] = until;
      return { row, from, until, processors };
    });
}
