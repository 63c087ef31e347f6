import type { TaskEntry } from '../../core/domain/task.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { statusCodes } from './codes.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';
import { decodeRare } from './task-row.ts';

type WaitingRow = readonly [
  seq: number,
  status: number,
  tenant: number,
  type: number,
  priority: number,
  cost: number,
  region: number | null,
  slots: number,
  rare: string | null,
  readyAt: number,
  attempt: number,
  dueAt: number | null,
];

/** About 10 ms of rows: the loop gets its turn in between, and no snapshot is held longer. */
const rowsPerPage = 8_000;

/**
 * Start-up's read of everything that waits, in seq order: only the columns scheduling needs, and one entry object for all.
 * Where most tasks wait it walks the table; where few do, the status index finds them.
 */
export function createWaitingScan({ db, read }: Reader, symbols: Symbols, clock: Clock) {
  const columns = `seq, status, tenant, type, priority, cost, region, slots, rare,
    ifnull(ready_at, enqueued_at), attempt, due_at`;
  const walk = db
    .prepare<[number, number], WaitingRow>(
      `SELECT ${columns} FROM task NOT INDEXED WHERE seq > ? AND status IN (${statusCodes.delayed}, ${statusCodes.queued}) ORDER BY seq LIMIT ?`,
    )
    .raw();
  const ofStatus = db
    .prepare<[number, number, number], WaitingRow>(
      `SELECT ${columns} FROM task WHERE status = ? AND status <> 3 AND seq > ? ORDER BY seq LIMIT ?`,
    )
    .raw();

  return async function eachWaiting(visit: (entry: Readonly<TaskEntry>, dueAt: EpochMs | null) => void, share: number): Promise<void> {
    const entry = {} as TaskEntry;
    const show = (row: WaitingRow): void => {
      fill(entry, row, symbols);
      visit(entry, row[11]);
    };

    if (share > 0.2) {
      await eachPage((after) => walk.all(after, rowsPerPage), show);
      return;
    }
    // Two ordered lists, merged: each is read a page ahead.
    const delayed: WaitingRow[] = [];
    await eachPage(
      (after) => ofStatus.all(statusCodes.delayed, after, rowsPerPage),
      (row) => delayed.push(row),
    );
    let next = 0;
    await eachPage(
      (after) => ofStatus.all(statusCodes.queued, after, rowsPerPage),
      (row) => {
        for (let early = delayed[next]; early !== undefined && early[0] < row[0]; early = delayed[++next]) show(early);
        show(row);
      },
    );
    for (const row of delayed.slice(next)) show(row);
  };

  async function eachPage(page: (after: number) => WaitingRow[], visitRow: (row: WaitingRow) => void): Promise<void> {
    for (let after = 0; ; ) {
      const rows = read(() => page(after));
      for (const row of rows) visitRow(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsPerPage) return;
      after = last[0];
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  }
}

function fill(entry: TaskEntry, row: WaitingRow, symbols: Symbols): void {
  const rare = decodeRare(row[8]);
  entry.seq = row[0];
  entry.tenant = symbols.nameOf(row[2]);
  entry.type = symbols.nameOf(row[3]);
  entry.priority = row[4];
  entry.cost = row[5];
  entry.region = symbols.optionalNameOf(row[6]);
  entry.regionMode = rare.regionMode ?? 'prefer';
  entry.resourceType = rare.resourceType ?? null;
  entry.slots = row[7];
  entry.estimateMs = rare.estimateMs ?? null;
  entry.deadline = rare.deadline ?? null;
  entry.maxCost = rare.maxCost ?? null;
  entry.readyAt = row[9];
  entry.attempt = row[10];
}
