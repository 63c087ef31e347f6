import type { Dependencies } from '../../core/domain/dependency.ts';
import type { TaskEntry } from '../../core/domain/task.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { statusCodes } from './codes.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';
import { decodeRare, type Rare } from './task-row.ts';

type WaitingRow = readonly [
  seq: number,
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
  timeoutMs: number,
];

/** About 10 ms of rows: the loop gets its turn in between, and no snapshot is held longer. */
const rowsPerPage = 8_000;

/**
 * Start-up's read of everything that waits, in seq order: two ordered reads of the status index, merged. Only the columns scheduling
 * needs, and one entry object for all.
 */
export function createWaitingScan({ db, read }: Reader, symbols: Symbols, clock: Clock) {
  const select = db
    .prepare<[number, number, number], WaitingRow>(
      `SELECT seq, tenant, type, priority, cost, region, slots, rare, ifnull(ready_at, enqueued_at), attempt, due_at, timeout_ms
       FROM task WHERE status = ? AND seq > ? ORDER BY seq LIMIT ?`,
    )
    .raw();

  /** Rows of one status, a page at a time. */
  function createCursor(status: number) {
    let rows: readonly WaitingRow[] = [];
    let next = 0;
    let after = 0;
    let isDone = false;
    return {
      row: () => rows[next],
      advance() {
        next++;
      },
      /** Before `row`: reads the next page when it is due. @returns true when it has read. */
      fill(): boolean {
        if (next < rows.length || isDone) return false;
        rows = read(() => select.all(status, after, rowsPerPage));
        next = 0;
        after = rows.at(-1)?.[0] ?? after;
        isDone = rows.length < rowsPerPage;
        return true;
      },
    };
  }

  return async function eachWaiting(
    visit: (entry: Readonly<TaskEntry>, dueAt: EpochMs | null, waitsFor: Dependencies | null) => void,
  ): Promise<void> {
    const entry = {} as TaskEntry;
    const queued = createCursor(statusCodes.queued);
    const delayed = createCursor(statusCodes.delayed);
    for (;;) {
      if (queued.fill() || delayed.fill()) {
        await new Promise<void>((resolve) => clock.soon(resolve));
        continue;
      }
      const a = queued.row();
      const b = delayed.row();
      const row = a === undefined || (b !== undefined && b[0] < a[0]) ? b : a;
      if (row === undefined) return;
      (row === a ? queued : delayed).advance();
      const { dependsOn = null } = fill(entry, row, symbols);
      visit(entry, row[10], row === b && row[9] === 0 ? dependsOn : null);
    }
  };
}

function fill(entry: TaskEntry, row: WaitingRow, symbols: Symbols): Rare {
  const rare = decodeRare(row[7]);
  entry.seq = row[0];
  entry.tenant = symbols.nameOf(row[1]);
  entry.type = symbols.nameOf(row[2]);
  entry.priority = row[3];
  entry.cost = row[4];
  entry.region = symbols.optionalNameOf(row[5]);
  entry.regions = rare.regions ?? null;
  entry.regionMode = rare.regionMode ?? 'prefer';
  entry.resourceType = rare.resourceType ?? null;
  entry.constraints = rare.constraints ?? null;
  entry.slots = row[6];
  entry.parts = rare.parts ?? 1;
  entry.estimateMs = rare.estimateMs ?? null;
  entry.deadline = rare.deadline ?? null;
  entry.maxCost = rare.maxCost ?? null;
  entry.readyAt = row[8];
  entry.attempt = row[9];
  entry.timeoutMs = row[11];
  return rare;
}
