import type { EventType, LogEntry } from '../../core/domain/events.ts';
import type { Seq } from '../../core/domain/units.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { LogPage, LogQuery, LogStore } from '../../core/ports/log-store.ts';
import { countLimit } from '../list-rules.ts';
import { eventCodes, eventName } from './codes.ts';
import { decodeDetails } from './details-codec.ts';
import type { Reader } from './reader.ts';
import type { Symbols } from './symbols.ts';
import { uuidText } from './uuid-bytes.ts';
import { type Range, scanWindows } from './window-scan.ts';

type LogRow = readonly [
  seq: number,
  at: number,
  type: number,
  taskSeq: number | null,
  prev: number | null,
  details: string | null,
  id: Buffer | null,
];

const maxScanMs = 1_000;

/** The id comes from the task, or from what retention left of it. */
const columns = `log.seq, log.at, log.type, log.task_seq, log.prev, log.details,
  ifnull((SELECT id FROM task WHERE task.seq = log.task_seq), (SELECT id FROM removed_task WHERE removed_task.seq = log.task_seq))`;

/** Reading the log: by number, by task (backwards from its latest row), and filtered. */
export function createLogReads({ db, read }: Reader, symbols: Symbols, bounds: LogStore['logBounds'], clock: Clock) {
  const page = db.prepare<[number, number], LogRow>(`SELECT ${columns} FROM log WHERE seq > ? ORDER BY seq LIMIT ?`).raw();
  const bySeq = db.prepare<[number], LogRow>(`SELECT ${columns} FROM log WHERE seq = ?`).raw();
  const latest = db
    .prepare<[Seq, Seq], number>('SELECT version FROM task WHERE seq = ? UNION ALL SELECT version FROM removed_task WHERE seq = ?')
    .pluck();
  const newestFirst = (where: string) =>
    db
      .prepare<[number, number, string, number], LogRow>(
        `SELECT ${columns} FROM log WHERE seq >= ? AND seq < ? AND ${where} ORDER BY seq DESC LIMIT ?`,
      )
      .raw();
  const ofTypes = newestFirst('type IN (SELECT value FROM json_each(?))');
  const ofSystem = newestFirst('task_seq IS NULL AND type IN (SELECT value FROM json_each(?))');
  const countOfTypes = db
    .prepare<[number, number, string, number], number>(
      `SELECT count(*) FROM
         (SELECT 1 FROM log WHERE seq >= ? AND seq < ? AND type IN (SELECT value FROM json_each(?)) LIMIT ?)`,
    )
    .pluck();
  const countOfSystem = db
    .prepare<[string], number>('SELECT count(*) FROM log WHERE task_seq IS NULL AND type IN (SELECT value FROM json_each(?))')
    .pluck();

  const decode = ([seq, at, code, taskSeq, , details, id]: LogRow): LogEntry => {
    const type = eventName(code);
    return { seq, at, type, taskSeq, taskId: id && uuidText(id), details: decodeDetails(type, details, symbols) };
  };

  /** All rows of a task that are kept, newest first: each names the one before it, so no index is needed. */
  function chain(taskSeq: Seq): LogRow[] {
    return read(() => {
      const rows: LogRow[] = [];
      for (let seq = latest.get(taskSeq, taskSeq) ?? null; seq !== null; ) {
        const row = bySeq.get(seq);
        if (row === undefined) break; // pruned
        rows.push(row);
        seq = row[4];
      }
      return rows;
    });
  }

  async function log(asked: LogQuery): Promise<LogPage> {
    const { limit, offset = 0, taskSeq, system, types } = asked;
    const { floor, head } = bounds();
    const range = { from: floor, to: Math.min(asked.before ?? head + 1, head + 1) };
    if (taskSeq !== undefined) return pageOfTask(taskSeq, asked);

    const codes = JSON.stringify(types?.map((type) => eventCodes[type]) ?? Object.values(eventCodes));
    const statement = system === true ? ofSystem : ofTypes;
    const need = offset + limit + 1;
    const query = (window: Range) => read(() => statement.all(window.from, window.to, codes, need - rows.length));
    const rows: LogRow[] = [];
    const look = (window: Range) => {
      for (const row of query(window)) rows.push(row);
      return rows.length >= need;
    };
    // Every row matches, or the index of system rows finds those that do.
    const isDense = types === undefined || system === true;
    const finished = isDense ? look(range) || true : await scanWindows({ range, newestFirst: true, look, maxMs: maxScanMs }, clock);
    return {
      ...(await total(asked, codes, { from: floor, to: head + 1 })),
      entries: rows.slice(offset, offset + limit).map(decode),
      hasOlder: rows.length > offset + limit || !finished,
    };
  }

  function pageOfTask(taskSeq: Seq, { limit, offset = 0, before, system, types }: LogQuery): LogPage {
    const matching = chain(taskSeq).filter((row) => system !== true && isOfTypes(row, types));
    const reach = matching.filter((row) => before === undefined || row[0] < before).slice(offset);
    return {
      entries: reach.slice(0, limit).map(decode),
      total: matching.length,
      totalIsCapped: false,
      hasOlder: reach.length > limit,
    };
  }

  async function total({ system, types }: LogQuery, codes: string, range: Range): Promise<Pick<LogPage, 'total' | 'totalIsCapped'>> {
    if (system === true) return { total: read(() => countOfSystem.get(codes)) ?? 0, totalIsCapped: false };
    if (types === undefined) return { total: range.to - range.from, totalIsCapped: false };
    let counted = 0;
    const look = (window: Range) => {
      counted += read(() => countOfTypes.get(window.from, window.to, codes, countLimit + 1 - counted)) ?? 0;
      return counted > countLimit;
    };
    const finished = await scanWindows({ range, newestFirst: true, look, maxMs: maxScanMs }, clock);
    return { total: Math.min(counted, countLimit), totalIsCapped: !finished || counted > countLimit };
  }

  return {
    async logAfter(after: number, limit: number): Promise<readonly LogEntry[]> {
      return read(() => page.all(after, limit)).map(decode);
    },
    log,
    async taskLog(seq: Seq, limit: number): Promise<readonly LogEntry[]> {
      return chain(seq).reverse().slice(0, limit).map(decode);
    },
  };
}

function isOfTypes(row: LogRow, types: readonly EventType[] | undefined): boolean {
  return types === undefined || types.includes(eventName(row[2]));
}
