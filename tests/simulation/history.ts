import { createHash } from 'node:crypto';
import type { LogEntry } from '../../src/core/domain/events.ts';
import type { EpochMs, Ms, TaskId } from '../../src/core/domain/units.ts';
import type { Exchange, History, Report, Restart, Stream } from '../../src/core/domain/world.ts';

/** What is seen from outside of one run, over all starts of the server: the witness that rows and memory are compared with. */
export interface Recorder {
  exchange(exchange: Exchange): void;
  report(report: Report): void;
  restart(restart: Restart): void;
  stream(after: number): number[];
  forceDue(id: TaskId): void;
  /** The clock showed this. */
  saw(now: EpochMs): void;
  /** Rows were committed. */
  committed(entries: readonly LogEntry[]): void;
  /** Ids that were acknowledged, oldest first. */
  readonly known: readonly TaskId[];
  /** A rare branch was met. */
  probe(name: string): void;
  readonly probes: ReadonlyMap<string, number>;
  readonly rows: number;
  history(retention: { readonly maxAgeMs: Ms; readonly maxTasks: number } | undefined): History;
  /** Of everything committed so far, in order. */
  digest(): string;
}

export function createRecorder(): Recorder {
  const exchanges: Exchange[] = [];
  const reports: Report[] = [];
  const restarts: Restart[] = [];
  const streams: Stream[] = [];
  const forcedDue = new Map<TaskId, number>();
  const known: TaskId[] = [];
  const probes = new Map<string, number>();
  const hash = createHash('sha256');
  let latestNow = 0;
  let rows = 0;

  return {
    exchange(exchange) {
      exchanges.push(exchange);
      if (exchange.kind === 'submit' && exchange.answer !== 'unknown' && 'id' in exchange.answer) known.push(exchange.answer.id);
    },
    report: (report) => void reports.push(report),
    restart: (restart) => void restarts.push(restart),
    stream(after) {
      const seqs: number[] = [];
      streams.push({ after, seqs });
      return seqs;
    },
    forceDue: (id) => void forcedDue.set(id, (forcedDue.get(id) ?? 0) + 1),
    saw(now) {
      if (now > latestNow) latestNow = now;
    },
    committed(entries) {
      rows += entries.length;
      hash.update(JSON.stringify(entries));
    },
    known,
    probe: (name) => void probes.set(name, (probes.get(name) ?? 0) + 1),
    probes,
    get rows() {
      return rows;
    },
    history: (retention) => ({ exchanges, reports, restarts, streams, forcedDue, latestNow, ...(retention ? { retention } : {}) }),
    digest: () => hash.copy().digest('hex'),
  };
}
