/** Raw better-sqlite3 writing the rows that a task costs, in transactions of `batch`. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openRawRows } from '../lib/raw-rows.ts';
import type { Sample } from '../lib/rounds.ts';
import { startStopwatch } from '../lib/stopwatch.ts';
import { withFolder } from '../lib/temp.ts';

interface Options {
  readonly what: 'submit' | 'drain';
  readonly tasks: number;
  readonly batch: number;
  readonly payload: unknown;
}

export function run({ what, tasks, batch, payload }: Options): Promise<Sample> {
  return withFolder(async (folder) => {
    const db = new Database(join(folder, 'tasks.sqlite'));
    try {
      const rows = openRawRows(db, payload === undefined ? null : JSON.stringify(payload));
      if (what === 'submit') {
        rows.submit(Math.min(batch, tasks)); // warm up
        const watch = startStopwatch();
        for (let done = 0; done < tasks; done += batch) rows.submit(Math.min(batch, tasks - done));
        return watch.per(tasks);
      }
      for (let done = 0; done < tasks; done += 1_000) rows.submit(Math.min(1_000, tasks - done));
      const watch = startStopwatch();
      for (let first = 1; first <= tasks; first += batch) {
        const size = Math.min(batch, tasks - first + 1);
        rows.claim(first, size);
        rows.settle(first, size);
      }
      return watch.per(tasks);
    } finally {
      db.close();
    }
  });
}
