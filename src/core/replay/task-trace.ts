import { createLineTally } from './line-tally.ts';
import type { TaskFields, Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/** Columns of a task file in the order they are documented; `submitted_at` and `run_ms` must be there. */
export const taskColumns = [
  'task_id',
  'submitted_at',
  'type',
  'tenant',
  'priority',
  'region',
  'resource_type',
  'slots',
  'cost',
  'run_ms',
  'estimate_ms',
  'deadline',
] as const;
export type TaskColumn = (typeof taskColumns)[number];

/** A task as its file has it: text, `undefined` or empty where nothing is said. */
export type TaskRecord = Partial<Readonly<Record<TaskColumn, string>>>;

/** A task as its line says. */
export interface TaskRow {
  readonly name: string;
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly submittedAt: number;
  readonly deadlineAt: number | undefined;
  readonly runMs: number;
  /** -1: it says none. */
  readonly estimateMs: number;
  readonly slots: number;
  readonly line: number;
  readonly fields: Omit<TaskFields, 'deadline'>;
}

/** Gathers tasks, each checked as it comes, into a trace whose second 0 is the first submit. */
export function createTaskTrace() {
  const rows: TaskRow[] = [];
  const seen = new Set<string>();
  const repeated = createLineTally();
  return {
    /** @throws TraceError that names line and column */
    add(record: TaskRecord, line: number): void {
      const row = readTaskRow(record, line, rows.length + 1);
      if (seen.has(row.name)) repeated.add(line);
      seen.add(row.name);
      rows.push(row);
    },
    trace(notes: readonly string[]): Trace {
      const all = repeated.count === 0 ? notes : [...notes, `${repeated.text()}: a task_id that occurred before; both are kept`];
      return traceOf(rows, all);
    },
  };
}

function traceOf(rows: readonly TaskRow[], notes: readonly string[]): Trace {
  const origin = rows.reduce((least, { submittedAt }) => Math.min(least, submittedAt), Number.POSITIVE_INFINITY);
  const tenants = new Map<string, number>();
  const numberOf = (tenant: string) => {
    const number = tenants.get(tenant) ?? tenants.size;
    tenants.set(tenant, number);
    return number;
  };
  const column = (value: (row: TaskRow, index: number) => number) => Float64Array.from(rows, value);
  const seconds = (at: number) => (at - origin) / 1_000;
  const slots = column((row) => row.slots);
  return {
    headers: new Map(),
    count: rows.length,
    id: column((_, index) => index + 1),
    submit: column(({ submittedAt }) => seconds(submittedAt)),
    run: column(({ runMs }) => runMs / 1_000),
    allocated: slots,
    requested: slots,
    estimate: column(({ estimateMs }) => (estimateMs > 0 ? estimateMs / 1_000 : -1)),
    user: column(({ tenant }) => numberOf(tenant)),
    line: column(({ line }) => line),
    notes,
    names: { jobs: rows.map(({ name }) => name), users: [...tenants.keys()] },
    tasks: rows.map(({ fields, deadlineAt }) => ({ ...fields, deadline: deadlineAt === undefined ? undefined : seconds(deadlineAt) })),
  };
}

/** @param ordinal its name, where it has none. @throws TraceError that names line and column */
export function readTaskRow(record: TaskRecord, line: number, ordinal: number): TaskRow {
  const text = (column: TaskColumn) => record[column]?.trim() ?? '';
  const wrong = (column: TaskColumn, allowed: string) =>
    new TraceError(`${column} is ${JSON.stringify(text(column))}, and must be ${allowed}`, line);
  const number = (column: TaskColumn, standard: number | undefined, allowed: string, fits: (value: number) => boolean): number => {
    if (text(column) === '' && standard !== undefined) return standard;
    const value = decimal(text(column));
    if (value === undefined || !fits(value)) throw wrong(column, allowed);
    return value;
  };
  const time = (column: TaskColumn): number => {
    const at = readTime(text(column));
    if (at === undefined) throw wrong(column, 'a time as 2026-05-01T12:00:00Z, or whole milliseconds since 1970');
    return at;
  };
  const resource = text('resource_type');
  if (resource !== '' && resource !== 'any' && resource !== 'cpu' && resource !== 'gpu') throw wrong('resource_type', 'cpu, gpu or any');
  return {
    name: text('task_id') || String(ordinal),
    tenant: text('tenant') || 'default',
    submittedAt: time('submitted_at'),
    deadlineAt: text('deadline') === '' ? undefined : time('deadline'),
    runMs: number('run_ms', undefined, 'a number from 0', (value) => value >= 0),
    estimateMs: number('estimate_ms', -1, 'a number from 0, or empty', (value) => value >= 0),
    slots: number('slots', 1, 'a whole number from 1', (value) => Number.isInteger(value) && value >= 1),
    line,
    fields: {
      type: text('type') || 'task',
      priority: number('priority', 5, 'a whole number from 1 to 10', (value) => Number.isInteger(value) && value >= 1 && value <= 10),
      region: text('region') || undefined,
      resourceType: resource === 'cpu' || resource === 'gpu' ? resource : undefined,
      cost: number('cost', 1, 'a number above 0', (value) => value > 0),
    },
  };
}

function decimal(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** RFC 3339 with its offset, or epoch milliseconds. A time without an offset would mean another moment on another machine. */
function readTime(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(at) ? undefined : at;
}
