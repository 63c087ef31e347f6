import type { Clock } from '../../core/ports/clock.ts';
import type { NewestTask } from '../../core/ports/task-store.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';

type NewestRow = readonly [seq: number, tenant: number, type: number, enqueuedAt: number];

/** The loop gets its turn in between. */
const rowsPerPage = 8_000;

/** Start-up's look back at what came in last, by key from the end. */
export function createNewestScan({ db, read }: Reader, symbols: Symbols, clock: Clock) {
  const select = db
    .prepare<[number, number], NewestRow>('SELECT seq, tenant, type, enqueued_at FROM task WHERE seq < ? ORDER BY seq DESC LIMIT ?')
    .raw();

  return async function eachNewest(visit: (task: Readonly<NewestTask>) => boolean): Promise<void> {
    const task: NewestTask = { seq: Number.MAX_SAFE_INTEGER, tenant: '', type: '', enqueuedAt: 0 };
    for (;;) {
      const rows = read(() => select.all(task.seq, rowsPerPage));
      for (const [seq, tenant, type, enqueuedAt] of rows) {
        task.seq = seq;
        task.tenant = symbols.nameOf(tenant);
        task.type = symbols.nameOf(type);
        task.enqueuedAt = enqueuedAt;
        if (!visit(task)) return;
      }
      if (rows.length < rowsPerPage) return;
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  };
}
