import { TaskRouterError } from '../domain/errors.ts';
import { idempotencyKeptMs } from '../domain/idempotency.ts';
import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

export interface RetentionPolicy {
  /** Terminal tasks are kept this long after their end; operations on many tasks too, and a day at least. */
  readonly maxAgeMs: Ms;
  /** At most this many terminal tasks are kept; the oldest go first. */
  readonly maxTasks: number;
  /** Log rows are kept this long. */
  readonly maxLogAgeMs: Ms;
}

/** The longest window of a limit is a month; twice that is for those who look back. */
const spendKeptMs = 62 * 86_400_000;

const rowsPerBatch = 500;
const everyMs = 60_000;

/**
 * Removes what is older than the policy allows, 500 rows a transaction and one transaction a turn, so that nobody waits behind it.
 * Also while the disk is full, to make room; that a removal needs room itself is then no news and is tried again at the next sweep.
 * @returns how to stop it
 */
export function startRetention(
  { store, clock, failed }: { readonly store: Store; readonly clock: Clock; readonly failed: (error: unknown) => void },
  policy: RetentionPolicy,
): () => void {
  let stopped = false;
  let disarm = clock.after(everyMs, sweep);

  function sweep(): void {
    step().then(
      (more) => {
        if (stopped) return;
        if (more) clock.soon(sweep);
        else disarm = clock.after(everyMs, sweep);
      },
      (error: unknown) => {
        if (!isFull(error)) failed(error);
        if (!stopped) disarm = clock.after(everyMs, sweep);
      },
    );
  }

  /** @returns true when there may be more to remove. */
  async function step(): Promise<boolean> {
    if (stopped || store.state() === 'failed') return false;
    const now = clock.now();
    const { completed, failed: gone, cancelled } = store.counts().byStatus;
    const surplus = completed + gone + cancelled - policy.maxTasks;
    const byCount = surplus > 0 ? await store.deleteTerminal(Math.min(surplus, rowsPerBatch), now, now - idempotencyKeptMs) : 0;
    const byAge = await store.deleteTerminal(rowsPerBatch, now - policy.maxAgeMs, now - idempotencyKeptMs);
    await store.pruneSpend(now - spendKeptMs);
    const ended = await store.deleteOperations(rowsPerBatch, now - Math.max(policy.maxAgeMs, idempotencyKeptMs));
    const log = await store.pruneLog(rowsPerBatch, now - policy.maxLogAgeMs);
    return byCount === rowsPerBatch || byAge === rowsPerBatch || ended === rowsPerBatch || log === rowsPerBatch;
  }

  return () => {
    stopped = true;
    disarm();
  };
}

/** The storage has said so itself, once, when it became full. */
function isFull(error: unknown): boolean {
  return error instanceof TaskRouterError && error.code === 'storage_full';
}
