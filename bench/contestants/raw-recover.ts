/** The ceiling for a start: reading the columns that scheduling needs of every waiting task, and nothing else. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Sample } from '../lib/rounds.ts';

const columns = 'seq, status, tenant, type, priority, cost, region, slots, rare, ifnull(ready_at, enqueued_at), attempt, due_at';
const rowsPerPage = 8_000;

export async function run({ dataDir }: { readonly dataDir: string }): Promise<Sample> {
  const startedMs = performance.now();
  const db = new Database(join(dataDir, 'taskrouterx.db'), { readonly: true });
  const page = db.prepare<[number, number], readonly [number]>(
    `SELECT ${columns} FROM task NOT INDEXED WHERE seq > ? AND status IN (0, 1) ORDER BY seq LIMIT ?`,
  );
  page.raw();
  for (let after: number | undefined = 0; after !== undefined; ) after = page.all(after, rowsPerPage).at(-1)?.[0];
  const seconds = (performance.now() - startedMs) / 1_000;
  db.close();
  return { seconds };
}
