import { TaskRouterError } from '../domain/errors.ts';
import { entryOf, type Task, type TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskId } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { NewDependencies, Submission, SubmitReceipt, TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import { type Admission, tenantOf } from './admission.ts';
import type { Deadlines } from './deadlines.ts';
import type { DependencyWatch } from './dependencies.ts';
import type { Due } from './due.ts';
import type { BatchItem, Caller, Idempotency, SubmitOptions, Submitted } from './engine.ts';
import { type Answer, type Entering, type Extra, parentRefused, skipped } from './entering.ts';
import type { Parents } from './parents.ts';
import { type BatchEntry, type BatchOptions, createBatch } from './submit-batch.ts';
import type { SubmitGates } from './submit-gates.ts';

export interface Submit {
  one(input: TaskInput, caller: Caller, options?: OneOptions): Promise<Submitted>;
  batch(items: readonly BatchEntry[], caller: Caller, options?: BatchOptions): Promise<readonly BatchItem[]>;
  /** A new task like a terminal one. */
  again(task: Task, options?: OneOptions): Promise<Submitted>;
  /** Sent to the store, not answered yet. */
  readonly inFlight: number;
}

/** `id`: what belongs to the task lies under it already. */
type OneOptions = SubmitOptions & { readonly id?: TaskId };

interface SubmitDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly core: SchedulingCore;
  readonly admission: Admission;
  readonly gates: SubmitGates;
  readonly due: Due;
  readonly dependencies: DependencyWatch;
  readonly parents: Parents;
  readonly deadlines: Deadlines;
  readonly wake: () => void;
  readonly options: { readonly nodeName: string; readonly maxWaiting: number };
}

/** The door: what is admitted is kept, enters the queue after its COMMIT, and is answered then. */
export function createSubmit(deps: SubmitDeps): Submit {
  const { store, clock, ids, core, admission, gates, due, dependencies, parents, deadlines, wake, options } = deps;
  let inFlight = 0;

  async function one(input: TaskInput, caller: Caller, { idempotency, id }: OneOptions = {}): Promise<Submitted> {
    const tenant = tenantOf(input, caller);
    const resolve = input.dependsOn === undefined ? undefined : () => parents.of(input, tenant);
    return keep(tenant, { idempotency, id }, () => admission.specOf(input, caller), resolve);
  }

  async function again(task: Task, { idempotency, id }: OneOptions = {}): Promise<Submitted> {
    return keep(
      task.tenant,
      { idempotency, id, retryOf: task.id },
      () => admission.specAgain(task),
      task.dependsOn === null ? undefined : () => parents.again(task),
    );
  }

  async function keep(
    tenant: string,
    extra: Extra,
    admit: () => TaskSpec,
    resolve?: () => Promise<NewDependencies | null>,
  ): Promise<Submitted> {
    let entering: Entering;
    try {
      checkRoom(1);
      const spec = admit();
      entering = enter(spec, resolve === undefined ? extra : { ...extra, dependsOn: await resolve() });
    } catch (refusal) {
      const replay = await replayOf(tenant, extra.idempotency);
      if (replay === undefined) throw refusal;
      return replay;
    }
    const [answer] = await commitTogether([entering], false);
    if (answer === undefined || 'error' in answer) throw answer?.error;
    return answer;
  }

  /**
   * A request that was answered before gets that answer again, also when it would be refused now: its deadline passed, its type is gone,
   * its tenant's queue is full. `undefined`: the key is new, or there is none.
   */
  async function replayOf(tenant: string, idempotency: Idempotency | undefined): Promise<Submitted | undefined> {
    const known = idempotency && (await store.taskOfKey(tenant, idempotency.key, clock.now()));
    if (known === undefined) return undefined;
    if (known.fingerprint !== idempotency?.fingerprint) throw keyReused;
    return { task: known.task, replayed: true };
  }

  /** @throws TaskRouterError of the gates */
  function enter(spec: TaskSpec, extra: Extra): Entering {
    return { places: gates.enter(spec), submission: submissionOf(spec, extra) };
  }

  /** What one COMMIT accepted is in memory before anything that was committed later is heard of. */
  async function commitTogether(entering: readonly Entering[], atomic: boolean): Promise<readonly Answer[]> {
    inFlight += entering.length;
    let answered = false;
    try {
      const receipts = await store.submitTasks(
        entering.map(({ submission }) => submission),
        { atomic },
      );
      answered = true;
      return receipts.map((receipt, i) => accept(receipt, entering[i] as Entering)); // same length
    } finally {
      inFlight -= entering.length;
      if (!answered) drop(entering);
    }
  }

  function drop(entering: readonly Entering[]): void {
    for (const { submission, places } of entering) gates.drop(submission.spec, places);
  }

  function checkRoom(more: number): void {
    const { queued, delayed } = store.counts().byStatus;
    const waiting = queued + delayed + inFlight;
    if (waiting + more <= options.maxWaiting) return;
    throw new TaskRouterError('overloaded', `${waiting} tasks wait and the server keeps at most ${options.maxWaiting}. Try again later.`, {
      retryAfterS: 5,
    });
  }

  function submissionOf(spec: TaskSpec, extra: Extra): Submission {
    return {
      id: extra.id ?? ids.taskId(),
      spec,
      at: clock.now(),
      initiatedBy: options.nodeName,
      retryOf: extra.retryOf ?? null,
      idempotency: extra.idempotency ?? null,
      dependsOn: extra.dependsOn ?? null,
      simulation: extra.simulation ?? null,
    };
  }

  function accept(receipt: SubmitReceipt, { submission, places }: Entering): Answer {
    if (receipt.kind !== 'accepted') gates.drop(submission.spec, places);
    if (receipt.kind === 'duplicate') return { task: receipt.task, replayed: true };
    if (receipt.kind === 'key_reused') return { error: keyReused };
    if (receipt.kind === 'skipped') return { error: submission.dependsOn === null ? skipped : parentRefused };
    gates.keep(places);
    const { task } = receipt;
    if (task.status === 'queued') {
      core.submit(entryOf(task));
      wake();
    } else if (submission.dependsOn?.waits === true) dependencies.watch(task);
    else if (task.dueAt !== null) due.delay(task.seq, task.dueAt);
    if (task.deadline !== null) deadlines.watch(task, task.deadline);
    return { task, replayed: false };
  }

  return {
    one,
    batch: createBatch({ admission, parents, checkRoom, replayOf, enter, drop, commit: commitTogether }),
    again,
    get inFlight() {
      return inFlight;
    },
  };
}

const keyReused = new TaskRouterError(
  'idempotency_key_reused',
  'This idempotency key was used for another request. Use a new key, or send the same body again.',
);
