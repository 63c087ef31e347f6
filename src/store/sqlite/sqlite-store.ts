import type { Database } from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Store } from '../../core/ports/store.ts';
import { createStorageGate, type StorageGate } from '../storage-state.ts';
import { createCatalogue } from './catalogue.ts';
import { createClaim } from './claim.ts';
import type { Durability } from './connection.ts';
import { createKeys } from './keys.ts';
import { createLease } from './lease.ts';
import { createLogReads } from './log-reads.ts';
import { createLogVerify } from './log-verify.ts';
import { createNewestScan } from './newest-scan.ts';
import { createOperations } from './operations.ts';
import { createReader } from './reader.ts';
import { createRetention } from './retention.ts';
import { createSettle } from './settle.ts';
import { createSpendReads } from './spend.ts';
import { createSubmit } from './submit.ts';
import { createSymbols } from './symbols.ts';
import { createTaskList } from './task-list.ts';
import { createTaskReads } from './task-reads.ts';
import { createTenants } from './tenants.ts';
import { createWaitingScan } from './waiting-scan.ts';
import { createWaitingVerbs } from './waiting-verbs.ts';
import { createWriter, type Writer } from './writer.ts';

export interface SqliteStoreDeps {
  /** The only connection that writes, set up and migrated. */
  readonly writerDb: Database;
  readonly readerDb: Database;
  readonly serverEpoch: number;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly gate?: StorageGate;
  /** Called when the store is closed, last. */
  readonly released: () => void;
}

/** The database as a Store: verbs on the writing connection, reads on one of their own. */
export function createSqliteStore(deps: SqliteStoreDeps): Store {
  const { writerDb, readerDb, serverEpoch, clock, logger, metrics, gate = createStorageGate(logger) } = deps;
  const symbols = createSymbols(writerDb);
  const writer = createWriter({ db: writerDb, symbols, gate, clock, logger, metrics, serverEpoch });
  const { counters, heads, log } = writer.context;
  const reader = createReader(readerDb, gate);
  const bounds = () => ({ floor: heads.logFloor, head: log.head });
  const tables = { writer, writes: drizzle(writerDb), reads: drizzle(readerDb), read: reader.read };
  const alive = readerDb.prepare('SELECT last_seq FROM total');
  writer.writeAtOnce(() => log.addSystem(clock.now(), 'server_started', { server_epoch: serverEpoch }));

  return {
    serverEpoch,
    durability: deps.durability,

    ...createVerbs(writerDb, writer),
    ...createTaskReads(reader, symbols),
    tasks: createTaskList(reader, symbols, counters, clock),
    counts: counters.counts,
    eachWaiting: createWaitingScan(reader, symbols, clock),
    lastSeq: () => heads.lastTaskSeq,
    eachNewest: createNewestScan(reader, symbols, clock),

    onCommit: writer.onCommit,
    ...createLogReads(reader, symbols, bounds, clock),
    logBounds: bounds,
    logNode: (type, at, details) => writer.write(1, () => log.addSystem(at, type, details)),
    verifyLog: createLogVerify(reader, bounds, clock),

    ...createCatalogue(tables),
    ...createTenants(tables),
    ...createKeys(tables),
    ...createOperations(tables),
    spendSince: createSpendReads(reader, symbols),

    state: () => gate.state,
    onState: gate.onState,
    async ping() {
      try {
        return reader.read(() => alive.get()) !== undefined;
      } catch {
        return false;
      }
    },
    probe: async () => writer.probe(),
    flush: writer.flush,
    close: () => close(deps, writer, gate),
  };
}

type Verbs = Pick<
  Store,
  | 'submitTasks'
  | 'claimTasks'
  | 'recordInputs'
  | 'leaseAttempts'
  | 'settleAttempts'
  | 'makeDue'
  | 'cancelTask'
  | 'expireTasks'
  | 'rejectTasks'
  | 'deleteTerminal'
  | 'pruneLog'
  | 'pruneSpend'
>;

/** Each verb as one operation of a group commit, with about how many rows it writes. */
function createVerbs(db: Database, { context, write, writeToFree }: Writer): Verbs {
  const submit = createSubmit(db, context);
  const claim = createClaim(db, context);
  const lease = createLease(db, context);
  const settle = createSettle(db, context);
  const waiting = createWaitingVerbs(db, context);
  const retention = createRetention(db, context);

  return {
    submitTasks: (items, { atomic = false } = {}) => write(items.length * 2, () => submit(items, atomic)),
    claimTasks: (claims, inputs) => write(claims.length * 3, () => claim(claims, inputs)),
    recordInputs: (inputs, at) => write(1, () => context.log.addInputs(at, inputs)),
    leaseAttempts: (leases) => write(leases.length * 3, () => lease(leases)),
    settleAttempts: (settlements) => write(settlements.length * 3, () => settle(settlements)),
    makeDue: (seqs, at) => write(seqs.length * 2, () => seqs.map((seq) => waiting.makeDue(seq, at))),
    cancelTask: (seq, at, by) => write(2, () => waiting.cancel(seq, at, by)),
    expireTasks: (seqs, at) => write(seqs.length * 2, () => seqs.map((seq) => waiting.expire(seq, at))),
    rejectTasks: (rejections, at) => write(rejections.length * 2, () => rejections.map((rejection) => waiting.reject(rejection, at))),
    deleteTerminal: (limit, completedBefore, keysBefore) =>
      writeToFree(limit * 2, () => retention.deleteTerminal(limit, completedBefore, keysBefore)),
    pruneLog: (limit, before) => writeToFree(limit, () => retention.pruneLog(limit, before)),
    pruneSpend: (before) => writeToFree(1, () => context.spend.prune(before)),
  };
}

async function close({ writerDb, readerDb, logger, released }: SqliteStoreDeps, writer: Writer, gate: StorageGate): Promise<void> {
  if (!writerDb.open) return;
  await writer.flush();
  const isSound = gate.state !== 'failed';
  gate.close();
  readerDb.close();
  try {
    // A file that failed is left as it is: the next start recovers from its log.
    if (isSound) writerDb.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // On a full disk, for one. Nothing is lost: it only spares the next start some reading.
    logger.warn({ err: error }, 'the write-ahead log could not be emptied at the end; the next start reads it');
  } finally {
    writerDb.close();
    released();
  }
}
