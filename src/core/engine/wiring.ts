import { TaskRouterError } from '../domain/errors.ts';
import type { EventType } from '../domain/events.ts';
import type { ExecutorName, Pool } from '../domain/pool.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../domain/retry.ts';
import type { Task } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import { createNodes, type NodesDeps, type NodesOptions } from '../executors/node/create-nodes.ts';
import type { BundleInputs } from '../ports/bundle-files.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PlanSolver } from '../ports/plan-solver.ts';
import type { Random } from '../ports/random.ts';
import type { ReplayRunner } from '../ports/replay-runner.ts';
import type { Store } from '../ports/store.ts';
import { createSchedulingCore, type SchedulingCore } from '../scheduling/core.ts';
import type { StrategyChoice, StrategyContext } from '../strategies/registry.ts';
import { createAdmission } from './admission.ts';
import { createAttempts } from './attempts.ts';
import { createBacklog } from './backlog.ts';
import { createBulk } from './bulk.ts';
import { createBundles } from './bundles.ts';
import { createCancel } from './cancel.ts';
import { type Catalogue, createCatalogue, type InitialCatalogue } from './catalogue.ts';
import { createCooling } from './cooling.ts';
import { createDeadlines, type Waiting } from './deadlines.ts';
import { createDependencies } from './dependencies.ts';
import { createDispatcher } from './dispatcher.ts';
import { createDrain } from './drain.ts';
import { createDue } from './due.ts';
import { createEventBus } from './event-bus.ts';
import { createExplain } from './explain.ts';
import { createFamily } from './family.ts';
import { recordInputs } from './input-recorder.ts';
import { createParents } from './parents.ts';
import { createPlans } from './plans.ts';
import { createPolicy } from './policy.ts';
import { createPreview } from './preview.ts';
import { createQuotas } from './quotas.ts';
import { createReplays } from './replays.ts';
import type { RetentionPolicy } from './retention.ts';
import { createRetry } from './retry.ts';
import { createRunning } from './running.ts';
import { createSettle } from './settle.ts';
import { createStorageWatch } from './storage-watch.ts';
import { createSubmit } from './submit.ts';
import { createSubmitGates } from './submit-gates.ts';
import { createTasksOf } from './tasks-of.ts';
import { createTenants } from './tenants.ts';
import { createThroughput } from './throughput.ts';
import { createTimers } from './timers.ts';
import { createTraffic } from './traffic.ts';
import { createTypes } from './types.ts';
import { createWaitWatch } from './wait-watch.ts';
import { createWaiters } from './waiters.ts';
import { createWaitingWork } from './waiting-work.ts';

export interface EngineDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** A random stream of its own for each seed, the same every time. */
  readonly seeded: (seed: number) => Random;
  readonly ids: IdGenerator;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Of this server; the one for nodes comes with the engine. */
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
  /** Without one, a strategy that plans decides as if no plan ever came. */
  readonly planSolver?: PlanSolver;
  /** Without one there are no replays. */
  readonly replayRunner?: ReplayRunner;
  /** What work on nodes tells while it runs. */
  readonly onReport?: NodesDeps['onReport'];
  /** The files of tasks; without it only tasks without files are taken. */
  readonly inputs?: BundleInputs;
  /** An internal fault after which memory cannot be trusted: the process should end, and the next start recovers. */
  readonly onFault?: (error: unknown) => void;
  /** The decision core, empty; fault tests put one in their way. */
  readonly core?: SchedulingCore;
}

export interface EngineOptions {
  /** What `initiated_by` and `handled_by` say for this server. */
  readonly nodeName: string;
  /** Home region of tasks that name none. */
  readonly region: string;
  /** Used on an empty database only. */
  readonly catalogue: InitialCatalogue;
  readonly algorithm: StrategyChoice;
  /** What strategies know of the world: latency between regions. */
  readonly strategyContext: StrategyContext;
  readonly retention: RetentionPolicy;
  readonly retry?: RetryPolicy;
  /** Tasks that may wait at once. */
  readonly maxWaiting: number;
  readonly nodes?: NodesOptions;
}

/** After it a task is left alone. */
const isEnd = (type: EventType) => type === 'completed' || type === 'failed' || type === 'cancelled';

export type EngineParts = ReturnType<typeof wireEngine>;

/** What the engine is made of, each part told of those it needs. Where two know each other, the earlier one is told how to reach the later one. */
export function wireEngine(deps: EngineDeps, options: EngineOptions) {
  const { store, clock, random, ids, logger, metrics, onReport } = deps;
  const nodes = createNodes({ store, clock, logger, newSession: () => ids.taskId(), ...(onReport && { onReport }) }, options.nodes);
  const executors = new Map([...deps.executors, [nodes.executor.name, nodes.executor]]);
  const retryPolicy = options.retry ?? defaultRetryPolicy;
  const wake = () => dispatcher.wake();
  /** Memory and rows may differ from now on, and only a start puts that right. A storage that fails tells so itself. */
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'a change could not be recorded');
    if (!(error instanceof TaskRouterError)) deps.onFault?.(error);
  };
  const inputs = recordInputs(deps.core ?? createSchedulingCore(), () => store.logBounds().head);
  const { core } = inputs;
  const events = createEventBus({ store, clock, logger });
  const storage = createStorageWatch({ store, clock, logger }, wake);
  const timers = createTimers(clock);
  const running = createRunning();
  const backlog = createBacklog();
  const gates = createSubmitGates({ clock, backlog });
  const types = createTypes({ store, clock, core, gates, backlog, executors, changed: wake });
  const cooling = createCooling({
    ...{ store, clock, timers, storage, failed },
    poolNamed: (name) => catalogue.pool(name),
    changed(name) {
      catalogue.renew(name);
      events.changed('pools');
    },
  });
  const catalogue: Catalogue = createCatalogue({ store, clock, core, types, executors, cooling, changed: wake });
  const runningTasks = () => Array.from(running.all(), ({ task }) => task);
  const tenants = createTenants({ store, clock, core, gates, backlog, runningTasks, typeOf: types.get, changed: wake });
  const quotas = createQuotas({
    ...{ clock, core, gates, backlog, runningTasks, tenants: tenants.all, types: catalogue.types },
    ...{ pools: catalogue.pools, capacityOf: catalogue.capacityOf },
  });
  const due = createDue({ store, clock, timers, core, storage, wake, failed });
  const dependencies = createDependencies({ store, clock, events, due, storage, leave, failed });
  const parents = createParents({ store });
  const watchDeadline = (task: Task, deadline: EpochMs) => deadlines.watch(task, deadline);
  const settle = createSettle({
    ...{ store, clock, random, metrics, core, running, timers, due, cooling, backlog, storage, retry: retryPolicy, wake, failed },
    watchDeadline,
  });
  const executorOf = (pool: Pool) => executors.get(pool.executor) as Executor; // checked when the pool was added
  const attempts = createAttempts({ clock, metrics, running, timers, settle, executorOf, endedParents: parents.ended });
  const deadlines = createDeadlines({ store, clock, timers, leave, attempts, storage, failed });
  const dispatcher = createDispatcher({
    ...{ store, clock, metrics, core, inputs, storage, failed },
    nodeName: options.nodeName,
    poolOf: catalogue.poolById,
    remoteOf: (pool) => executors.get(pool.executor)?.remote,
    begin(task, pool, parts) {
      backlog.leave(task);
      attempts.begin(task, pool, parts);
    },
    decided(now) {
      plans?.decided(now);
      waits.look(now);
    },
  });
  const poolName = (id: number) => catalogue.poolById(id).name;
  const { planSolver: solver } = deps;
  const plans = solver === undefined ? undefined : createPlans({ core, store, clock, logger, storage, solver, poolName, wake, failed });
  const giveUp = () => {
    for (const { remote } of executors.values()) remote?.giveUp();
  };
  const drainer = createDrain({ clock, dispatcher, running, giveUp });
  const admission = createAdmission({ clock, core, catalogue, spendLimitOf: tenants.spendLimitOf, options });
  const submit = createSubmit({ store, clock, ids, core, admission, gates, due, dependencies, parents, deadlines, wake, options });
  const bundles = createBundles({ submit, ids, catalogue, logger, inputs: deps.inputs });
  const cancel = createCancel({ store, clock, leave, attempts, wake });
  const tasks = createTasksOf({ store });
  const retry = createRetry({ tasks, bundles, due });
  const bulk = createBulk({
    ...{ store, clock, ids, storage, cancel, failed },
    retry: ({ id }, key) => retry(id, { name: 'bulk', tenant: undefined }, { idempotency: { key, fingerprint: '' } }),
  });
  const policy = createPolicy({ store, clock, random, core, dispatcher, context: options.strategyContext });
  const waits = createWaitWatch({ store, clock, timers, core, storage, strategy: policy.current, failed });
  const explain = createExplain({ store, clock, core, policy, dependencies, poolOf: catalogue.poolById });
  const preview = createPreview({ clock, core, admission, parents, gates, policy, poolOf: catalogue.poolById });
  const traffic = createTraffic({ ...{ store, clock, ids, catalogue, submit, storage, failed }, seeded: deps.seeded });
  const replays = createReplays({
    ...{ store, clock, ids, executors, typesOfBundles: types.ofBundles, policy, storage, events, failed },
    runner: deps.replayRunner,
  });
  const family = createFamily({ store });
  const waiting = createWaitingWork({ store, clock, core, due, dependencies });
  const waiters = createWaiters(events, clock);
  const throughput = createThroughput(clock);
  /**
   * A task ended while it waited. What put it into the queue may share that commit, and its answer may come after this one: look again
   * when all answers of the commit have been heard.
   */
  function leave(task: Waiting): void {
    const { seq } = task;
    backlog.leave(task);
    due.forget(seq);
    dependencies.forget(seq);
    if (!forgotten(seq)) clock.soon(() => forgotten(seq));
  }

  /** Others may have waited for it: what was kept for it is free again. */
  function forgotten(seq: Seq): boolean {
    const wasThere = core.cancel(seq);
    if (wasThere) wake();
    return wasThere;
  }

  events.onEntries((entries) => {
    let ended = 0;
    for (const { type, taskSeq } of entries) {
      if (type === 'completed' || type === 'failed') ended++;
      if (taskSeq !== null && isEnd(type)) deadlines.forget(taskSeq);
    }
    if (ended > 0) throughput.add(ended);
    events.changed('stats');
    events.changed('pools');
  });

  return {
    ...{ store, clock, random, logger, core, inputs, executors, nodes, events, storage, timers, running, failed },
    ...{ backlog, gates, catalogue, types, tenants, quotas, due, dependencies, deadlines, attempts, settle, dispatcher, drainer },
    ...{ plans, policy, waits, cooling, explain, preview, waiting, traffic, replays, family, waiters, throughput, retryPolicy },
    ...{ tasks, submit, bundles, cancel, retry, bulk },
  };
}
