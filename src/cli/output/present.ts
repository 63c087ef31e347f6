import type { CliIo } from '../io.ts';
import { textTable } from '../text-table.ts';
import { printable } from './printable.ts';

/** How a person or a script wants to read. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly plain?: boolean;
}

/** Rows under a head: a table for people, tabs for scripts, or the answer as the API gave it. */
export function presentRows({ out }: CliIo, flags: OutputFlags, answer: unknown, rows: readonly (readonly unknown[])[]): void {
  if (flags.json) {
    out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const cells = rows.map((row) => row.map((cell) => (flags.plain ? oneCell(cell) : shown(cell))));
  out(flags.plain ? cells.map((row) => `${row.join('\t')}\n`).join('') : `${textTable(cells)}\n`);
}

/** One thing: a line for each of its fields that says something. */
export function presentFields({ out }: CliIo, flags: OutputFlags, answer: unknown, fields: Readonly<Record<string, unknown>>): void {
  if (flags.json) {
    out(`${JSON.stringify(answer)}\n`);
    return;
  }
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known) out(flags.plain ? `${name}\t${oneCell(value)}\n` : `${name.padEnd(width)}  ${shown(value)}\n`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function oneCell(value: unknown): string {
  return value === null || value === undefined ? '' : shown(value);
}
