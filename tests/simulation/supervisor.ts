import { TaskRouterError } from '../../src/core/domain/errors.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { EpochMs, Ms } from '../../src/core/domain/units.ts';
import type { Report } from '../../src/core/domain/world.ts';
import { createEngine, type InspectableEngine } from '../../src/core/engine/create-engine.ts';
import type { EngineOptions } from '../../src/core/engine/wiring.ts';
import { answerPlan } from '../../src/core/optimise/answer-plan.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { IdGenerator } from '../../src/core/ports/id-generator.ts';
import type { Logger } from '../../src/core/ports/logger.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import type { PlanSolver } from '../../src/core/ports/plan-solver.ts';
import type { Random } from '../../src/core/ports/random.ts';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';
import { createSchedulingCore } from '../../src/core/scheduling/core.ts';
import { demoLatencies } from '../../src/core/strategies/region-latencies.ts';
import type { StoreImage } from '../../src/store/memory/image.ts';
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memory-store.ts';
import { catalogue, regions } from './catalogue.ts';
import type { Disk } from './disk.ts';
import { chance, exponential, oneOf, uniform } from './draws.ts';
import { farPool, leaseMs } from './fleet.ts';
import { repeat, type Stage } from './stage.ts';
import type { Tampering } from './tampering.ts';
import { createWork, type Work, type Zombie } from './work.ts';

/** One start of the server, from boot to death. */
export interface Process {
  readonly engine: InspectableEngine;
  readonly store: MemoryStore;
  readonly work: Work;
  readonly owner: string;
  /** Settles when it dies. */
  readonly died: Promise<{ readonly kind: 'unknown' }>;
  isReady: boolean;
  isDead: boolean;
  readonly end: () => void;
  /** Calls of the store that are not answered yet. */
  underWay(): number;
}

/** Starts the server, kills it, starts it again from what the disk holds. */
export interface Supervisor {
  readonly process: Process | undefined;
  boot(): void;
  /** Kills what a commit or a failed disk has doomed in the event that just ended. */
  reap(): void;
  /** SIGTERM, and when it has ended a new start. */
  drain(graceMs: Ms): Promise<void>;
  readonly starts: number;
}

export function createSupervisor(
  deps: {
    readonly stage: Stage;
    readonly disk: Disk;
    readonly tampering: Tampering;
    /** To a node, which goes on with it. */
    readonly wasGiven: (task: Task) => boolean;
  },
  hooks: {
    readonly booted: (process: Process) => void;
    readonly ready: () => void;
    readonly rush: () => void;
    readonly committed: () => void;
  },
): Supervisor {
  const { stage, disk, tampering, wasGiven } = deps;
  const { clock, knobs, recorder } = stage;
  const random = stage.random('supervisor');
  let process: Process | undefined;
  let image: StoreImage | undefined;
  let doomed: string | undefined;
  let starts = 0;

  if (stage.has('crashes')) repeat(stage, random.fork('crashes'), knobs.crashEveryMs, crash);
  if (stage.has('drains')) repeat(stage, random.fork('drains'), 20_000, () => drain(uniform(random, 0, 3_000)));

  /** Half of the crashes come while requests are under way: before, in, or after their COMMIT, and always before the reply. */
  function crash(): void {
    if (chance(random, 0.5)) {
      kill('killed');
      return;
    }
    hooks.rush();
    const when = oneOf(random, ['at once', 'before', 'after'] as const);
    if (when === 'at once') doomed = 'killed';
    else disk.dieNext(when);
  }

  function boot(): void {
    starts++;
    const owner = `server ${starts}`;
    const own = clock.owned(owner);
    const memory = createMemoryStore({
      clock: own,
      ...(image === undefined ? {} : { image }),
      faults() {
        const fault = disk.fault() ?? tampering.commitFault?.();
        if (fault?.kind === 'crash') doomed = `died ${fault.when} a commit`;
        return fault;
      },
      commitDelayMs: disk.commitDelayMs,
    });
    memory.onCommit((entries) => {
      recorder.committed(entries);
      hooks.committed();
      for (const entry of entries) stage.trace(`  #${entry.seq} ${entry.type} ${entry.taskSeq ?? ''} ${JSON.stringify(entry.details)}`);
    });
    memory.onState((state) => {
      if (state === 'failed') doomed = 'the disk failed';
    });
    const { store, underWay } = counted(tampering.store?.(memory) ?? memory);
    const work = createWork({
      clock: clock.owned(workOf(owner)),
      random: stage.random('work'),
      knobs,
      serverEpoch: store.serverEpoch,
      isFaulty: stage.isFaulty,
      zombie: rise,
    });
    const core = createSchedulingCore();
    const engine = createEngine(
      {
        store: withReports(store),
        clock: own,
        random: stage.random(`engine ${starts}`),
        seeded: createSeededRandom,
        ids: idsOf(starts, () => own.now()),
        logger: loggerOf(() => booted),
        metrics: noMetrics,
        executors: new Map([['simulated', tampering.executor?.(work) ?? work]]),
        core: tampering.core?.(core) ?? core,
        planSolver: unreliableSolver(own, stage.random(`planner ${starts}`)),
      },
      engineOptions(stage),
    );
    let end = () => {};
    const died = new Promise<{ kind: 'unknown' }>((resolve) => {
      end = () => resolve({ kind: 'unknown' });
    });
    const booted: Process = {
      engine,
      store,
      work,
      owner,
      died,
      isReady: false,

      isDead: false,
      end,
      underWay,
    };
    process = booted;
    stage.trace(`start ${starts}`);
    start(booted, disk.isHealthy);
  }

  function start(booted: Process, isBounded: boolean): void {
    const startedMs = clock.monotonicMs();
    hooks.booted(booted);
    booted.engine.start().then(
      () => {
        if (booted.isDead) return;
        booted.isReady = true;
        stage.trace('ready');
        if (isBounded && disk.isHealthy) recorder.restart({ startedMs, readyMs: clock.monotonicMs() });
        hooks.ready();
      },
      (error: unknown) => {
        if (booted.isDead) return;
        if (!isStorageError(error)) stage.problem('error', `the server does not start: ${describe(error)}`);
        recorder.probe('start refused by the disk');
        doomed = 'it could not start';
      },
    );
  }

  function kill(reason: string): void {
    const dead = process;
    if (dead === undefined) return;
    stage.trace(reason);
    recorder.probe(reason);
    dead.isDead = true;
    process = undefined;
    doomed = undefined;
    dead.store.crash();
    dead.end();
    for (const zombie of dead.work.crash()) rise(zombie);
    bury(dead);
    clock.after(uniform(random, 10, 2_000), () => {
      bury(dead); // timers of what it still had under way when it died
      const left = dead.store.image();
      image = tampering.image?.(left) ?? left;
      boot();
    });
  }

  function bury(dead: Process): void {
    clock.dropOwner(dead.owner);
    clock.dropOwner(workOf(dead.owner));
  }

  async function drain(graceMs: Ms): Promise<void> {
    const draining = process;
    if (draining === undefined || !draining.isReady) return;
    draining.isReady = false;
    stage.trace(`drain within ${graceMs} ms`);
    await draining.engine.drain(graceMs);
    if (draining.isDead) return;
    const { tasks, attempts } = draining.store.snapshot();
    // Of several parts all: one that a node has not fetched is taken back, and the others with it.
    // Whether the node that an older start chose ever fetched it, a server cannot know: it is adopted as if, and left to that node.
    const isAdopted = ({ seq, attempt }: Pick<Report, 'seq' | 'attempt'>) =>
      attempts.some(
        (row) => row.taskSeq === seq && row.attempt === attempt && row.nodeId !== null && row.serverEpoch < draining.store.serverEpoch,
      );
    const open = tasks.filter((task) => task.status === 'processing' && !wasGiven(task) && !isAdopted(task));
    if (open.length > 0 && draining.store.state() === 'ok')
      stage.problem('drain', `a drain ended and left ${open.map((task) => task.seq).join(', ')} processing`);
    recorder.probe('drained');
    kill('drained and stopped');
  }

  /** A late report comes in by the store's fence: it may change nothing any more. */
  function rise({ seq, attempt, inMs }: Zombie): void {
    clock.after(inMs, () => {
      const current = process;
      const row = current?.store.snapshot().attempts.find((known) => known.taskSeq === seq && known.attempt === attempt);
      // Reports of work that still counts go through the engine that started it.
      if (current === undefined || !current.isReady || row?.endedAt === null) return stage.isFaulty() && rise({ seq, attempt, inMs: 500 });
      const verdict = { verb: 'succeed', result: { seq, attempt } } as const;
      withReports(current.store)
        .settleAttempts([{ seq, attempt, at: clock.now(), durationMs: 1, cost: 0, verdict }])
        .then(
          () => recorder.probe('late report'),
          () => {},
        );
    });
  }

  /** Keeps who reported the end of which attempt, and what was answered. */
  function withReports(store: MemoryStore): MemoryStore {
    return {
      ...store,
      async settleAttempts(settlements) {
        const reports = settlements.map(({ seq, attempt }): { -readonly [K in keyof Report]: Report[K] } => ({
          seq,
          attempt,
          answer: 'unknown',
        }));
        for (const report of reports) recorder.report(report);
        try {
          const receipts = await store.settleAttempts(settlements);
          for (const [i, receipt] of receipts.entries()) if (reports[i] !== undefined) reports[i].answer = receipt.kind;
          return receipts;
        } catch (error) {
          for (const report of reports) report.answer = 'stale';
          throw error;
        }
      },
    };
  }

  function loggerOf(self: () => Process): Logger {
    return {
      info() {},
      warn() {},
      error({ err }, message) {
        if (err === undefined || isStorageError(err) || self().isDead) return;
        stage.problem('error', `${message}: ${describe(err)}`);
      },
    };
  }

  return {
    get process() {
      return process;
    },
    boot,
    reap() {
      if (doomed !== undefined) kill(doomed);
    },
    drain,
    get starts() {
      return starts;
    },
  };
}

/** Some answers come late, and some never. */
function unreliableSolver(clock: Clock, random: Random): PlanSolver {
  return {
    solve: (question) =>
      new Promise((resolve, reject) => {
        const isLost = chance(random, 0.1);
        clock.after(exponential(random, 100), () => (isLost ? reject(new Error('the solver died')) : resolve(answerPlan(question))));
      }),
    close: async () => {},
  };
}

export function engineOptions({ knobs }: Pick<Stage, 'knobs'>): EngineOptions {
  return {
    nodeName: 'simulated',
    region: regions[0],
    catalogue: knobs.on.has('nodes') ? { ...catalogue, pools: [...catalogue.pools, farPool] } : catalogue,
    nodes: { leaseMs },
    algorithm: { algorithm: 'fifo' },
    strategyContext: { latencies: demoLatencies },
    retention: retentionOf(knobs),
    maxWaiting: knobs.maxWaiting,
  };
}

export function retentionOf(knobs: Stage['knobs']): EngineOptions['retention'] {
  const isOn = knobs.on.has('retention');
  return {
    maxAgeMs: isOn ? knobs.keepMs : Number.MAX_SAFE_INTEGER,
    maxTasks: isOn ? knobs.keepTasks : Number.MAX_SAFE_INTEGER,
    // The log outlives the tasks, so that what became of each can be told; its own retention has tests of its own.
    maxLogAgeMs: Number.MAX_SAFE_INTEGER,
  };
}

const workOf = (owner: string) => `work of ${owner}`;

function isStorageError(error: unknown): boolean {
  return error instanceof TaskRouterError && (error.code === 'storage_full' || error.code === 'storage_failed');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** In the form of uuid v7 without its chance: start and count instead. */
function idsOf(start: number, now: () => EpochMs): IdGenerator {
  let count = 0;
  return {
    taskId() {
      const time = Math.max(0, now()).toString(16).padStart(12, '0').slice(-12);
      const tail = `${start.toString(16).padStart(4, '0')}${(++count).toString(16).padStart(8, '0')}`;
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
    },
  };
}

/** The same store, which knows how many of its calls are not answered yet. */
function counted(store: MemoryStore): { readonly store: MemoryStore; readonly underWay: () => number } {
  let open = 0;
  const count =
    (call: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      const answer = call(...args);
      if (!(answer instanceof Promise)) return answer;
      open++;
      const done = () => {
        open--;
      };
      answer.then(done, done);
      return answer;
    };
  const calls = Object.entries(store).map(([name, member]) => [name, typeof member === 'function' ? count(member) : member]);
  return { store: Object.fromEntries(calls) as MemoryStore, underWay: () => open };
}
