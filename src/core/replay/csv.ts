import { type CsvRow, csvRows } from './csv-rows.ts';
import { createTaskTrace, type TaskColumn, type TaskRecord, taskColumns } from './task-trace.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

const needed: readonly TaskColumn[] = ['submitted_at', 'run_ms'];

/**
 * Tasks from comma-separated values. The first record names the columns, in any order; all but `submitted_at` and `run_ms` may be missing.
 * @throws TraceError with the line
 */
export function parseCsv(text: string): Trace {
  const rows = csvRows(text);
  const head = rows.next();
  const header: CsvRow = head.done ? { line: 1, fields: [] } : head.value;
  const columns = csvColumns(header);
  const trace = createTaskTrace();
  for (const row of rows) trace.add(csvRecord(columns, row), row.line);
  const { ignored } = columns;
  return trace.trace(ignored.length === 0 ? [] : [`line ${header.line}: columns that are not known are ignored: ${ignored.join(', ')}`]);
}

/** What the columns of a file are. */
export interface CsvColumns {
  /** By place; `undefined`: nobody knows it. */
  readonly known: readonly (TaskColumn | undefined)[];
  readonly ignored: readonly string[];
}

/** @throws TraceError when a column is missing or there twice */
export function csvColumns({ line, fields }: CsvRow): CsvColumns {
  const known = fields.map((name) => taskColumns.find((column) => column === name.trim().toLowerCase()));
  for (const column of needed) {
    if (!known.includes(column))
      throw new TraceError(`the header needs a column ${column}; known columns are ${taskColumns.join(', ')}`, line);
  }
  const twice = known.find((column, i) => column !== undefined && known.indexOf(column) !== i);
  if (twice !== undefined) throw new TraceError(`the header has the column ${twice} twice`, line);
  return { known, ignored: fields.filter((_, i) => known[i] === undefined) };
}

/** @throws TraceError when it has more or fewer fields than the header */
export function csvRecord({ known }: CsvColumns, { line, fields }: CsvRow): TaskRecord {
  if (fields.length !== known.length) throw new TraceError(`${fields.length} fields, and the header has ${known.length}`, line);
  return Object.fromEntries(known.flatMap((column, i) => (column === undefined ? [] : [[column, fields[i]]])));
}
