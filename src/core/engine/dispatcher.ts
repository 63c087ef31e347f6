import { type DecisionRecord, whyOf } from '../domain/decision.ts';
import type { Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Remote } from '../ports/executor.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Claim, TaskStore } from '../ports/task-store.ts';
import type { Decision, SchedulingCore } from '../scheduling/core.ts';
import type { InputRecorder } from './input-recorder.ts';
import type { StorageWatch } from './storage-watch.ts';

/** Decisions of one turn, committed together: large enough to share a commit, small enough to keep the event loop responsive. */
const decisionsPerTurn = 500;
/** Deciding counts as stuck when a wake-up was not answered for this long. */
const stuckAfterMs = 5_000;

export interface Dispatcher {
  /** Something happened that may let a task start. Cheap; many wakes in a turn are one. */
  wake(): void;
  /** Decides nothing until `resume`; calls nest. */
  pause(): void;
  resume(): void;
  /** Decided, not committed yet. */
  readonly inFlight: number;
  /** Settles when every decision so far is committed and begun, or has lost its race. */
  landed(): Promise<void>;
  readonly scheduled: number;
  healthy(): boolean;
}

interface DispatcherDeps {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly core: SchedulingCore;
  /** What it is told. */
  readonly inputs: Pick<InputRecorder, 'isLong' | 'take'>;
  readonly storage: StorageWatch;
  readonly nodeName: string;
  readonly poolOf: (id: number) => Pool;
  /** Of a pool whose work runs on nodes. */
  readonly remoteOf: (pool: Pool) => Remote | undefined;
  /** A claim is committed: the attempt may begin. */
  readonly begin: (task: Task, pool: Pool, parts: readonly Pool[] | undefined) => void;
  /** After every turn of decisions. */
  readonly decided: (now: EpochMs) => void;
  readonly failed: (error: unknown) => void;
}

/** Turns decisions into running attempts: decide, commit the claims, hand over. Nothing starts before its COMMIT returned. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { store, clock, metrics, core, inputs, storage, nodeName, poolOf, remoteOf, begin, decided, failed } = deps;
  let wokenAt: number | undefined;
  let paused = 0;
  let inFlight = 0;
  let scheduled = 0;
  let landing: (() => void)[] = [];
  let disarm = () => {};

  function wake(): void {
    if (wokenAt !== undefined || paused > 0) return;
    wokenAt = clock.monotonicMs();
    clock.soon(turn);
  }

  function turn(): void {
    wokenAt = undefined;
    if (paused > 0 || storage.full) return;
    const now = clock.now();
    const startedMs = clock.monotonicMs();
    const records: DecisionRecord[] = [];
    const decisions = core.decide(now, decisionsPerTurn, records);
    metrics.decided((clock.monotonicMs() - startedMs) / 1_000, decisions.length);
    if (decisions.length > 0) claim(decisions, records, now).catch(failed);
    else if (inputs.isLong) note(now).catch(failed);
    if (decisions.length === decisionsPerTurn) wake();
    else wakeAtNextDue(now);
    decided(now);
  }

  function wakeAtNextDue(now: EpochMs): void {
    disarm();
    const dueAt = core.nextDueAt();
    if (dueAt !== Number.POSITIVE_INFINITY) disarm = clock.after(Math.max(1, dueAt - now), wake);
  }

  async function note(now: EpochMs): Promise<void> {
    const told = inputs.take();
    await storage.persist(() => store.recordInputs(told, now));
  }

  async function claim(decisions: readonly Decision[], records: readonly DecisionRecord[], now: EpochMs): Promise<void> {
    // Read before the COMMIT: the attempt runs on the pools as they were when it was decided.
    const pools = decisions.map((decision) => poolOf(decision.poolId));
    const parts = decisions.map(partsOf);
    const claims = decisions.map((decision, i) => claimOf(decision, records[i], pools[i] as Pool, parts[i], now)); // same length
    const told = inputs.take();
    inFlight += claims.length;
    try {
      const tasks = await storage.persist(() => store.claimTasks(claims, told));
      for (const [i, task] of tasks.entries()) {
        const pool = pools[i] as Pool; // same length
        if (task === undefined) lostRace((claims[i] as Claim).seq, parts[i] ?? [pool]);
        else {
          scheduled++;
          begin(task, pool, parts[i]);
        }
      }
    } finally {
      inFlight -= claims.length;
      if (inFlight === 0) tellLanded();
    }
  }

  /** Of a task of several parts: the pool of each. */
  function partsOf({ parts }: Decision): readonly Pool[] | undefined {
    return parts?.map(poolOf);
  }

  function tellLanded(): void {
    const waiters = landing;
    landing = [];
    for (const resolve of waiters) resolve();
  }

  /** Cancelled or expired between decision and commit: the slots go back. */
  function lostRace(seq: number, there: readonly Pool[]): void {
    for (const pool of there) remoteOf(pool)?.unreserve(seq);
    core.finish(seq, clock.now());
    wake();
  }

  function claimOf(
    decision: Decision,
    record: DecisionRecord | undefined,
    pool: Pool,
    partPools: readonly Pool[] | undefined,
    at: EpochMs,
  ): Claim {
    const { seq } = decision;
    const parts = partPools?.map(({ name }) => name);
    const nodes = partPools === undefined ? undefined : nodesOf(decision, partPools);
    const node = partPools === undefined ? nodeOf(decision, pool) : nodes?.find((each) => each !== null);
    return {
      seq,
      attempt: decision.attempt,
      at,
      pool: pool.name,
      parts,
      handledBy: node ?? nodeName,
      node,
      nodes,
      algorithm: decision.algorithm,
      details: {
        worker_pool: pool.name,
        algorithm: decision.algorithm,
        region: pool.region,
        cost_per_unit: pool.costPerUnit,
        attempt: decision.attempt,
        epoch: decision.epoch,
        ...(record === undefined ? {} : { why: whyOf(record) }),
        ...(decision.turn === undefined ? {} : { turn: { ...decision.turn } }),
        ...(node === undefined ? {} : { node }),
        ...(parts === undefined ? {} : { parts }),
        ...(nodes === undefined ? {} : { nodes }),
      },
    };
  }

  /** Most pools are of this server, and are asked nothing. */
  function nodeOf(decision: Decision, pool: Pool): string | undefined {
    return remoteOf(pool) === undefined ? undefined : reserve(decision, [pool])?.[0];
  }

  /** Of several parts: the node of each, `null` for those that need none; `undefined`: none is kept, or none is needed. */
  function nodesOf(decision: Decision, pools: readonly Pool[]): readonly (string | null)[] | undefined {
    const kept = reserve(decision, pools)?.values();
    return kept && pools.map((pool) => (remoteOf(pool) === undefined ? null : (kept.next().value ?? null)));
  }

  /** Room on nodes, for all that need some or for none. */
  function reserve({ seq, type, slots, parts }: Decision, pools: readonly Pool[]): readonly string[] | undefined {
    const remote = pools.map(remoteOf).find((one) => one !== undefined);
    if (remote === undefined) return undefined;
    const wishes = pools.map((pool, part) => ({ seq, part: parts && part, pool: pool.name, type, slots }));
    return remote.reserve(wishes.filter((_wish, i) => remoteOf(pools[i] as Pool) !== undefined)); // same length
  }

  return {
    wake,
    pause() {
      paused++;
      disarm();
    },
    resume() {
      paused--;
      wake();
    },
    get inFlight() {
      return inFlight;
    },
    landed: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => landing.push(resolve))),
    get scheduled() {
      return scheduled;
    },
    healthy: () => wokenAt === undefined || clock.monotonicMs() - wokenAt < stuckAfterMs,
  };
}
