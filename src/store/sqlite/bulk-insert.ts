import type { Database, Statement } from 'better-sqlite3';

export type Value = number | string | Buffer | null;

/**
 * Inserts that wait until they are many: in a statement of sixteen rows a row costs less than half of what it costs alone. Whoever reads
 * the table inside the transaction flushes first.
 */
export interface BulkInsert {
  add(...values: readonly Value[]): void;
  flush(): void;
  /** Forgets what was not flushed. */
  clear(): void;
}

const sizes = [16, 4, 1];

export function createBulkInsert(db: Database, table: string, columns: readonly string[]): BulkInsert {
  const width = columns.length;
  const row = `(${columns.map(() => '?').join(', ')})`;
  const statements = sizes.map((rows): [number, Statement<[readonly Value[]]>] => {
    const values = Array.from({ length: rows }, () => row).join(', ');
    return [rows * width, db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values}`)];
  });
  let pending: Value[] = [];

  return {
    add(...values) {
      pending.push(...values);
    },
    flush() {
      if (pending.length === 0) return;
      const values = pending;
      pending = [];
      let from = 0;
      for (const [length, statement] of statements) {
        for (; from + length <= values.length; from += length) statement.run(values.slice(from, from + length));
      }
    },
    clear() {
      pending = [];
    },
  };
}
