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
  const columns = header.fields.map((name) => taskColumns.find((column) => column === name.trim().toLowerCase()));
  for (const column of needed) {
    if (!columns.includes(column))
      throw new TraceError(`the header needs a column ${column}; known columns are ${taskColumns.join(', ')}`, header.line);
  }
  const twice = columns.find((column, i) => column !== undefined && columns.indexOf(column) !== i);
  if (twice !== undefined) throw new TraceError(`the header has the column ${twice} twice`, header.line);
  const trace = createTaskTrace();
  for (const { line, fields } of rows) {
    if (fields.length !== columns.length) throw new TraceError(`${fields.length} fields, and the header has ${columns.length}`, line);
    trace.add(recordOf(columns, fields), line);
  }
  const ignored = header.fields.filter((_, i) => columns[i] === undefined);
  return trace.trace(ignored.length === 0 ? [] : [`line ${header.line}: columns that are not known are ignored: ${ignored.join(', ')}`]);
}

function recordOf(columns: readonly (TaskColumn | undefined)[], fields: readonly string[]): TaskRecord {
  return Object.fromEntries(columns.flatMap((column, i) => (column === undefined ? [] : [[column, fields[i]]])));
}
