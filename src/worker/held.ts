import type { Outcome } from '../core/domain/attempt.ts';
import type { Pool } from '../core/domain/pool.ts';
import type { Task } from '../core/domain/task.ts';
import { createStopSwitch, type StopSwitch } from '../core/executors/stop-switch.ts';
import type { AttemptHandle, Executor, Part } from '../core/ports/executor.ts';
import type { WireLease, WireStop } from './node-api.ts';

/** Work of this node: from its lease to the answer to its report. */
export interface Held {
  /** Every lease that still counts, results that were not answered included. */
  leases(): readonly string[];
  readonly running: number;
  start(lease: WireLease): void;
  /** What the server wants stopped. `lease_lost`: and nobody waits for its result. @returns those of work that runs and had not been told */
  stop(stops: readonly WireStop[]): readonly WireStop[];
  /** The leases are over: everything stops, and nothing of it is reported. */
  forfeit(): void;
  /** Everything stops and is handed back. */
  release(): void;
  /** The report of a lease was answered for good. */
  answered(lease: string): void;
  leaseOf(attempt: AttemptHandle): WireLease | undefined;
  /** Settles when nothing runs. */
  idle(): Promise<void>;
}

interface HeldDeps {
  readonly pool: string;
  readonly slots: number;
  /** The first that runs the type. */
  readonly executors: readonly Executor[];
  readonly ended: (lease: string, outcome: Outcome) => void;
  /** It could begin. Settles when all parts of its task can, or when `signal` is raised. */
  readonly ready: (lease: string, signal: AbortSignal) => Promise<void>;
}

interface Work {
  readonly stop: StopSwitch;
  /** Its result counts. */
  counts: boolean;
  isReleased: boolean;
  isRunning: boolean;
}

export function createHeld({ pool, slots, executors, ended, ready }: HeldDeps): Held {
  const works = new Map<string, Work>();
  const here = poolOf(pool, slots);
  const leaseOf = new WeakMap<AttemptHandle, WireLease>();
  let running = 0;
  let waiters: (() => void)[] = [];

  function start(lease: WireLease): void {
    if (works.has(lease.lease)) return; // the server said it twice
    const work: Work = { stop: createStopSwitch(), counts: true, isReleased: false, isRunning: true };
    works.set(lease.lease, work);
    running++;
    const attempt = attemptOf(lease, here, work.stop, () => ready(lease.lease, work.stop.signal));
    leaseOf.set(attempt, lease);
    run(attempt).then((outcome) => finished(lease.lease, work, outcome));
  }

  async function run(attempt: AttemptHandle): Promise<Outcome> {
    const { type } = attempt.task;
    const executor = executors.find(({ types }) => types === undefined || types.includes(type));
    if (executor === undefined) return { kind: 'failed', code: 'no_handler', message: `This node does not run ${type}.`, retryable: true };
    return executor.run(attempt).catch((error: unknown): Outcome => ({ kind: 'lost', message: String(error) }));
  }

  function finished(lease: string, work: Work, outcome: Outcome): void {
    work.isRunning = false;
    running--;
    if (work.counts) ended(lease, work.isReleased && outcome.kind !== 'succeeded' ? { kind: 'released' } : outcome);
    else works.delete(lease);
    if (running > 0) return;
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  }

  function drop(lease: string, work: Work): void {
    work.counts = false;
    work.stop.throw('lease_lost');
    if (!work.isRunning) works.delete(lease);
  }

  return {
    leases: () => [...works].flatMap(([lease, { counts }]) => (counts ? [lease] : [])),
    get running() {
      return running;
    },
    start,
    stop(stops) {
      const told = stops.filter(({ lease }) => {
        const work = works.get(lease);
        return work?.isRunning === true && !work.stop.isThrown;
      });
      for (const { lease, reason } of stops) {
        const work = works.get(lease);
        if (work === undefined) continue;
        if (reason === 'lease_lost') drop(lease, work);
        else work.stop.throw(reason);
      }
      return told;
    },
    forfeit() {
      for (const [lease, work] of [...works]) if (work.isRunning) drop(lease, work);
    },
    release() {
      for (const work of works.values()) {
        work.isReleased = true;
        work.stop.throw('drain');
      }
    },
    answered(lease) {
      works.delete(lease);
    },
    leaseOf: (attempt) => leaseOf.get(attempt),
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
  };
}

/** What executors look at is what came with the lease; the rest is as if nothing had been asked. No spreads: it is made for every attempt. */
function attemptOf(lease: WireLease, pool: Pool, stop: StopSwitch, ready: () => Promise<void>): AttemptHandle {
  const task: Task = {
    seq: 0,
    id: lease.task_id,
    tenant: lease.tenant,
    type: lease.type,
    status: 'processing',
    payload: lease.payload,
    attempt: lease.attempt,
    attemptsUsed: lease.attempt,
    slots: lease.slots,
    parts: lease.parts ?? 1,
    placement: null,
    timeoutMs: lease.timeout_ms,
    maxAttempts: lease.attempt,
    priority: 5,
    cost: 1,
    region: null,
    regions: null,
    regionMode: 'prefer',
    resourceType: null,
    constraints: null,
    estimateMs: null,
    deadline: null,
    maxCost: null,
    runAt: null,
    metadata: null,
    enqueuedAt: 0,
    readyAt: 0,
    dueAt: null,
    startedAt: null,
    completedAt: null,
    pool: pool.name,
    nodeId: null,
    partNodes: null,
    initiatedBy: '',
    handledBy: null,
    algorithmUsed: null,
    actualCost: null,
    result: null,
    error: null,
    cancelRequestedAt: null,
    retryOf: null,
    dependsOn: null,
    version: 0,
  };
  return {
    task,
    attempt: lease.attempt,
    part: partOf(lease, ready),
    pool,
    parents: (lease.parents ?? []).map(({ task: id, name, status, result, attempt = 0 }) => ({ id, name, status, result, attempt })),
    get signal() {
      return stop.signal;
    },
    onStop: stop.onStop,
    onSettled() {},
  };
}

/** Each is run by itself here: the server sees to what they do together. */
function partOf({ part = 0, parts = 1 }: WireLease, ready: () => Promise<void>): Part | undefined {
  return parts === 1 ? undefined : { index: part, count: parts, together: 1, ready };
}

function poolOf(name: string, slots: number): Pool {
  const rest = {
    state: 'active',
    typeLimits: {},
    labels: {},
    carbonGramsPerKwh: null,
    cooling: null,
    simulated: null,
    version: 0,
  } as const;
  const what = { region: '', resourceType: 'cpu', costPerUnit: 0, executor: 'node', types: ['*'], speed: 1 } as const;
  return { id: 0, name, capacity: slots, ...what, ...rest };
}
