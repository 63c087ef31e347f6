import type { TaskEntry } from '../../domain/task.ts';
import type { EpochMs, Ms } from '../../domain/units.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import { couldRun } from '../history/can-run.ts';
import type { HistoryTask } from '../history/tasks-of-record.ts';
import { TraceError } from '../trace-error.ts';
import { Agenda } from '../trx/agenda.ts';
import type { TracedSource } from './read-rows.ts';
import type { TracedRow } from './traced-row.ts';
import { createWarts } from './warts.ts';

/** What a first reading tells. */
export interface TraceLook {
  readonly tasks: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
  /** How far lines lie behind the latest before them, at most: 0 in a file that is sorted. */
  readonly backMs: Ms;
  readonly notes: readonly string[];
}

const mostTasks = 5_000_000;
const never = Number.POSITIVE_INFINITY;
/** The longest timeout there is: a trace knows how its tasks end. */
const timeoutMs = 31_536_000_000;
const noPool = 'dropped, no pool could ever run it';

/** Reads all of it once. @throws TraceError when a line is wrong, or nothing is left */
export async function lookAt(source: TracedSource, pools: readonly PoolEntry[]): Promise<TraceLook> {
  const warts = createWarts();
  const fits = createFits(pools);
  let [tasks, rows] = [0, 0];
  let [first, last, backMs] = [never, -never, 0];
  for await (const batch of source.batches(warts.add)) {
    for (const row of batch) {
      rows++;
      if (!fits(row)) {
        warts.add(row.line, noPool);
        continue;
      }
      tasks++;
      first = Math.min(first, row.submittedAt);
      backMs = Math.max(backMs, last - row.submittedAt);
      last = Math.max(last, row.submittedAt);
    }
    if (tasks > mostTasks) throw new TraceError(`more than ${mostTasks.toLocaleString('en-US')} tasks: choose a part of it`);
  }
  const notes = warts.notes();
  if (tasks === 0)
    throw new TraceError(rows === 0 && notes.length === 0 ? 'the trace holds no task' : `no task is left to replay; ${notes.join('; ')}`);
  if (backMs > 0)
    return { tasks, first, last, backMs, notes: [...notes, 'the lines are not in the order of their times: they were sorted'] };
  return { tasks, first, last, backMs, notes };
}

/** The tasks in the order in which they come. Only as much of the file is held as lies out of order. */
export async function* tracedTasks(
  source: TracedSource,
  pools: readonly PoolEntry[],
  { backMs }: TraceLook,
): AsyncGenerator<readonly HistoryTask[]> {
  const fits = createFits(pools);
  const order = new Agenda();
  const held = new Map<number, TracedRow>();
  let last = -never;
  for await (const batch of source.batches(() => {})) {
    for (const row of batch) {
      if (!fits(row)) continue;
      held.set(row.line, row);
      order.push(row.submittedAt, row.line, 0);
      last = Math.max(last, row.submittedAt);
    }
    yield due(last - backMs);
  }
  yield due(never);

  /** Nothing that comes later can lie before this. */
  function due(until: EpochMs): readonly HistoryTask[] {
    const tasks: HistoryTask[] = [];
    while (order.nextTime < until) {
      const row = held.get(order.seq);
      held.delete(order.seq);
      order.drop();
      if (row !== undefined) tasks.push(taskOf(row));
    }
    return tasks;
  }
}

/** Tasks alike fit the same pools, so each kind is asked for once. */
function createFits(pools: readonly PoolEntry[]): (row: TracedRow) => boolean {
  const known = new Map<string, number>();
  return (row) => {
    const kind = `${row.type}|${row.resourceType ?? ''}`;
    let largest = known.get(kind);
    if (largest === undefined) {
      const entry = entryOf(row);
      largest = Math.max(0, ...pools.filter((pool) => couldRun(entry, pool)).map(({ capacity }) => capacity));
      known.set(kind, largest);
    }
    return row.slots <= largest;
  };
}

function taskOf(row: TracedRow): HistoryTask {
  const entry = entryOf(row);
  return {
    ...{ entry, maxAttempts: 1, cancelAt: never, expireAt: row.deadline ?? never, isCutOff: false },
    runs: [{ workMs: row.runMs, outcome: 'succeeded', backoffMs: 0 }],
    recorded: {
      ...{ entry, enqueuedAt: row.submittedAt, maxAttempts: 1, status: 'queued', completedAt: null, cancelRequestedAt: null },
      ...{ actualCost: null, attempts: [] },
    },
  };
}

function entryOf({
  line,
  tenant,
  type,
  priority,
  cost,
  region,
  resourceType,
  slots,
  estimateMs,
  deadline,
  submittedAt,
}: TracedRow): TaskEntry {
  return {
    ...{ seq: line, tenant, type, priority, cost, region, regions: null, regionMode: 'prefer', resourceType, constraints: null, slots },
    ...{ parts: 1, estimateMs, deadline, maxCost: null, timeoutMs, readyAt: submittedAt, attempt: 0 },
  };
}
