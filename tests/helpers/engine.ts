import type { Outcome } from '../../src/core/domain/attempt.ts';
import type { PoolSpec } from '../../src/core/domain/pool.ts';
import type { TaskInput } from '../../src/core/domain/task-input.ts';
import { type TaskTypeSpec, unlimitedType } from '../../src/core/domain/task-type.ts';
import type { Ms } from '../../src/core/domain/units.ts';
import { createEngine } from '../../src/core/engine/create-engine.ts';
import type { Caller } from '../../src/core/engine/engine.ts';
import type { EngineDeps, EngineOptions } from '../../src/core/engine/wiring.ts';
import type { AttemptHandle, Executor } from '../../src/core/ports/executor.ts';
import type { Logger } from '../../src/core/ports/logger.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import type { PlanSolver } from '../../src/core/ports/plan-solver.ts';
import type { ReplayRunner } from '../../src/core/ports/replay-runner.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../../src/core/replay/virtual-clock.ts';
import type { SchedulingCore } from '../../src/core/scheduling/core.ts';
import type { StoreImage } from '../../src/store/memory/image.ts';
import { type CommitFault, createMemoryStore } from '../../src/store/memory/memory-store.ts';

export const caller: Caller = { name: 'tester', tenant: undefined };
export const silent: Logger = { info() {}, warn() {}, error() {} };

export function aPool(overrides: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name: 'p',
    region: 'us-east',
    resourceType: 'cpu',
    costPerUnit: 2,
    capacity: 1,
    executor: 'simulated',
    types: ['*'],
    speed: 1,
    carbonGramsPerKwh: null,
    cooling: null,
    state: 'active',
    typeLimits: {},
    labels: {},
    simulated: { latencyMs: [1, 2], failureRatio: 0, seed: 0 },
    ...overrides,
  };
}

export function aType(overrides: Partial<TaskTypeSpec> = {}): TaskTypeSpec {
  return {
    name: 'job',
    description: '',
    requires: [],
    ...unlimitedType,
    timeoutMs: 60_000,
    maxAttempts: 3,
    resourceType: null,
    origin: 'catalogue',
    ...overrides,
  };
}

/** An executor whose attempts end when the test says so, those of several parts in all of them. A stop is obeyed, and a close too, unless `isDeaf`. */
export function createHands() {
  /** By seq, one for each part. */
  const running = new Map<number, { readonly handle: AttemptHandle; readonly end: (outcome: Outcome) => void }[]>();
  const started: string[] = [];
  const hands = {
    isDeaf: false,
    /** Seq and attempt of everything that was handed over, in order. */
    started: started as readonly string[],
    get running(): readonly number[] {
      return [...running.keys()];
    },
    parentsOf: (seq: number) => running.get(seq)?.[0]?.handle.parents,
    reasonOf: (seq: number): unknown => running.get(seq)?.[0]?.handle.signal.reason,
    end(seq: number, outcome: Outcome = { kind: 'succeeded', result: seq }): void {
      const parts = running.get(seq);
      if (parts === undefined) throw new Error(`task ${seq} does not run`);
      running.delete(seq);
      for (const { end } of parts) end(outcome);
    },
  };
  const executor: Executor = {
    name: 'simulated',
    types: undefined,
    run(handle) {
      const { seq } = handle.task;
      if ((handle.part?.index ?? 0) === 0) started.push(`${seq}/${handle.attempt}`);
      return new Promise((end) => {
        running.set(seq, [...(running.get(seq) ?? []), { handle, end }]);
        const stop = () => {
          if (!hands.isDeaf && running.has(seq)) hands.end(seq, { kind: 'stopped' });
        };
        handle.signal.addEventListener('abort', stop);
        if (handle.signal.aborted) stop();
      });
    },
    async close() {
      if (hands.isDeaf) return;
      for (const seq of [...running.keys()]) hands.end(seq, { kind: 'stopped' });
    },
  };
  return Object.assign(hands, { executor });
}

export interface SetupOptions {
  readonly pools?: readonly PoolSpec[];
  readonly types?: readonly TaskTypeSpec[];
  readonly options?: Partial<EngineOptions>;
  /** A start on what an earlier server left. */
  readonly image?: StoreImage;
  readonly clock?: VirtualClock;
  readonly isStarted?: boolean;
  /** Instead of the hands. */
  readonly executors?: EngineDeps['executors'];
  readonly replayRunner?: ReplayRunner;
  /** One that the test can ask. */
  readonly core?: SchedulingCore;
  readonly planSolver?: PlanSolver;
  readonly logger?: Logger;
}

/** The real engine over the memory store, on a clock and an executor that the test drives. */
export async function setup({
  pools = [aPool()],
  types = [aType()],
  options,
  image,
  clock = createVirtualClock(),
  isStarted = true,
  executors,
  replayRunner,
  core,
  planSolver,
  logger = silent,
}: SetupOptions = {}) {
  const owner = `server ${(image?.serverEpoch ?? 0) + 1}`;
  const own = clock.owned(owner);
  const disk: { fault: CommitFault | undefined; delayMs: Ms | undefined } = { fault: undefined, delayMs: undefined };
  const store = createMemoryStore({
    clock: own,
    ...(image === undefined ? {} : { image }),
    faults: () => disk.fault,
    commitDelayMs: () => disk.delayMs,
  });
  const hands = createHands();
  let ids = 0;
  const engine = createEngine(
    {
      store,
      clock: own,
      random: createSeededRandom(1),
      seeded: createSeededRandom,
      ids: { taskId: () => `${owner}, task ${++ids}` },
      logger,
      metrics: noMetrics,
      executors: executors ?? new Map([['simulated', hands.executor]]),
      ...(core === undefined ? {} : { core }),
      ...(planSolver === undefined ? {} : { planSolver }),
      ...(replayRunner === undefined ? {} : { replayRunner }),
    },
    {
      nodeName: 'node',
      region: 'us-east',
      catalogue: { pools, types },
      algorithm: { algorithm: 'fifo' },
      strategyContext: {},
      retention: { maxAgeMs: 3_600_000, maxTasks: 1_000, maxLogAgeMs: 7_200_000 },
      maxWaiting: 1_000,
      ...options,
    },
  );

  /** Runs everything that is due within `ms`. */
  const pass = (ms: Ms = 0) => clock.settleTo(clock.monotonicMs() + ms, turn);
  /** Runs what is due until `answer` is there. */
  async function answered<T>(answer: Promise<T>, withinMs: Ms = 0): Promise<T> {
    let isThere = false;
    const seen = answer.finally(() => {
      isThere = true;
    });
    seen.catch(() => {});
    await pass(withinMs);
    if (!isThere) throw new Error(`no answer within ${withinMs} ms`);
    return seen;
  }
  const submit = async (input: Partial<TaskInput> = {}) => (await answered(engine.submit({ type: 'job', ...input }, caller))).task;
  const row = (seq: number) => {
    const task = store.snapshot().tasks.find((known) => known.seq === seq);
    if (task === undefined) throw new Error(`no task ${seq}`);
    return task;
  };
  /** What the log says, one word a row, of one task or of all. */
  const told = (seq?: number) =>
    store
      .snapshot()
      .log.filter((entry) => seq === undefined || entry.taskSeq === seq)
      .map((entry) => entry.type);
  /** The process dies; what is left on the disk. */
  const crash = (): StoreImage => {
    store.crash();
    clock.dropOwner(owner);
    return store.image();
  };

  if (isStarted) await answered(engine.start());
  return { engine, store, clock, own, hands, disk, pass, answered, submit, row, told, crash, pending: () => clock.pending(owner) };
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The code a call is refused with. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
