import type { TaskRouterError } from '../core/domain/errors.ts';
import type { Clock } from '../core/ports/clock.ts';

/**
 * Group commit: writes called during one turn of the event loop share one transaction at its end, so a COMMIT (and its fsync) is paid
 * per turn and never per task. Whatever arrives while a commit runs shares the next one: groups grow by themselves when the disk is slow.
 * Writes take effect in the order they were called; each is answered after its COMMIT returned.
 */
export interface GroupCommit {
  /** Queues `apply`, which runs inside the transaction. `rows` is about how many rows it writes, for cutting long groups. */
  write<Result>(rows: number, apply: () => Result): Promise<Result>;
  /** Settles when everything queued before is committed or has failed. */
  flush(): Promise<void>;
}

/** What the group commit drives. No method may wait: a transaction never spans a turn of the event loop. */
export interface Transaction {
  begin(): void;
  commit(operations: number): void;
  /** Forgets all since `begin`, in the database and in memory; also called after a failed `begin` or `commit`. */
  rollback(): void;
  /** After COMMIT, before the callers are answered. Must not throw. */
  committed(operations: number, seconds: number): void;
  /**
   * What an error thrown above means: told to every caller of the group; `operation` when the storage is fine and one operation is to
   * blame; `silence` when nobody will ever be answered (a simulated crash).
   */
  judge(error: unknown): TaskRouterError | 'operation' | 'silence';
}

/** A group is cut here, so that the loop can take in requests and send answers in between. */
const maxRows = 1_000;
const maxWorkMs = 5;

interface Operation {
  readonly rows: number;
  readonly apply: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  result: unknown;
}

export function createGroupCommit(transaction: Transaction, clock: Clock, schedule: (flush: () => void) => void): GroupCommit {
  let queue: Operation[] = [];
  let armed = false;

  function enqueue<Result>(rows: number, apply: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      queue.push({ rows, apply, resolve: resolve as (result: never) => void, reject, result: undefined });
      arm();
    });
  }

  function arm(): void {
    if (armed) return;
    armed = true;
    schedule(commitGroup);
  }

  function commitGroup(): void {
    // What operations and listeners call meanwhile goes into the next group.
    const due = queue;
    queue = [];
    armed = false;
    const size = commitFirst(due);
    if (size < due.length) queue = [...due.slice(size), ...queue];
    if (queue.length > 0) arm();
  }

  /** Commits a group from the front of `operations`. @returns how many it took, whatever became of them. */
  function commitFirst(operations: readonly Operation[]): number {
    const startedMs = clock.monotonicMs();
    let size = 0;
    let rows = 0;
    try {
      transaction.begin();
      for (const operation of operations) {
        size++;
        operation.result = operation.apply();
        rows += operation.rows;
        if (rows >= maxRows || clock.monotonicMs() - startedMs >= maxWorkMs) break;
      }
      transaction.commit(size);
    } catch (error) {
      transaction.rollback();
      return fail(operations, size, error);
    }
    transaction.committed(size, (clock.monotonicMs() - startedMs) / 1_000);
    for (let i = 0; i < size; i++) answer(operations[i] as Operation);
    return size;
  }

  function fail(operations: readonly Operation[], size: number, error: unknown): number {
    const judged = transaction.judge(error);
    if (judged === 'silence') return operations.length;
    if (judged === 'operation') {
      // Its neighbours did nothing wrong: each gets a transaction of its own, and only the guilty one fails.
      if (size > 1) {
        for (const operation of operations.slice(0, size)) commitFirst([operation]);
        return size;
      }
      operations[0]?.reject(error);
      return size;
    }
    // The storage does not take writes: what is queued behind would meet the same error.
    for (const operation of operations) operation.reject(judged);
    return operations.length;
  }

  return {
    write: enqueue,
    async flush() {
      if (queue.length === 0) return;
      await enqueue(0, () => undefined).catch(() => undefined);
    },
  };
}

function answer(operation: Operation): void {
  operation.resolve(operation.result as never);
}
