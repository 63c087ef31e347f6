import { readFile } from 'node:fs/promises';
import { isName } from './core/domain/name.ts';
import { StartupError } from './core/domain/startup-error.ts';
import type { CarbonForecast, TransferPrice } from './core/strategies/strategy.ts';

/** A year of hours, and a leap day. */
const mostRows = 8_784;
const mostColumns = 1_000;

interface Table {
  readonly path: string;
  /** Without the one over the first column. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly line: number; readonly name: string; readonly cells: readonly string[] }[];
}

/**
 * USD per GB: a matrix with regions in the first line and the first column, prices from the row's region to the column's.
 * @throws StartupError 78 with the line that cannot be used.
 */
export async function loadTransferPrices(path: string): Promise<readonly TransferPrice[]> {
  const table = await readTable(path);
  const seen = new Set<string>();
  for (const { line, name } of table.rows) {
    if (!isName(name)) throw unusable(table, line, `must begin with the name of a region, and begins with "${name}"`);
    if (seen.has(name)) throw unusable(table, line, `names ${name} again`);
    seen.add(name);
  }
  return table.rows.flatMap(({ line, name: from, cells }) =>
    cells.map((cell, i) => ({ from, to: table.columns[i] ?? '', usdPerGb: numberIn(cell, table, line, 1_000) })),
  );
}

/**
 * Grams of CO2 per kWh: times in the first column, evenly spaced and ascending, one column per region.
 * @throws StartupError 78 likewise.
 */
export async function loadCarbonForecast(path: string): Promise<CarbonForecast> {
  const table = await readTable(path);
  const times = table.rows.map(({ name, line }) => timeIn(name, table, line));
  const [first = 0, next = first + 3_600_000] = times;
  const stepMs = next - first;
  for (const [i, time] of times.entries()) {
    if (stepMs <= 0 || time !== first + i * stepMs) {
      throw unusable(table, table.rows[i]?.line ?? 1, 'times must ascend in equal steps');
    }
  }
  const gramsPerKwh: Record<string, readonly number[]> = {};
  for (const [i, region] of table.columns.entries()) {
    gramsPerKwh[region] = table.rows.map(({ cells, line }) => numberIn(cells[i] ?? '', table, line, 10_000));
  }
  return { startsAt: first, stepMs, gramsPerKwh };
}

async function readTable(path: string): Promise<Table> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartupError(78, `${path}, which the catalogue names, cannot be read: ${why}.`, { cause: error });
  }
  const lines = text.split(/\r?\n/);
  const columns = (lines[0] ?? '').split(',').slice(1);
  const rows = lines.slice(1).flatMap((content, i) => {
    const [name = '', ...cells] = content.split(',');
    return content.trim() === '' ? [] : [{ line: i + 2, name, cells }];
  });
  const table = { path, columns, rows };
  if (columns.length === 0 || columns.length > mostColumns) throw unusable(table, 1, `must name 1 to ${mostColumns} regions`);
  if (!columns.every(isName) || new Set(columns).size < columns.length) throw unusable(table, 1, 'must name every region once');
  if (rows.length === 0 || rows.length > mostRows) throw unusable(table, 1, `must be followed by 1 to ${mostRows} lines`);
  for (const { line, cells } of rows) {
    if (cells.length !== columns.length) throw unusable(table, line, `must have ${columns.length + 1} values, and has ${cells.length + 1}`);
  }
  return table;
}

function numberIn(cell: string, table: Table, line: number, most: number): number {
  const value = cell.trim() === '' ? Number.NaN : Number(cell);
  if (!(value >= 0 && value <= most)) throw unusable(table, line, `must hold numbers from 0 to ${most}, and one is "${cell}"`);
  return value;
}

function timeIn(text: string, table: Table, line: number): number {
  const time = /^\d{4}-\d\d-\d\dT.*Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw unusable(table, line, `must begin with a time such as 2026-01-31T13:00:00Z, and begins with "${text}"`);
  return time;
}

function unusable({ path }: Pick<Table, 'path'>, line: number, why: string): StartupError {
  return new StartupError(78, `${path}, which the catalogue names, cannot be used: line ${line} ${why}.`);
}
