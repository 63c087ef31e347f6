import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files that are not ours to ship: beside the repository, or in the folder an environment variable names. */
function folder(variable: string, name: string) {
  const path = process.env[variable] ?? fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  return {
    exists: existsSync(path),
    whyNot: `skipped where ${variable} names no folder with them`,
    read: (file: string) => readFileSync(join(path, file), 'utf8'),
  };
}

/** Generalised assignment problems with their proved optima. */
export const assignments = folder('TRX_ASSIGNMENT', 'assignment');
/** Prices of machines by region and zone, and of transfer between regions. */
export const prices = folder('TRX_PRICES', 'prices');

/** Rows of a table without quotes, by column name. */
export function csvRows(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  });
}
