import type { Statement } from 'better-sqlite3';
import type { Clock } from '../../core/ports/clock.ts';
import type { TaskPage, TaskQuery } from '../../core/ports/task-store.ts';
import { countersKnow, countLimit } from '../list-rules.ts';
import { statusCodes } from './codes.ts';
import type { Counters } from './counters.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';
import { type CompiledFilter, compileFilter } from './task-filter.ts';
import { decodeTask, seqIndex, type TaskRow, taskColumns } from './task-row.ts';
import { type Range, type Scanned, scanWindows } from './window-scan.ts';

/** How long a page may look for rare matches, and how long it may count them. */
const maxScanMs = 1_000;
const maxCountMs = 200;
/** Statements kept: one per combination of filter fields, order and index. */
const maxStatements = 200;

const everything: Range = { from: 1, to: Number.MAX_SAFE_INTEGER };

/** Pages of tasks, newest first: by key where every task matches, by the status index where it helps, else window by window. */
export function createTaskList({ db, read }: Reader, symbols: Symbols, counters: Counters, clock: Clock) {
  const statements = new Map<string, Statement<unknown[]>>();
  const newest = db.prepare<[], number | null>('SELECT max(seq) FROM task').pluck();
  const oldest = db.prepare<[], number | null>('SELECT min(seq) FROM task').pluck();

  return async function tasks(query: TaskQuery): Promise<TaskPage> {
    const { limit, before, after, offset = 0 } = query;
    const filter = compileFilter(query.filter, symbols);
    const range = { from: after === undefined ? 1 : after + 1, to: before ?? everything.to };
    const forward = after !== undefined;
    const passOver = forward ? 0 : offset;

    const found = await scan(filter, range, !forward, passOver + limit + 1);
    const page = found.rows.slice(passOver, passOver + limit);
    const more = found.rows.length > passOver + limit || found.gaveUp;
    const passed = passOver > 0 && found.rows.length > 0;
    const behind = async (rest: Range) => (await scan(filter, rest, forward, 1)).rows.length > 0;
    return {
      tasks: (forward ? page.reverse() : page).map((row) => decodeTask(row, symbols)),
      ...(await total(query, filter)),
      hasOlder: forward ? await behind({ from: 1, to: range.from }) : more,
      hasNewer: forward ? more : passed || (before !== undefined && (await behind({ from: before, to: everything.to }))),
    };
  };

  async function total(query: TaskQuery, filter: CompiledFilter): Promise<Pick<TaskPage, 'total' | 'totalIsCapped'>> {
    if (countersKnow(query.filter)) return { total: counters.totalOf(query.filter), totalIsCapped: false };
    if (filter.isImpossible) return { total: 0, totalIsCapped: false };
    const counted = await scanWindows(
      {
        range: occupied(everything),
        newestFirst: true,
        need: countLimit + 1,
        isDense: false,
        query: (range, limit) => eachStatus(filter, (status) => select('seq', filter, status, true, range, limit)),
        maxMs: maxCountMs,
      },
      clock,
    );
    return { total: Math.min(counted.rows.length, countLimit), totalIsCapped: counted.gaveUp || counted.rows.length > countLimit };
  }

  async function scan(filter: CompiledFilter, range: Range, newestFirst: boolean, need: number): Promise<Scanned<TaskRow>> {
    if (filter.isImpossible) return { rows: [], gaveUp: false };
    const isDense = filter.conditions.length === 0 && (filter.statuses === undefined || isIndexed(filter.statuses));
    const query = (window: Range, limit: number) => {
      const lists = eachStatus(filter, (status) => select(taskColumns, filter, status, newestFirst, window, limit) as TaskRow[]);
      const sorted =
        filter.statuses === undefined ? lists : lists.sort((a, b) => (newestFirst ? b[seqIndex] - a[seqIndex] : a[seqIndex] - b[seqIndex]));
      return sorted.slice(0, limit);
    };
    return scanWindows({ range: isDense ? range : occupied(range), newestFirst, need, isDense, query, maxMs: maxScanMs }, clock);
  }

  /** One ordered read of the index per status; or one walk by key when completed tasks are asked for, which the index leaves out. */
  function eachStatus<Row>({ statuses }: CompiledFilter, query: (status: number | undefined) => Row[]): Row[] {
    if (statuses === undefined || !isIndexed(statuses)) return query(undefined);
    return statuses.flatMap(query);
  }

  function select(columns: string, filter: CompiledFilter, status: number | undefined, newestFirst: boolean, range: Range, limit: number) {
    const { conditions, values, statuses } = filter;
    const byStatus = status !== undefined ? ['status = ?', 'status <> 3'] : statuses && ['status IN (SELECT value FROM json_each(?))'];
    const where = ['seq >= ?', 'seq < ?', ...(byStatus ?? []), ...conditions].join(' AND ');
    const from = status === undefined ? 'task NOT INDEXED' : 'task';
    const sql = `SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY seq ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`;
    const statusValues = status !== undefined ? [status] : statuses === undefined ? [] : [JSON.stringify(statuses)];
    return read(() => prepared(sql).all(range.from, range.to, ...statusValues, ...values, limit));
  }

  function prepared(sql: string): Statement<unknown[]> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= maxStatements) statements.clear();
    const statement = db.prepare<unknown[]>(sql).raw();
    statements.set(sql, statement);
    return statement;
  }

  /** The part of a range where there are tasks at all. */
  function occupied(range: Range): Range {
    const [first, last] = read(() => [oldest.get() ?? 1, newest.get() ?? 0]);
    return { from: Math.max(range.from, first), to: Math.min(range.to, last + 1) };
  }
}

/** The status index leaves completed tasks out. */
function isIndexed(statuses: readonly number[]): boolean {
  return !statuses.includes(statusCodes.completed);
}
