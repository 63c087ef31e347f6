import type { OnParentFailure } from '../domain/dependency.ts';
import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import type { TaskSpec } from '../domain/task.ts';
import type { TaskId } from '../domain/units.ts';
import type { NewDependencies } from '../ports/task-store.ts';
import { type Admission, tenantOf } from './admission.ts';
import { inOrder, type Linked, placesOf } from './batch-links.ts';
import type { BatchInput, BatchItem, Caller, Idempotency, Submitted } from './engine.ts';
import { type Answer, type Entering, type Extra, parentRefused, skipped } from './entering.ts';
import { dependenciesOf, type ParentLink, type Parents } from './parents.ts';
import { slicesOf } from './slices.ts';

/** Rows of one transaction: large enough to share a commit, small enough to keep the event loop responsive. */
const submissionsPerCommit = 500;

export interface BatchOptions {
  readonly atomic?: boolean;
  /** Simulation that makes these tasks. */
  readonly simulation?: string;
}

/** `id`: what belongs to the task lies under it already. */
export type BatchEntry = BatchInput & { readonly id?: TaskId | undefined };

interface BatchDeps {
  readonly admission: Admission;
  readonly parents: Parents;
  readonly checkRoom: (more: number) => void;
  readonly replayOf: (tenant: string, idempotency: Idempotency | undefined) => Promise<Submitted | undefined>;
  readonly enter: (spec: TaskSpec, extra: Extra) => Entering;
  readonly drop: (entering: readonly Entering[]) => void;
  readonly commit: (entering: readonly Entering[], atomic: boolean) => Promise<readonly Answer[]>;
}

/** An item whose fields are in order. */
interface Admitted extends Linked {
  readonly spec: TaskSpec;
  readonly extra: Extra;
  readonly onFailure?: OnParentFailure;
}

/** Many tasks in one call: each has an answer of its own, or, when atomic, one refusal refuses them all. */
export function createBatch({ admission, parents, checkRoom, replayOf, enter, drop, commit }: BatchDeps) {
  return async function batch(
    items: readonly BatchEntry[],
    caller: Caller,
    { atomic = false, simulation }: BatchOptions = {},
  ): Promise<readonly BatchItem[]> {
    checkRoom(items.length);
    const results: BatchItem[] = new Array(items.length);
    let admitted = await admit(items, caller, simulation, results);
    if (items.some(({ dependsOn, ref }) => dependsOn !== undefined || ref !== undefined)) admitted = await link(admitted, items, results);
    if (atomic) refuseIfAny(results);
    let entered = enterEach(admitted, results);
    if (entered.refused.size > 0 && admitted.some(({ extra }) => extra.idempotency !== undefined)) {
      // Replays need no places: without them there may be room for the rest.
      drop(entered.entering);
      admitted = await withoutReplays(admitted, results);
      entered = enterEach(admitted, results);
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
    items: readonly BatchEntry[],
    caller: Caller,
    simulation: string | undefined,
    results: BatchItem[],
  ): Promise<Admitted[]> {
    const admitted: Admitted[] = [];
    for (const [index, item] of items.entries()) {
      const { idempotency, id } = item;
      try {
        admitted.push({ index, spec: admission.specOf(item, caller), extra: { idempotency, simulation, id }, links: [] });
      } catch (refusal) {
        results[index] = (await replayOf(tenantOf(item, caller), idempotency).catch(asRefused)) ?? asRefused(refusal);
      }
    }
    return admitted;
  }

  /** Finds the parents of each, and puts them before their children. @returns those that can be accepted */
  async function link(admitted: readonly Admitted[], items: readonly BatchInput[], results: BatchItem[]): Promise<Admitted[]> {
    const refuse = async (index: number, tenant: string, refusal: unknown) => {
      results[index] = (await replayOf(tenant, items[index]?.idempotency).catch(asRefused)) ?? asRefused(refusal);
    };
    const unfit = new Map<number, TaskRouterError>();
    const places = placesOf(items, (index, reason) => unfit.set(index, reason));
    const linked: Admitted[] = [];
    for (const item of admitted) {
      const { index, spec } = item;
      try {
        const reason = unfit.get(index);
        if (reason !== undefined) throw reason;
        linked.push({ ...item, links: await parents.linksOf(items[index]?.dependsOn ?? [], spec.tenant, places) });
      } catch (refusal) {
        await refuse(index, spec.tenant, refusal);
      }
    }
    const { ordered, refused } = inOrder(linked, (index) => !hasTask(results[index]));
    for (const [{ index, spec }, reason] of refused) await refuse(index, spec.tenant, reason);
    return ordered.map((item) => ({ ...item, onFailure: items[item.index]?.onParentFailure ?? 'fail' }));
  }

  /** All in one turn, and that of the store's call: what the gates counted is what comes next in the log. */
  function enterEach(admitted: readonly Admitted[], results: readonly (BatchItem | undefined)[]) {
    const entering: Entering[] = [];
    const refused = new Map<Admitted, unknown>();
    const entered = new Map<number, number>();
    for (const item of admitted) {
      try {
        entering.push(
          enter(item.spec, item.links.length === 0 ? item.extra : { ...item.extra, dependsOn: dependenciesIn(item, entered, results) }),
        );
        entered.set(item.index, entering.length - 1);
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

  /** A batch that may be split is: one call is one transaction, and nobody should wait behind ten thousand rows. Parents and children go together. */
  async function commitAll(entering: readonly Entering[], atomic: boolean): Promise<readonly Answer[]> {
    const isOne = atomic || entering.some(({ submission }) => submission.dependsOn?.parents.some((parent) => 'item' in parent));
    const slices = isOne ? [entering] : slicesOf(entering, submissionsPerCommit);
    const answers = await Promise.allSettled(slices.map((slice) => commit(slice, atomic)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    if (refused.length === answers.length && refused[0] !== undefined) throw refused[0].reason;
    return answers.flatMap((answer, i): readonly Answer[] =>
      answer.status === 'fulfilled' ? answer.value : (slices[i] ?? []).map(() => asRefused(answer.reason)),
    );
  }
}

/** What an item depends on, as the store is told: by then every parent in the batch is on its way, was accepted long ago, or came to nothing. */
function dependenciesIn(
  { links, onFailure = 'fail' }: Admitted,
  entered: ReadonlyMap<number, number>,
  results: readonly (BatchItem | undefined)[],
): NewDependencies {
  const current = links.map((link): ParentLink => {
    const known = 'place' in link ? results[link.place] : undefined;
    return hasTask(known) ? { task: known.task, name: link.name } : link;
  });
  return dependenciesOf(current, onFailure, (place) => {
    const at = entered.get(place);
    if (at === undefined) throw parentRefused;
    return at;
  });
}

function hasTask(result: BatchItem | undefined): result is Submitted {
  return result !== undefined && 'task' in result;
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
    result === undefined || !('error' in result) || result.error === skipped || result.error === parentRefused
      ? []
      : [{ error: result.error, index }],
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
