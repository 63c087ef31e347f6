import type { Database } from 'better-sqlite3';
import type { LogEntry } from '../../core/domain/events.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import { createGroupCommit, type Transaction } from '../group-commit.ts';
import { createListeners } from '../listeners.ts';
import type { StorageGate } from '../storage-state.ts';
import { createCounters } from './counters.ts';
import { faultOf, refusalOf } from './errors.ts';
import { createFreshTasks } from './fresh-tasks.ts';
import { createHeads } from './heads.ts';
import { createInserts } from './inserts.ts';
import { createLiveTasks } from './live-tasks.ts';
import { createLogWriter } from './log-writer.ts';
import { createSpend } from './spend.ts';
import type { Symbols } from './symbols.ts';
import type { WriteContext } from './write-context.ts';

/** The one writing connection: everything that changes goes through a group commit of it. */
export interface Writer {
  readonly context: WriteContext;
  /** Refused at once while the storage takes no writes. */
  write<Result>(rows: number, apply: () => Result): Promise<Result>;
  /** As `write`, but also tried while the disk is full: it makes room. */
  writeToFree<Result>(rows: number, apply: () => Result): Promise<Result>;
  /** Commits by itself, in this turn: start-up, when nobody else writes yet. @throws what SQLite throws. */
  writeAtOnce(apply: () => void): void;
  /** Fills some pages, commits, empties them again. `true`: there is room. */
  probe(): boolean;
  onCommit(listener: (entries: readonly LogEntry[]) => void): () => void;
  flush(): Promise<void>;
}

interface WriterDeps {
  readonly db: Database;
  readonly symbols: Symbols;
  readonly gate: StorageGate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly serverEpoch: number;
}

/** More than one page of the database and of the shared-memory index: an overwritten page alone proves no room. */
const probeBytes = 128 * 1024;

export function createWriter({ db, symbols, gate, clock, logger, metrics, serverEpoch }: WriterDeps): Writer {
  const commits = createListeners<[entries: readonly LogEntry[]]>(logger);
  const log = createLogWriter(db, symbols, { isHeard: () => commits.size > 0 });
  const counters = createCounters(db, symbols);
  const spend = createSpend(db);
  const heads = createHeads(db, serverEpoch);
  const inserts = createInserts(db);
  const live = createLiveTasks();
  const fresh = createFreshTasks();
  const parts = [symbols, log, counters, spend, heads, inserts, live, fresh];

  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const fill = db.prepare<[number]>('INSERT INTO probe (filling) VALUES (zeroblob(?))');
  const empty = db.prepare('DELETE FROM probe');

  let entries: readonly LogEntry[] = [];

  const transaction: Transaction = {
    begin() {
      begin.run();
      heads.checkEpoch();
    },
    commit() {
      inserts.flush();
      log.seal();
      counters.seal();
      spend.seal();
      heads.seal();
      commit.run();
      entries = log.commit();
      for (const part of [symbols, counters, heads]) part.commit();
    },
    rollback() {
      // SQLite has ended the transaction itself after some errors.
      if (db.inTransaction) rollback.run();
      for (const part of parts) part.rollback();
    },
    committed(operations, seconds) {
      metrics.commit(seconds, operations);
      if (entries.length > 0) commits.call(entries);
    },
    judge(error) {
      const fault = faultOf(error);
      if (fault.kind === 'full') gate.become('full', 'the disk is full');
      if (fault.kind === 'failed') gate.become('failed', fault.reason, fault.exitCode);
      if (fault.kind === 'other') logger.error({ err: error }, 'a write of the store failed');
      return refusalOf(error) ?? 'operation';
    },
  };
  const group = createGroupCommit(transaction, clock, (flush) => clock.soon(flush));

  return {
    context: { symbols, log, counters, spend, heads, inserts, live, fresh, serverEpoch },
    write(rows, apply) {
      const refusal = gate.refusal();
      return refusal === undefined ? group.write(rows, apply) : Promise.reject(refusal);
    },
    writeToFree(rows, apply) {
      const refusal = gate.refusal();
      return refusal === undefined || refusal.code === 'storage_full' ? group.write(rows, apply) : Promise.reject(refusal);
    },
    writeAtOnce(apply) {
      try {
        transaction.begin();
        apply();
        transaction.commit(1);
      } catch (error) {
        transaction.rollback();
        throw error;
      }
    },
    probe() {
      if (gate.state !== 'full') return gate.state === 'ok';
      try {
        inTransaction(() => {
          empty.run();
          fill.run(probeBytes);
        });
        inTransaction(() => empty.run());
      } catch (error) {
        transaction.rollback();
        transaction.judge(error);
        return false;
      }
      gate.become('ok', 'there is room again');
      return true;
    },
    onCommit: (listener) => commits.add(listener),
    flush: group.flush,
  };

  function inTransaction(change: () => void): void {
    transaction.begin();
    change();
    commit.run();
  }
}
