import { TaskRouterError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { bulkStatuses, type Operation, type OperationAction } from '../domain/operation.ts';
import type { Task } from '../domain/task.ts';
import type { Ms, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { OperationStore } from '../ports/operation-store.ts';
import type { TaskFilter, TaskStore } from '../ports/task-store.ts';
import type { BulkOperations, BulkRequest, Caller, Idempotency, Matched } from './engine.ts';
import { type Begun, createKeyed } from './keyed.ts';
import type { StorageWatch } from './storage-watch.ts';

/** Tasks of one slice: they share a commit, and others get their turn between two. */
const tasksPerSlice = 200;
/** After the server refused for want of room. */
const retryAfterMs: Ms = 1_000;
/** Operations at the same time: of one tenant (of those who see all: together), and of everybody. */
const mostOfTenant = 4;
const mostOfAll = 16;
const placeRetryAfterS = 10;
/** How often the tasks of a slice are tried while a limit of their tenant or type is in the way: others wait behind them. */
const mostQuotaRounds = 10;

export interface Bulk extends BulkOperations {
  /** Start-up: goes on with what was running. */
  resume(): Promise<void>;
  /** Drain: begins no slice any more; what is unfinished goes on after the next start. */
  halt(): Promise<void>;
}

interface BulkDeps {
  readonly store: OperationStore & TaskStore;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly storage: StorageWatch;
  readonly cancel: (task: Task, by: string) => Promise<unknown>;
  /** @param key under which the retry is made once */
  readonly retry: (task: Task, key: string) => Promise<unknown>;
  readonly failed: (error: unknown) => void;
}

interface Run {
  operation: Operation;
  isStopped: boolean;
  /** Ends a pause. */
  wake: () => void;
  /** Those who wait for its end, but not for room on the disk. */
  readonly waiters: (() => void)[];
  readonly ended: Promise<void>;
}

/** Refusals that pass by themselves. */
const passing: readonly string[] = ['overloaded', 'rate_limited', 'storage_full', 'draining', 'starting'];

/**
 * Cancels or retries all tasks that match a filter, from the newest that was there when it began to the oldest, in slices. How far it got is
 * stored with every slice. A slice that a crash cut off is done again: a cancel finds its tasks cancelled, a retry has a key of its own for
 * each task, so nothing is done twice; only its count may be short of what was done.
 */
export function createBulk({ store, clock, ids, storage, cancel, retry, failed }: BulkDeps): Bulk {
  const runs = new Map<string, Run>();
  const keyed = createKeyed(clock);
  /** Tenants of operations that are being stored for the first time. */
  const beginning: (string | null)[] = [];
  let isHalted = false;

  async function count({ action, filter }: BulkRequest, { tenant }: Caller): Promise<Matched> {
    const { total, totalIsCapped } = await store.tasks({ filter: within(action, filter, tenant), limit: 1 });
    return { matched: total, matchedIsCapped: totalIsCapped };
  }

  async function start(request: BulkRequest, caller: Caller, again?: Idempotency) {
    const { action } = request;
    const tenant = caller.tenant ?? null;
    const filter = within(action, request.filter, caller.tenant);
    const made = await keyed<Operation | undefined>(again, {
      known: async (key) => begunOf(await store.operationOfKey(tenant, key)),
      make: () =>
        inPlace(tenant, async () => {
          const found = await count(request, caller);
          if (found.matched === 0 && !found.matchedIsCapped) return undefined; // nothing to do is nothing done
          const operation: Operation = {
            ...{ id: ids.taskId(), action, filter: plain(filter), tenant, by: caller.name },
            ...{ key: again?.key ?? null, fingerprint: again?.fingerprint ?? null, before: store.lastSeq() + 1 },
            ...found,
            ...{ done: 0, skipped: 0, refused: 0, reason: null, startTime: clock.now(), endTime: null, status: 'running' },
          };
          await store.putOperation(operation);
          begin(operation);
          return operation;
        }),
    });
    return { operation: made.value, replayed: made.replayed };
  }

  /** @throws TaskRouterError `quota_exceeded` */
  async function inPlace<T>(tenant: string | null, make: () => Promise<T>): Promise<T> {
    const held = [...Array.from(runs.values(), ({ operation }) => operation.tenant), ...beginning];
    const own = held.filter((one) => one === tenant).length;
    const most = own >= mostOfTenant ? `${mostOfTenant} operations of yours` : `${mostOfAll} operations of all tenants`;
    if (own >= mostOfTenant || held.length >= mostOfAll)
      throw new TaskRouterError(
        'quota_exceeded',
        `At most ${most} may run at the same time, and as many do. Stop one, or wait until one has ended.`,
        {
          retryAfterS: placeRetryAfterS,
        },
      );
    beginning.push(tenant);
    try {
      return await make();
    } finally {
      beginning.splice(beginning.indexOf(tenant), 1);
    }
  }

  function begin(operation: Operation): void {
    const ended = new Promise<void>((resolve) => clock.soon(() => resolve(work().catch((error) => breakOff(run, error)))));
    const run: Run = { operation, isStopped: false, wake: () => {}, waiters: [], ended };
    runs.set(operation.id, run);

    async function work(): Promise<void> {
      while (!isHalted && !run.isStopped) {
        const { before, filter } = run.operation;
        const page = await store.tasks({ filter: filter as TaskFilter, limit: tasksPerSlice, before });
        if (page.tasks.length === 0 && !page.hasOlder) return end(run, 'completed', run.operation.reason);
        if (page.tasks.length > 0) await slice(run, page.tasks);
        else await save(run, { ...run.operation, before: page.lookedDownTo }); // matches are rare, and the search was cut short
      }
      if (run.isStopped) return end(run, 'stopped', run.operation.reason);
      runs.delete(operation.id);
    }
  }

  /** All tasks of a page, in one commit; those there is no room for now are tried again, for a quota only so often. */
  async function slice(run: Run, tasks: readonly Task[]): Promise<void> {
    let left = tasks;
    for (let round = 1; left.length > 0 && !isHalted && !run.isStopped; round++) {
      const waitsForQuota = round < mostQuotaRounds;
      const results = await Promise.all(left.map((task) => one(run.operation, task, waitsForQuota)));
      const waiting = left.filter((_, i) => results[i] === 'later');
      const lowest = waiting[0] === undefined ? tasks.at(-1)?.seq : waiting[0].seq + 1;
      if (waiting.length < left.length) await save(run, counted(run.operation, results, lowest));
      left = waiting;
      if (left.length > 0) await pause(run);
    }
  }

  async function one(operation: Operation, task: Task, waitsForQuota: boolean): Promise<Result> {
    try {
      await (operation.action === 'cancel' ? cancel(task, operation.by) : retry(task, `operation:${operation.id}:${task.seq}`));
      return 'done';
    } catch (error) {
      if (!(error instanceof TaskRouterError)) throw error;
      if (passing.includes(error.code) || (error.code === 'quota_exceeded' && waitsForQuota)) return 'later';
      return error.code === 'wrong_status' || error.code === 'not_found' ? 'skipped' : { reason: error.message };
    }
  }

  function pause(run: Run): Promise<void> {
    if (isHalted || run.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const disarm = clock.after(retryAfterMs, resolve);
      run.wake = () => {
        disarm();
        resolve();
      };
    });
  }

  async function end(run: Run, status: Operation['status'], reason: string | null): Promise<void> {
    await save(run, { ...run.operation, status, reason, endTime: clock.now() });
    runs.delete(run.operation.id);
  }

  /** A bug, or a store that failed: then nothing can be stored either, and the next start goes on. */
  async function breakOff(run: Run, error: unknown): Promise<void> {
    failed(error);
    const reason = 'The server met an error, which its log has. Begin it again for what is left.';
    await end(run, 'failed', reason).catch(() => runs.delete(run.operation.id));
  }

  async function save(run: Run, operation: Operation): Promise<void> {
    run.operation = operation;
    const put = async () => {
      try {
        await store.putOperation(operation);
      } finally {
        if (storage.full) release(run);
      }
    };
    await storage.persist(put);
  }

  /** Settles when it has ended, or when what it did last waits for room on the disk. */
  function rest(run: Run): Promise<unknown> {
    if (storage.full) return Promise.resolve();
    return Promise.race([run.ended, new Promise<void>((resolve) => run.waiters.push(resolve))]);
  }

  async function get(id: string, { tenant }: Caller): Promise<Operation | undefined> {
    const operation = runs.get(id)?.operation ?? (await store.operation(id));
    return operation === undefined || (tenant !== undefined && operation.tenant !== tenant) ? undefined : operation;
  }

  async function stop(id: string, caller: Caller): Promise<Operation | undefined> {
    const operation = await get(id, caller);
    const run = operation === undefined ? undefined : runs.get(id);
    if (run === undefined) return operation;
    run.isStopped = true;
    run.wake();
    await rest(run);
    return run.operation;
  }

  return {
    count,
    start,
    get,
    stop,
    async resume() {
      for (const operation of await store.runningOperations()) begin(operation);
    },
    async halt() {
      isHalted = true;
      for (const run of runs.values()) run.wake();
      await Promise.all(Array.from(runs.values(), rest));
    },
  };
}

function release({ waiters }: Run): void {
  for (const wake of waiters.splice(0)) wake();
}

function begunOf(value: Operation | undefined): Begun<Operation> | undefined {
  return value === undefined ? undefined : { value, at: value.startTime, fingerprint: value.fingerprint };
}

type Result = 'done' | 'skipped' | 'later' | { readonly reason: string };

function counted(operation: Operation, results: readonly Result[], before: Seq | undefined): Operation {
  const reasons = results.filter((result) => typeof result === 'object');
  const tally = (wanted: Result) => results.filter((result) => result === wanted).length;
  return {
    ...operation,
    before: before ?? operation.before,
    done: operation.done + tally('done'),
    skipped: operation.skipped + tally('skipped'),
    refused: operation.refused + reasons.length,
    reason: reasons.at(-1)?.reason ?? operation.reason,
  };
}

/** @throws TaskRouterError `validation_failed` */
function within(action: OperationAction, filter: TaskFilter, tenant: string | undefined): TaskFilter {
  const { possible, usual } = bulkStatuses[action];
  const wrong = filter.status?.find((status) => !possible.some((one) => one === status));
  if (wrong !== undefined) {
    const message = `must be some of ${possible.join(', ')} to ${action}, and it was ${wrong}`;
    throw new TaskRouterError('validation_failed', `status ${message}.`, { errors: [{ path: '/body/filter/status', message }] });
  }
  return { ...filter, status: filter.status ?? usual, ...(tenant === undefined ? {} : { tenant }) };
}

/** Words and numbers, and lists of words. */
function plain(filter: TaskFilter): JsonObject {
  return { ...filter } as unknown as JsonObject;
}
