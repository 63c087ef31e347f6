import type { LogEntry } from '../../core/domain/events.ts';
import type { Ms } from '../../core/domain/units.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { type Metrics, noMetrics } from '../../core/ports/metrics.ts';
import type { Store } from '../../core/ports/store.ts';
import { createGroupCommit } from '../group-commit.ts';
import { createListeners } from '../listeners.ts';
import { createStorageGate, storageFailed, storageFull } from '../storage-state.ts';
import { createCatalogue, type Write } from './catalogue.ts';
import type { StoreImage, StoreSnapshot } from './image.ts';
import { createKeys } from './keys.ts';
import { createLogBook } from './log-book.ts';
import { createOperations, deleteOperations } from './operations.ts';
import { createTables } from './tables.ts';
import { createTaskReads } from './task-reads.ts';
import { createTaskVerbs } from './task-verbs.ts';
import { createTenants, pruneSpend } from './tenants.ts';

/** What happens to one commit. */
export type CommitFault =
  /** Nothing is written; writes are refused until `probe` meets no fault. */
  | { readonly kind: 'full' }
  /** Nothing is written, and nothing will be. */
  | { readonly kind: 'failed' }
  /** The process dies at the commit, before or after it is durable: nobody is answered, now or later. */
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  /** Answered but not synced: a power cut before the next synced commit undoes it. */
  | { readonly kind: 'unsynced' };

export interface MemoryStoreOptions {
  readonly clock: Clock;
  /** Rows to start from: what another store's `image()` returned. */
  readonly image?: StoreImage;
  readonly durability?: 'full' | 'normal';
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Asked around each commit and each probe. */
  readonly faults?: (commit: { readonly number: number; readonly operations: number }) => CommitFault | undefined;
  /** How long the next group waits before it is committed: a slow disk. `undefined`: until the end of the turn. */
  readonly commitDelayMs?: () => Ms | undefined;
}

export interface MemoryStore extends Store {
  /** What a power cut now would leave; another store opened from it is the restarted server. */
  image(): StoreImage;
  /** The committed rows and counters, for invariant checks. */
  snapshot(): StoreSnapshot;
  /** Stops answering for good, as if the process were killed now. */
  crash(): void;
}

const silent: Logger = { info() {}, warn() {}, error() {} };

/** Thrown inside a commit where the process dies. */
const death = new Error('the process died');

/** The reference store: the same verbs as the database on plain maps, with faults on order, for tests and the simulation. */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { clock, logger = silent, metrics = noMetrics } = options;
  const tables = createTables(options.image);
  const log = createLogBook(tables);
  const gate = createStorageGate(logger);
  const commits = createListeners<[entries: readonly LogEntry[]]>(logger);
  let commitNumber = 0;
  let dead = false;
  let sealed: readonly LogEntry[] = [];

  const start = () => {
    tables.change({ serverEpoch: tables.scalars.serverEpoch + 1 });
    log.add(clock.now(), 'server_started', null, { server_epoch: tables.scalars.serverEpoch });
    log.seal();
    tables.keep(true);
  };

  const commit = (operations: number) => {
    sealed = log.seal();
    const fault = options.faults?.({ number: ++commitNumber, operations });
    if (fault?.kind === 'full') throw storageFull();
    if (fault?.kind === 'failed') throw storageFailed('an injected fault');
    if (fault?.kind === 'crash' && fault.when === 'before') throw death;
    tables.keep(fault?.kind !== 'unsynced');
    if (fault?.kind === 'crash') throw death;
  };

  const group = createGroupCommit(
    {
      begin() {
        if (dead) throw death;
      },
      commit,
      rollback() {
        tables.undo();
        log.forget();
      },
      committed(operations, seconds) {
        metrics.commit(seconds, operations);
        if (sealed.length > 0) commits.call(sealed);
      },
      judge(error) {
        if (error === death) {
          dead = true;
          return 'silence';
        }
        const refused = refusalOf(error);
        if (refused === undefined) return 'operation';
        gate.become(refused.code === 'storage_full' ? 'full' : 'failed', refused.message);
        return refused;
      },
    },
    clock,
    (flush) => {
      const delayMs = options.commitDelayMs?.();
      if (delayMs === undefined) clock.soon(flush);
      else clock.after(delayMs, flush);
    },
  );

  const write: Write = async (rows, apply) => {
    const refusal = gate.refusal();
    if (refusal !== undefined) throw refusal;
    return group.write(rows, apply);
  };

  start();
  const verbs = createTaskVerbs(tables, log);

  return {
    serverEpoch: tables.scalars.serverEpoch,
    durability: options.durability ?? 'full',

    submitTasks: (items, { atomic = false } = {}) => write(items.length * 2, () => verbs.submit(items, atomic)),
    claimTasks: (claims, inputs) => write(claims.length * 3, () => verbs.claim(claims, inputs)),
    recordInputs: (inputs, at) => write(1, () => verbs.recordInputs(inputs, at)),
    leaseAttempts: (leases) => write(leases.length * 3, () => leases.map(verbs.lease)),
    settleAttempts: (settlements) => write(settlements.length * 3, () => settlements.map(verbs.settle)),
    makeDue: (seqs, at) => write(seqs.length * 2, () => seqs.map((seq) => verbs.makeDue(seq, at))),
    cancelTask: (seq, at, by) => write(2, () => verbs.cancel(seq, at, by)),
    expireTasks: (seqs, at) => write(seqs.length * 2, () => seqs.map((seq) => verbs.expire(seq, at))),
    rejectTasks: (rejections, at) => write(rejections.length * 2, () => rejections.map((rejection) => verbs.reject(rejection, at))),
    deleteTerminal: (limit, completedBefore, keysBefore) =>
      group.write(limit * 2, () => verbs.deleteTerminal(limit, completedBefore, keysBefore)),
    ...createTaskReads(tables),

    onCommit: (listener) => commits.add(listener),
    logAfter: log.logAfter,
    log: log.log,
    taskLog: log.taskLog,
    logBounds: log.logBounds,
    logNode: (type, at, details) => write(1, () => log.add(at, type, null, details)),
    pruneLog: (limit, before) => group.write(limit, () => log.prune(limit, before)),
    verifyLog: log.verifyLog,

    ...createCatalogue(tables, log, write),
    ...createTenants(tables, log, write),
    ...createKeys(tables, log, write),
    ...createOperations(tables, log, write),
    deleteOperations: (limit, endedBefore) => group.write(limit, () => deleteOperations(tables, limit, endedBefore)),
    pruneSpend: (before) => group.write(1, () => pruneSpend(tables, before)),

    state: () => gate.state,
    onState: (listener) => gate.onState(listener),
    ping: async () => !dead,
    async probe() {
      if (gate.state !== 'full') return gate.state === 'ok';
      const fault = options.faults?.({ number: ++commitNumber, operations: 0 });
      if (fault !== undefined) return false;
      gate.become('ok', 'there is room again');
      return true;
    },
    flush: group.flush,
    async close() {
      await group.flush();
      gate.close();
    },

    image: tables.durable,
    snapshot: () => ({ ...tables.visible(), counts: tables.counts() }),
    crash() {
      dead = true;
    },
  };
}

function refusalOf(error: unknown) {
  return error instanceof Error && error.name === 'TaskRouterError' ? (error as ReturnType<typeof storageFull>) : undefined;
}
