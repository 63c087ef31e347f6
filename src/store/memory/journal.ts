/** A map whose records are never changed in place, only replaced, so that a journal can take changes back. */
export interface Table<Key, Row> {
  get(key: Key): Row | undefined;
  set(key: Key, row: Row): void;
  delete(key: Key): void;
  readonly size: number;
  /** In the order of `compare`. */
  rows(): Row[];
}

/**
 * Remembers changes of several tables so that they can be taken back together: `undo` is a rollback, and `beforeUnsynced` shows the rows
 * as a power cut would leave them. So the durable rows are always a thing apart from the visible ones.
 */
export interface Journal {
  table<Key, Row>(
    compare: (a: Row, b: Row) => number,
    changed?: (before: Row | undefined, after: Row | undefined) => void,
  ): Table<Key, Row>;
  record(change: Change): void;
  /** Ends a commit. `synced` false: visible, but lost by a power cut before the next synced commit. */
  keep(synced: boolean): void;
  undo(): void;
  beforeUnsynced<Result>(read: () => Result): Result;
}

export interface Change {
  readonly takeBack: () => void;
  readonly again: () => void;
}

export function createJournal(): Journal {
  let open: Change[] = [];
  let unsynced: Change[] = [];

  const record = (change: Change) => {
    open.push(change);
  };

  return {
    record,
    table: (compare, changed) => createTable(record, compare, changed),
    keep(synced) {
      unsynced = synced ? [] : [...unsynced, ...open];
      open = [];
    },
    undo() {
      for (const change of open.reverse()) change.takeBack();
      open = [];
    },
    beforeUnsynced(read) {
      for (const change of unsynced.toReversed()) change.takeBack();
      const result = read();
      for (const change of unsynced) change.again();
      return result;
    },
  };
}

function createTable<Key, Row>(
  record: (change: Change) => void,
  compare: (a: Row, b: Row) => number,
  changed?: (before: Row | undefined, after: Row | undefined) => void,
): Table<Key, Row> {
  const map = new Map<Key, Row>();

  function put(key: Key, row: Row | undefined): void {
    const before = map.get(key);
    if (row === undefined) map.delete(key);
    else map.set(key, row);
    changed?.(before, row);
  }

  function change(key: Key, after: Row | undefined): void {
    const before = map.get(key);
    put(key, after);
    record({ takeBack: () => put(key, before), again: () => put(key, after) });
  }

  return {
    get: (key) => map.get(key),
    set: change,
    delete: (key) => change(key, undefined),
    get size() {
      return map.size;
    },
    // Nearly sorted already (only an undone delete changes the order of a Map), so this sort is a walk.
    rows: () => [...map.values()].sort(compare),
  };
}
