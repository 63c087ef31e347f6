import type { Database } from 'better-sqlite3';

/** Names as numbers: the dictionary table, all of it in memory. It grows with different names, never with tasks. */
export interface Symbols {
  /** Number of a name, made when it is new: only inside a transaction. */
  codeOf(name: string): number;
  /** As `codeOf`, NULL for null. */
  optionalCodeOf(name: string | null): number | null;
  /** Number of a name, `undefined` when no row can have it. */
  find(name: string): number | undefined;
  nameOf(code: number): string;
  optionalNameOf(code: number | null): string | null;
  /** The transaction was rolled back: names made in it are gone. */
  rollback(): void;
  commit(): void;
}

export function createSymbols(db: Database): Symbols {
  const insert = db.prepare<[number, string]>('INSERT INTO symbol (code, name) VALUES (?, ?)');
  const codes = new Map<string, number>();
  const names: (string | undefined)[] = [undefined];
  let committed = 0;

  for (const [code, name] of db.prepare('SELECT code, name FROM symbol').raw().all() as [number, string][]) {
    codes.set(name, code);
    names[code] = name;
  }
  committed = names.length;

  function codeOf(name: string): number {
    const known = codes.get(name);
    if (known !== undefined) return known;
    const code = names.length;
    insert.run(code, name);
    codes.set(name, code);
    names.push(name);
    return code;
  }

  function nameOf(code: number): string {
    const name = names[code];
    if (name === undefined) throw new Error(`the database holds an unknown symbol: ${code}`);
    return name;
  }

  return {
    codeOf,
    optionalCodeOf: (name) => (name === null ? null : codeOf(name)),
    find: (name) => codes.get(name),
    nameOf,
    optionalNameOf: (code) => (code === null ? null : nameOf(code)),
    rollback() {
      for (const name of names.splice(committed)) codes.delete(name as string); // only index 0 is a hole
    },
    commit() {
      committed = names.length;
    },
  };
}
