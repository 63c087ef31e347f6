import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import type { TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import { type Admission, tenantOf } from './admission.ts';
import type { BatchItem, Caller, Idempotency, SubmitOptions, Submitted } from './engine.ts';
import { type Answer, type Entering, type Extra, skipped } from './entering.ts';
import { slicesOf } from './slices.ts';

/** Rows of one transaction: large enough to share a commit, small enough to keep the event loop responsive. */
const submissionsPerCommit = 500;

export interface BatchOptions {
  readonly atomic?: boolean;
  /** Simulation that makes these tasks. */
  readonly simulation?: string;
}

interface BatchDeps {
  readonly admission: Admission;
  readonly checkRoom: (more: number) => void;
  readonly replayOf: (tenant: string, idempotency: Idempotency | undefined) => Promise<Submitted | undefined>;
  readonly enter: (spec: TaskSpec, extra: Extra) => Entering;
  readonly drop: (entering: readonly Entering[]) => void;
  readonly commit: (entering: readonly Entering[], atomic: boolean) => Promise<readonly Answer[]>;
}

/** An item whose fields are in order. */
interface Admitted {
  readonly index: number;
  readonly spec: TaskSpec;
  readonly extra: Extra;
}

/** Many tasks in one call: each has an answer of its own, or, when atomic, one refusal refuses them all. */
export function createBatch({ admission, checkRoom, replayOf, enter, drop, commit }: BatchDeps) {
  return async function batch(
    items: readonly (TaskInput & SubmitOptions)[],
    caller: Caller,
    { atomic = false, simulation }: BatchOptions = {},
  ): Promise<readonly BatchItem[]> {
    checkRoom(items.length);
    const results: BatchItem[] = new Array(items.length);
    let admitted = await admit(items, caller, simulation, results);
    if (atomic) refuseIfAny(results);
    let entered = enterEach(admitted);
    if (entered.refused.size > 0 && admitted.some(({ extra }) => extra.idempotency !== undefined)) {
      // Replays need no places: without them there may be room for the rest.
      drop(entered.entering);
      admitted = await withoutReplays(admitted, results);
      entered = enterEach(admitted);
    }
    const { entering, refused } = entered;
    if (atomic && refused.size > 0) {
      drop(entering);
      for (const [{ index }, refusal] of refused) results[index] = asRefused(refusal);
      refuseIfAny(results);
    }
    const answers = (await commitAll(entering, atomic)).values();
    for (const item of admitted) if (!refused.has(item)) results[item.index] = answers.next().value as Answer; // one for each
    // After the commit: a key may have been used first in this very batch.
    for (const [{ index, spec, extra }, refusal] of refused)
      results[index] = (await replayOf(spec.tenant, extra.idempotency).catch(asRefused)) ?? asRefused(refusal);
    if (atomic) refuseIfAny(results);
    return results;
  };

  async function admit(
    items: readonly (TaskInput & SubmitOptions)[],
    caller: Caller,
    simulation: string | undefined,
    results: BatchItem[],
  ): Promise<Admitted[]> {
    const admitted: Admitted[] = [];
    for (const [index, item] of items.entries()) {
      const { idempotency } = item;
      try {
        admitted.push({ index, spec: admission.specOf(item, caller), extra: { idempotency, simulation } });
      } catch (refusal) {
        results[index] = (await replayOf(tenantOf(item, caller), idempotency).catch(asRefused)) ?? asRefused(refusal);
      }
    }
    return admitted;
  }

  /** All in one turn, and that of the store's call: what the gates counted is what comes next in the log. */
  function enterEach(admitted: readonly Admitted[]) {
    const entering: Entering[] = [];
    const refused = new Map<Admitted, unknown>();
    for (const item of admitted) {
      try {
        entering.push(enter(item.spec, item.extra));
      } catch (refusal) {
        refused.set(item, refusal);
      }
    }
    return { entering, refused };
  }

  /** Answers items whose keys are known. @returns the others */
  async function withoutReplays(admitted: readonly Admitted[], results: BatchItem[]): Promise<Admitted[]> {
    const others: Admitted[] = [];
    for (const item of admitted) {
      const known = await replayOf(item.spec.tenant, item.extra.idempotency).catch(asRefused);
      if (known === undefined) others.push(item);
      else results[item.index] = known;
    }
    return others;
  }

  /** A batch that may be split is: one call is one transaction, and nobody should wait behind ten thousand rows. */
  async function commitAll(entering: readonly Entering[], atomic: boolean): Promise<readonly Answer[]> {
    const slices = atomic ? [entering] : slicesOf(entering, submissionsPerCommit);
    const answers = await Promise.allSettled(slices.map((slice) => commit(slice, atomic)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    if (refused.length === answers.length && refused[0] !== undefined) throw refused[0].reason;
    return answers.flatMap((answer, i): readonly Answer[] =>
      answer.status === 'fulfilled' ? answer.value : (slices[i] ?? []).map(() => asRefused(answer.reason)),
    );
  }
}

/** A part of a batch that was refused, or not committed because the disk became full in between. Anything else is a fault of ours. */
function asRefused(reason: unknown): { readonly error: TaskRouterError } {
  if (reason instanceof TaskRouterError) return { error: reason };
  throw reason;
}

/**
 * @throws TaskRouterError with the problems of every refused item, paths led by the item's index; where only limits stand in the way, the
 * one that takes longest to pass.
 */
function refuseIfAny(results: readonly (BatchItem | undefined)[]): void {
  const refusals = results.flatMap((result, index) =>
    result === undefined || !('error' in result) || result.error === skipped ? [] : [{ error: result.error, index }],
  );
  if (refusals.length === 0) return;
  const limits = refusals.flatMap(({ error }) => (isLimit(error) ? [error] : []));
  if (limits.length === refusals.length) throw limits.reduce((a, b) => ((b.retryAfterS ?? 0) > (a.retryAfterS ?? 0) ? b : a));
  const problems = refusals.flatMap(({ error, index }) => pathsOf(error, index));
  const message = `Nothing was accepted: ${problems.length} problems in an atomic batch, the first at ${problems[0]?.path}.`;
  throw new TaskRouterError('validation_failed', message, { errors: problems });
}

function isLimit(error: Error): error is TaskRouterError {
  return error instanceof TaskRouterError && (error.code === 'quota_exceeded' || error.code === 'rate_limited');
}

function pathsOf(error: Error, index: number): FieldError[] {
  const errors = error instanceof TaskRouterError ? error.errors : [];
  if (errors.length === 0) return [{ path: `/body/${index}`, message: error.message }];
  return errors.map(({ path, message }) => ({ path: path.replace('/body', `/body/${index}`), message }));
}
