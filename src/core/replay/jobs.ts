/**
 * The jobs a simulation works on: columns of equal length, one row per job in the order of the ids. Times are seconds, as in the trace.
 * No NaN, no job without processors or larger than the machine unless the semantics says so.
 */
export interface Jobs {
  readonly count: number;
  readonly id: Float64Array;
  readonly submit: Float64Array;
  readonly run: Float64Array;
  readonly processors: Float64Array;
  /** What the submitter said the run would take; the semantics decide what an absent one becomes. */
  readonly estimate: Float64Array;
  readonly user: Float64Array;
  /** Line in the file, from 1. */
  readonly line: Float64Array;
}

type Column = Exclude<keyof Jobs, 'count'>;
const columns: readonly Column[] = ['id', 'submit', 'run', 'processors', 'estimate', 'user', 'line'];

/** Jobs `start` to `start + count` of the list. The columns are views of the same memory. */
export function jobsWindow(jobs: Jobs, start: number, count: number): Jobs {
  return mapColumns(jobs, count, (column) => column.subarray(start, start + count));
}

/** The rows that `rows` names, in its order. */
export function pickJobs(jobs: Jobs, rows: ArrayLike<number>): Jobs {
  return mapColumns(jobs, rows.length, (column) => Float64Array.from(rows, (row) => column[row] ?? Number.NaN));
}

function mapColumns(jobs: Jobs, count: number, map: (column: Float64Array) => Float64Array): Jobs {
  const entries = columns.map((name) => [name, map(jobs[name])]);
  return { count, ...(Object.fromEntries(entries) as Record<Column, Float64Array>) };
}
