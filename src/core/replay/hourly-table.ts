// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { csvRows } from './csv-rows.ts';
import { TraceError } from './trace-error.ts';

/** A figure by the hour for each of some zones; after its last hour it begins again. */
export interface HourlyTable {
  readonly hours: number;
  readonly zones: ReadonlyMap<string, Float64Array>;
}

const hourMs = 3_600_000;

/**
 * Reads a table whose first column is the hour and whose other columns are zones. Values may be negative: there are hours in which electricity is.
 * @throws TraceError with the line: a value is missing or no number, or an hour is not the one after the last
 */
export function parseHourlyTable(text: string): HourlyTable {
  const rows = csvRows(text);
  const head = rows.next();
  if (head.done || head.value.fields.length < 2) throw new TraceError('the table needs a header: the hour, then one column per zone', 1);
  const names = head.value.fields.slice(1);
  const columns = names.map((): number[] => []);
  let last: number | undefined;
  for (const { line, fields } of rows) {
    if (fields.length !== names.length + 1) throw new TraceError(`${fields.length} fields, and the header has ${names.length + 1}`, line);
    const hour = Date.parse(fields[0]!);
    if (Number.isNaN(hour)) throw new TraceError(`${JSON.stringify(fields[0])} is no time`, line);
    if (last !== undefined && hour !== last + hourMs) throw new TraceError('each line must be one hour after the line before', line);
    last = hour;
    names.forEach((name, i) => {
      const value = Number(fields[i + 1]);
      if (fields[i + 1] === '' || !Number.isFinite(value))
        throw new TraceError(`${name} is ${JSON.stringify(fields[i + 1])}, which is not a number`, line);
      columns[i]!.push(value);
    });
  }
  const hours = columns[0]?.length ?? 0;
  if (hours === 0) throw new TraceError('the table has no hours', 2);
  return { hours, zones: new Map(names.map((name, i) => [name, Float64Array.from(columns[i]!)])) };
}

/** A square table of prices between regions, by row and column. @throws TraceError with the line */
export function parseRegionTable(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const rows = csvRows(text);
  const head = rows.next();
  const names = head.done ? [] : head.value.fields.slice(1);
  const table = new Map<string, ReadonlyMap<string, number>>();
  for (const { line, fields } of rows) {
    const values = fields.slice(1).map(Number);
    if (values.length !== names.length || fields.includes('') || values.some((value) => !(Number.isFinite(value) && value >= 0))) {
      throw new TraceError(`a region and ${names.length} prices from 0 are needed`, line);
    }
    table.set(fields[0]!, new Map(names.map((name, i) => [name, values[i]!])));
  }
  return table;
}
