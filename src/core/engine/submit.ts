import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import { entryOf, type Task, type TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskId } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Submission, SubmitReceipt, TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import { type Admission, tenantOf } from './admission.ts';
import type { Deadlines } from './deadlines.ts';
import type { Due } from './due.ts';
import type { BatchItem, Caller, Idempotency, SubmitOptions, Submitted } from './engine.ts';
import { slicesOf } from './slices.ts';

/** Rows of one transaction: large enough to share a commit, small enough to keep the event loop responsive. */
const submissionsPerCommit = 500;

export interface Submit {
  one(input: TaskInput, caller: Caller, options?: SubmitOptions): Promise<Submitted>;
  batch(items: readonly (TaskInput & SubmitOptions)[], caller: Caller, options?: BatchOptions): Promise<readonly BatchItem[]>;
  /** A new task like a terminal one. */
  again(task: Task, options?: SubmitOptions): Promise<Submitted>;
  /** Sent to the store, not answered yet. */
  readonly inFlight: number;
}

type Answer = Submitted | { readonly error: TaskRouterError };

interface BatchOptions {
  readonly atomic?: boolean;
  /** Simulation that makes these tasks. */
  readonly simulation?: string;
}

interface SubmitDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly core: SchedulingCore;
  readonly admission: Admission;
  readonly due: Due;
  readonly deadlines: Deadlines;
  readonly wake: () => void;
  readonly options: { readonly nodeName: string; readonly maxWaiting: number };
}

/** The door: what is admitted is kept, enters the queue after its COMMIT, and is answered then. */
export function createSubmit({ store, clock, ids, core, admission, due, deadlines, wake, options }: SubmitDeps): Submit {
  let inFlight = 0;

  async function one(input: TaskInput, caller: Caller, { idempotency }: SubmitOptions = {}): Promise<Submitted> {
    let spec: TaskSpec;
    try {
      checkRoom(1);
      spec = admission.specOf(input, caller);
    } catch (refusal) {
      return earlier(tenantOf(input, caller), idempotency, refusal);
    }
    return keep(submissionOf(spec, { idempotency }));
  }

  async function batch(items: readonly (TaskInput & SubmitOptions)[], caller: Caller, { atomic = false, simulation }: BatchOptions = {}) {
    checkRoom(items.length);
    const results: BatchItem[] = new Array(items.length);
    const accepted: { readonly index: number; readonly submission: Submission }[] = [];
    for (const [index, item] of items.entries()) {
      try {
        const spec = admission.specOf(item, caller);
        accepted.push({ index, submission: submissionOf(spec, { idempotency: item.idempotency, simulation }) });
      } catch (refusal) {
        results[index] = await earlier(tenantOf(item, caller), item.idempotency, refusal).catch(asRefused);
      }
    }
    if (atomic) refuseIfAny(results);
    const answers = await commit(
      accepted.map((item) => item.submission),
      atomic,
    );
    for (const [i, answer] of answers.entries()) {
      const { index } = accepted[i] as { index: number }; // same length
      results[index] = answer;
    }
    if (atomic) refuseIfAny(results);
    return results;
  }

  async function again(task: Task, { idempotency }: SubmitOptions = {}): Promise<Submitted> {
    let spec: TaskSpec;
    try {
      checkRoom(1);
      spec = admission.specAgain(task);
    } catch (refusal) {
      return earlier(task.tenant, idempotency, refusal);
    }
    return keep(submissionOf(spec, { idempotency, retryOf: task.id }));
  }

  /**
   * A request that was answered before gets that answer again, also when it would be refused now: its deadline passed, its type is gone.
   * @throws the refusal, when the key is new.
   */
  async function earlier(tenant: string, idempotency: Idempotency | undefined, refusal: unknown): Promise<Submitted> {
    const known = idempotency && (await store.taskOfKey(tenant, idempotency.key, clock.now()));
    if (known === undefined) throw refusal;
    if (known.fingerprint !== idempotency?.fingerprint) throw keyReused;
    return { task: known.task, replayed: true };
  }

  async function keep(submission: Submission): Promise<Submitted> {
    const [answer] = await commitTogether([submission], false);
    if (answer === undefined || 'error' in answer) throw answer?.error;
    return answer;
  }

  /** A batch that may be split is: one call is one transaction, and nobody should wait behind ten thousand rows. */
  async function commit(submissions: readonly Submission[], atomic: boolean): Promise<readonly Answer[]> {
    const slices = atomic ? [submissions] : slicesOf(submissions, submissionsPerCommit);
    const answers = await Promise.allSettled(slices.map((slice) => commitTogether(slice, atomic)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    if (refused.length === answers.length && refused[0] !== undefined) throw refused[0].reason;
    return answers.flatMap((answer, i): readonly Answer[] =>
      answer.status === 'fulfilled' ? answer.value : (slices[i] ?? []).map(() => asRefused(answer.reason)),
    );
  }

  /** What one COMMIT accepted is in memory before anything that was committed later is heard of. */
  async function commitTogether(submissions: readonly Submission[], atomic: boolean): Promise<readonly Answer[]> {
    inFlight += submissions.length;
    try {
      return (await store.submitTasks(submissions, { atomic })).map(accept);
    } finally {
      inFlight -= submissions.length;
    }
  }

  function checkRoom(more: number): void {
    const { queued, delayed } = store.counts().byStatus;
    const waiting = queued + delayed + inFlight;
    if (waiting + more <= options.maxWaiting) return;
    throw new TaskRouterError('overloaded', `${waiting} tasks wait and the server keeps at most ${options.maxWaiting}. Try again later.`, {
      retryAfterS: 5,
    });
  }

  function submissionOf(
    spec: TaskSpec,
    extra: { idempotency?: Idempotency | undefined; retryOf?: TaskId; simulation?: string | undefined },
  ): Submission {
    return {
      id: ids.taskId(),
      spec,
      at: clock.now(),
      initiatedBy: options.nodeName,
      retryOf: extra.retryOf ?? null,
      idempotency: extra.idempotency ?? null,
      simulation: extra.simulation ?? null,
    };
  }

  function accept(receipt: SubmitReceipt): Answer {
    if (receipt.kind === 'duplicate') return { task: receipt.task, replayed: true };
    if (receipt.kind === 'key_reused') return { error: keyReused };
    if (receipt.kind === 'skipped') return { error: skipped };
    const { task } = receipt;
    if (task.status === 'queued') {
      core.submit(entryOf(task));
      wake();
    } else if (task.dueAt !== null) due.delay(task.seq, task.dueAt);
    if (task.deadline !== null) deadlines.watch(task.seq, task.deadline);
    return { task, replayed: false };
  }

  return {
    one,
    batch,
    again,
    get inFlight() {
      return inFlight;
    },
  };
}

/** A part of a batch that was refused, or not committed because the disk became full in between. Anything else is a fault of ours. */
function asRefused(reason: unknown): { readonly error: TaskRouterError } {
  if (reason instanceof TaskRouterError) return { error: reason };
  throw reason;
}

const keyReused = new TaskRouterError(
  'idempotency_key_reused',
  'This idempotency key was used for another request. Use a new key, or send the same body again.',
);
const skipped = new TaskRouterError('validation_failed', 'left out because another item of this atomic batch was refused');

/** @throws TaskRouterError with the problems of every refused item, paths led by the item's index. */
function refuseIfAny(results: readonly (BatchItem | undefined)[]): void {
  const problems = results.flatMap((result, index) =>
    result === undefined || !('error' in result) || result.error === skipped ? [] : pathsOf(result.error, index),
  );
  if (problems.length === 0) return;
  const message = `Nothing was accepted: ${problems.length} problems in an atomic batch, the first at ${problems[0]?.path}.`;
  throw new TaskRouterError('validation_failed', message, { errors: problems });
}

function pathsOf(error: Error, index: number): FieldError[] {
  const errors = error instanceof TaskRouterError ? error.errors : [];
  if (errors.length === 0) return [{ path: `/body/${index}`, message: error.message }];
  return errors.map(({ path, message }) => ({ path: path.replace('/body', `/body/${index}`), message }));
}
