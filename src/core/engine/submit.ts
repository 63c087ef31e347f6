import { type FieldError, TaskRouterError } from '../domain/errors.ts';
import { entryOf, type Task, type TaskEntry, type TaskSpec } from '../domain/task.ts';
import type { TaskInput } from '../domain/task-input.ts';
import type { TaskType } from '../domain/task-type.ts';
import type { EpochMs, TaskId } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Submission, SubmitReceipt, TaskStore } from '../ports/task-store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Catalogue } from './catalogue.ts';
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
  readonly catalogue: Catalogue;
  readonly due: Due;
  readonly deadlines: Deadlines;
  readonly wake: () => void;
  readonly options: { readonly nodeName: string; readonly region: string; readonly maxWaiting: number };
}

/** The door: fills in what the client left open, refuses what could never run, keeps the rest, and answers after the COMMIT. */
export function createSubmit({ store, clock, ids, core, catalogue, due, deadlines, wake, options }: SubmitDeps): Submit {
  let inFlight = 0;

  async function one(input: TaskInput, caller: Caller, { idempotency }: SubmitOptions = {}): Promise<Submitted> {
    checkRoom(1);
    const spec = specOf(input, caller);
    return keep(submissionOf(spec, { idempotency }));
  }

  async function batch(items: readonly (TaskInput & SubmitOptions)[], caller: Caller, { atomic = false, simulation }: BatchOptions = {}) {
    checkRoom(items.length);
    const results: BatchItem[] = new Array(items.length);
    const accepted: { readonly index: number; readonly submission: Submission }[] = [];
    for (const [index, item] of items.entries()) {
      try {
        const spec = specOf(item, caller);
        accepted.push({ index, submission: submissionOf(spec, { idempotency: item.idempotency, simulation }) });
      } catch (error) {
        if (!(error instanceof TaskRouterError)) throw error;
        results[index] = { error };
      }
    }
    if (atomic) refuseIfAny(results);
    const receipts = await commit(
      accepted.map((item) => item.submission),
      atomic,
    );
    for (const [i, receipt] of receipts.entries()) {
      const { index } = accepted[i] as { index: number }; // same length
      results[index] = accept(receipt);
    }
    if (atomic) refuseIfAny(results);
    return results;
  }

  async function again(task: Task, { idempotency }: SubmitOptions = {}): Promise<Submitted> {
    checkRoom(1);
    const spec: TaskSpec = { ...specFrom(task), runAt: null, deadline: null };
    return keep(submissionOf(spec, { idempotency, retryOf: task.id }));
  }

  async function keep(submission: Submission): Promise<Submitted> {
    const [receipt] = await commit([submission], false);
    const submitted = accept(receipt as SubmitReceipt); // one item, one receipt
    if ('error' in submitted) throw submitted.error;
    return submitted;
  }

  /** A batch that may be split is: one call is one transaction, and nobody should wait behind ten thousand rows. */
  async function commit(submissions: readonly Submission[], atomic: boolean): Promise<readonly (SubmitReceipt | TaskRouterError)[]> {
    const slices = atomic ? [submissions] : slicesOf(submissions, submissionsPerCommit);
    inFlight += submissions.length;
    try {
      const answers = await Promise.allSettled(slices.map((slice) => store.submitTasks(slice, { atomic })));
      const refused = answers.filter((answer) => answer.status === 'rejected');
      if (refused.length === answers.length && refused[0] !== undefined) throw refused[0].reason;
      return answers.flatMap((answer, i): readonly (SubmitReceipt | TaskRouterError)[] =>
        answer.status === 'fulfilled' ? answer.value : (slices[i] ?? []).map(() => asRefusal(answer.reason)),
      );
    } finally {
      inFlight -= submissions.length;
    }
  }

  function checkRoom(more: number): void {
    const waiting = core.waiting + inFlight;
    if (waiting + more <= options.maxWaiting) return;
    throw new TaskRouterError('overloaded', `${waiting} tasks wait and the server keeps at most ${options.maxWaiting}. Try again later.`, {
      retryAfterS: 5,
    });
  }

  function specOf(input: TaskInput, caller: Caller): TaskSpec {
    const type = catalogue.type(input.type);
    if (type === undefined) throw unknownType(input.type);
    const now = clock.now();
    const problems = [...missing(input, type), ...outOfPlace(input, caller, now)];
    if (problems.length > 0) throw invalid(problems);
    const spec: TaskSpec = {
      tenant: input.tenant ?? caller.tenant ?? 'default',
      type: type.name,
      priority: input.priority ?? 5,
      cost: input.cost ?? 1,
      region: input.region === undefined ? options.region : input.region,
      regionMode: input.regionMode ?? 'prefer',
      resourceType: input.resourceType === undefined ? type.resourceType : input.resourceType,
      slots: input.slots ?? 1,
      estimateMs: input.estimateMs ?? null,
      deadline: input.deadline ?? null,
      maxCost: input.maxCost ?? null,
      runAt: input.runAt ?? null,
      timeoutMs: input.timeoutMs ?? type.timeoutMs,
      maxAttempts: input.maxAttempts ?? type.maxAttempts,
      metadata: input.metadata ?? null,
      payload: input.payload ?? null,
    };
    if (input.acceptUnroutable !== true) checkRoutable(spec);
    return spec;
  }

  function outOfPlace(input: TaskInput, caller: Caller, now: EpochMs): FieldError[] {
    const problems: FieldError[] = [];
    if (caller.tenant !== undefined && input.tenant !== undefined && input.tenant !== caller.tenant)
      problems.push({ path: '/body/tenant', message: `must be ${caller.tenant}, the tenant of your key` });
    const regions = catalogue.regions();
    if (typeof input.region === 'string' && input.region !== options.region && !regions.includes(input.region))
      problems.push({ path: '/body/region', message: `must be one of ${regions.join(', ')}, and it was ${input.region}` });
    if (input.regionMode === 'require' && input.region === null)
      problems.push({ path: '/body/region_mode', message: 'require needs a region' });
    if (typeof input.deadline === 'number' && input.deadline <= now)
      problems.push({ path: '/body/deadline', message: 'must be in the future' });
    if (typeof input.deadline === 'number' && typeof input.runAt === 'number' && input.deadline <= input.runAt)
      problems.push({ path: '/body/deadline', message: 'must be after run_at' });
    return problems;
  }

  function checkRoutable(spec: TaskSpec): void {
    const hold = core.unroutable(asEntry(spec));
    if (hold !== undefined)
      throw new TaskRouterError('unroutable', `${hold.summary} Change the task, or send accept_unroutable: true to let it wait.`);
  }

  function unknownType(name: string): TaskRouterError {
    const known = catalogue.types().map((type) => type.name);
    const message = `Invalid task type: ${name}. Known types: ${known.join(', ')}.`;
    return new TaskRouterError('unknown_reference', message, {
      errors: [{ path: '/body/type', message: `must be one of ${known.join(', ')}` }],
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

  function accept(receipt: SubmitReceipt | TaskRouterError): Submitted | { readonly error: TaskRouterError } {
    if (receipt instanceof TaskRouterError) return { error: receipt };
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

/** A part of a batch that was not committed: the disk became full in between. Anything else is a fault of ours. */
function asRefusal(reason: unknown): TaskRouterError {
  if (reason instanceof TaskRouterError) return reason;
  throw reason;
}

const keyReused = new TaskRouterError(
  'idempotency_key_reused',
  'This idempotency key was used for another request. Use a new key, or send the same body again.',
);
const skipped = new TaskRouterError('validation_failed', 'left out because another item of this atomic batch was refused');

function missing(input: TaskInput, type: TaskType): FieldError[] {
  return type.requires
    .filter((field) => input[field] === undefined)
    .map((field) => ({ path: `/body/${field}`, message: `is required for tasks of type ${type.name}` }));
}

function invalid(problems: readonly FieldError[]): TaskRouterError {
  const first = problems[0];
  const field = first?.path.slice(first.path.lastIndexOf('/') + 1);
  return new TaskRouterError('validation_failed', `${field} ${first?.message}.`, { errors: problems });
}

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

function specFrom(task: Task): TaskSpec {
  const { tenant, type, priority, cost, region, regionMode, resourceType, slots, estimateMs, deadline, maxCost, runAt } = task;
  const { timeoutMs, maxAttempts, metadata, payload } = task;
  const where = { region, regionMode, resourceType, slots };
  return { tenant, type, priority, cost, ...where, estimateMs, deadline, maxCost, runAt, timeoutMs, maxAttempts, metadata, payload };
}

function asEntry(spec: TaskSpec): TaskEntry {
  const { tenant, type, priority, cost, region, regionMode, resourceType, slots, estimateMs, deadline, maxCost } = spec;
  return {
    seq: 0,
    attempt: 0,
    readyAt: 0,
    tenant,
    type,
    priority,
    cost,
    region,
    regionMode,
    resourceType,
    slots,
    estimateMs,
    deadline,
    maxCost,
  };
}
