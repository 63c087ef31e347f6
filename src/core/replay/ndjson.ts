import { createTaskTrace, type TaskRecord, taskColumns } from './task-trace.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/**
 * Tasks from newline-delimited JSON: one object per line with the names of the CSV columns. Numbers may be numbers or text.
 * @throws TraceError with the line
 */
export function parseNdjson(text: string): Trace {
  const trace = createTaskTrace();
  const ignored = new Set<string>();
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (content.trim() === '') continue;
    const read = ndjsonRecord(content, line);
    for (const name of read.ignored) ignored.add(name);
    trace.add(read.record, line);
  }
  return trace.trace(ignored.size === 0 ? [] : [`fields that are not known are ignored: ${[...ignored].join(', ')}`]);
}

/** One line. @throws TraceError */
export function ndjsonRecord(content: string, line: number): { readonly record: TaskRecord; readonly ignored: readonly string[] } {
  const entries = Object.entries(objectIn(content, line));
  const known = entries.filter(([name, value]) => isColumn(name) && value !== null);
  return {
    record: Object.fromEntries(known.map(([name, value]) => [name, textOf(name, value, line)])) as TaskRecord,
    ignored: entries.flatMap(([name]) => (isColumn(name) ? [] : [name])),
  };
}

function objectIn(content: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new TraceError(`no JSON: ${error instanceof Error ? error.message : error}`, line);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TraceError('each line must hold one JSON object', line);
}

function textOf(name: string, value: unknown, line: number): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new TraceError(`${name} is ${JSON.stringify(value)}, and must be text or a number`, line);
}

function isColumn(name: string): boolean {
  return (taskColumns as readonly string[]).includes(name);
}
