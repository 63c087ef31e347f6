import { TaskRouterError } from '../domain/errors.ts';
import type { EventType } from '../domain/events.ts';
import type { ExecutorName, Pool } from '../domain/pool.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../domain/retry.ts';
import type { Task } from '../domain/task.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { EpochMs, Ms, Seq, TaskId } from '../domain/units.ts';
import type { EngineSnapshot } from '../domain/world.ts';
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
import { adoptAway, occupyAway } from './adoption.ts';
import { createAttempts } from './attempts.ts';
import { createBacklog } from './backlog.ts';
import { createBulk } from './bulk.ts';
import { createBundles } from './bundles.ts';
import { createCancel } from './cancel.ts';
import { createCatalogue, type InitialCatalogue } from './catalogue.ts';
import { createDeadlines, type Waiting } from './deadlines.ts';
import { createDependencies } from './dependencies.ts';
import { createDispatcher } from './dispatcher.ts';
import { createDrain } from './drain.ts';
import { createDue } from './due.ts';
import type { Caller, Engine, Health, LivePool, Phase, SubmitOptions, SystemStats } from './engine.ts';
import { createEventBus } from './event-bus.ts';
import { createExplain } from './explain.ts';
import { createFamily } from './family.ts';
import { recordInputs } from './input-recorder.ts';
import { createParents } from './parents.ts';
import { createPlans } from './plans.ts';
import { createPolicy } from './policy.ts';
import { createPreview } from './preview.ts';
import { createQuotas } from './quotas.ts';
import { resumeRates } from './rate-recovery.ts';
import { rebuildQueue, recallRuns, recallSpend, settleLost } from './recovery.ts';
import { namedStrategies } from './replay-strategies.ts';
import { createReplays } from './replays.ts';
import { type RetentionPolicy, startRetention } from './retention.ts';
import { createRunning } from './running.ts';
import { createSettle } from './settle.ts';
import { createStorageWatch } from './storage-watch.ts';
import { createSubmit } from './submit.ts';
import { createSubmitGates } from './submit-gates.ts';
import { createTenants } from './tenants.ts';
import { createThroughput } from './throughput.ts';
import { createTimers } from './timers.ts';
import { createTraffic } from './traffic.ts';
import { recallTurns } from './turn-recovery.ts';
import { createTypes } from './types.ts';
import { createWaitWatch } from './wait-watch.ts';
import { createWaiters } from './waiters.ts';
import { createWaitingWork } from './waiting-work.ts';
import { withoutOthers } from './without-others.ts';

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

/** An engine that shows its memory, for `checkInvariants`. */
export interface InspectableEngine extends Engine {
  /** Only between two turns is this comparable with the rows. */
  inspect(): EngineSnapshot;
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

/** Builds the parts, wires them, and is the facade the API sees. */
export function createEngine(deps: EngineDeps, options: EngineOptions): InspectableEngine {
  const { store, clock, random, ids, logger, metrics, onReport } = deps;
  const nodes = createNodes({ store, clock, logger, newSession: () => ids.taskId(), ...(onReport && { onReport }) }, options.nodes);
  const executors = new Map([...deps.executors, [nodes.executor.name, nodes.executor]]);
  const retry = options.retry ?? defaultRetryPolicy;
  let phase: Phase = 'starting';
  let step: string | undefined = 'waiting to start';
  let drained: Promise<void> | undefined;
  let started: Promise<void> | undefined;

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
  const catalogue = createCatalogue({ store, clock, core, types, executors, changed: wake });
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
    ...{ store, clock, random, metrics, core, running, timers, due, backlog, storage, retry, wake, failed },
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
  const drainer = createDrain({ clock, dispatcher, running });
  const admission = createAdmission({ clock, core, catalogue, spendLimitOf: tenants.spendLimitOf, options });
  const submit = createSubmit({ store, clock, ids, core, admission, gates, due, dependencies, parents, deadlines, wake, options });
  const bundles = createBundles({ submit, ids, catalogue, inputs: deps.inputs });
  const cancel = createCancel({ store, clock, leave, attempts, wake });
  const bulk = createBulk({
    ...{ store, clock, ids, storage, cancel, failed },
    retry: ({ id }, key) => retryTask(id, { name: 'bulk', tenant: undefined }, { idempotency: { key, fingerprint: '' } }),
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
  const waiters = createWaiters(events, clock);
  const throughput = createThroughput(clock);
  let stopRetention = () => {};

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

  function start(): Promise<void> {
    started ??= recover();
    return started;
  }

  async function recover(): Promise<void> {
    const recovery = { store, clock, random, core, catalogue, backlog, due, dependencies, deadlines, attempts, executors, retry };
    dispatcher.pause();
    step = 'finding what runs on nodes';
    const away = await occupyAway(recovery);
    step = 'reading pools, types and tenants';
    await catalogue.load(options.catalogue);
    await tenants.load();
    step = 'reading the strategy';
    await policy.load(options.algorithm);
    step = 'settling what ran when the last server ended';
    const lost = await settleLost(recovery, away);
    step = 'reading the queue';
    await recallRuns(recovery);
    await recallSpend(recovery);
    await recallTurns({ store, core, types: types.all() });
    await rebuildQueue(recovery);
    adoptAway(recovery, away);
    await resumeRates({ store, clock, gates });
    await waits.load();
    stopRetention = startRetention({ store, clock, failed }, options.retention);
    phase = 'ready';
    step = undefined;
    dispatcher.resume();
    await traffic.resume();
    await bulk.resume();
    await replays.load();
    logger.info({ waiting: core.waiting, lost, adopted: away.length, algorithm: policy.current().name }, 'ready');
  }

  function drain(graceMs: Ms): Promise<void> {
    if (graceMs === 0) drainer.hurry();
    drained ??= stop(graceMs);
    return drained;
  }

  async function stop(graceMs: Ms): Promise<void> {
    await started?.catch(() => {}); // half a recovery cannot be stopped; `start` tells its caller what went wrong
    phase = 'draining';
    traffic.halt();
    await bulk.halt();
    await replays.halt().catch(failed);
    stopRetention();
    dispatcher.pause();
    await drainer.run(graceMs);
    await store.flush().catch(failed);
    timers.stop();
    storage.stop();
    await plans?.stop();
    for (const executor of executors.values()) await executor.close();
    phase = 'stopped';
  }

  function accepting(): void {
    if (phase === 'ready') return;
    if (phase === 'starting')
      throw new TaskRouterError('starting', `The server is starting: ${step}. Try again in a moment.`, { retryAfterS: 1 });
    throw new TaskRouterError('draining', 'The server is stopping and takes nothing new. Try again when it is back.', { retryAfterS: 10 });
  }

  async function taskFor(id: TaskId, caller: Caller): Promise<Task | undefined> {
    const task = await store.task(id);
    return task !== undefined && (caller.tenant === undefined || task.tenant === caller.tenant) ? task : undefined;
  }

  async function knownTask(id: TaskId, caller: Caller): Promise<Task> {
    const task = await taskFor(id, caller);
    if (task === undefined) throw new TaskRouterError('not_found', 'Task not found');
    return task;
  }

  async function retryTask(
    id: TaskId,
    caller: Caller,
    again?: SubmitOptions,
  ): Promise<{ task: Task; created: boolean; replayed: boolean }> {
    accepting();
    const task = await knownTask(id, caller);
    if (isTerminal(task.status)) return { ...(await bundles.again(task, again ?? {})), created: true };
    if (task.status !== 'delayed' || task.attempt === 0)
      throw new TaskRouterError('wrong_status', `Task ${id} is ${task.status}; only a task that ended or is backing off can be retried.`);
    await due.now(task.seq);
    return { task: await knownTask(id, caller), created: false, replayed: false };
  }

  async function waitFor(id: TaskId, ms: Ms, caller: Caller, signal?: AbortSignal): Promise<Task | undefined> {
    const task = await taskFor(id, caller);
    if (task === undefined || isTerminal(task.status)) return task;
    await waiters.end(task.seq, ms, signal);
    return taskFor(id, caller);
  }

  function livePool(pool: Pool): LivePool {
    return {
      pool: { ...pool, capacity: catalogue.capacityOf(pool) },
      load: core.loadOf(pool.id),
      accepts: catalogue.accepts(pool),
      unfit: catalogue.unfit(pool),
    };
  }

  function stats(): SystemStats {
    const counts = store.counts();
    const { past, oldest } = waits.totals();
    return {
      byStatus: counts.byStatus,
      completed: counts.completedEver,
      failed: counts.failedEver,
      cancelled: counts.cancelledEver,
      averageLatencyMs: counts.completedEver === 0 ? 0 : counts.completedRunMs / counts.completedEver,
      throughput: throughput.perSecond(),
      costTotal: counts.costEver,
      scheduler: { scheduled: dispatcher.scheduled, settled: settle.settled, notSucceeded: settle.notSucceeded },
      waitingByReason: Object.fromEntries(core.waitingByReason(clock.now())),
      pastMaxWait: past,
      oldestReadyAt: oldest?.readyAt,
      seq: store.logBounds().head,
      at: clock.now(),
    };
  }

  function inspect(): EngineSnapshot {
    const order = core.order();
    return {
      ready: phase === 'ready',
      order,
      kept: new Set(order.filter((seq) => core.isKept(seq))),
      pools: catalogue.pools().map((pool) => ({ name: pool.name, capacity: catalogue.capacityOf(pool), load: core.loadOf(pool.id) })),
      running: Array.from(running.all(), (attempt) => attempt.task.seq),
      deciding: dispatcher.inFlight,
      submitting: submit.inFlight,
      due: due.inFlight,
      waiting: { tenant: backlog.tenants, type: backlog.types },
    };
  }

  async function health(): Promise<Health> {
    const database = await store.ping().catch(() => false);
    const indexed = core.waiting + dispatcher.inFlight;
    const moving = submit.inFlight + due.inFlight + dispatcher.inFlight;
    const queue = phase === 'ready' && Math.abs(store.counts().byStatus.queued - indexed) <= moving;
    return { phase, step, database, queue, scheduler: phase === 'ready' && dispatcher.healthy() && !storage.full, storage: store.state() };
  }

  return {
    start,
    drain,
    events,
    nodes,
    inspect,
    health,
    stats,
    defaults: () => ({ region: options.region, regions: catalogue.regions() }),
    async submit(input, caller, submitOptions) {
      accepting();
      return submit.one(input, caller, submitOptions);
    },
    async submitBundle(input, upload, caller, submitOptions = {}) {
      accepting();
      return bundles.submit(input, upload, caller, submitOptions);
    },
    async submitBatch(items, caller, batchOptions) {
      accepting();
      return submit.batch(items, caller, batchOptions);
    },
    cancel: async (id, caller) => cancel(await knownTask(id, caller), caller.name),
    retry: retryTask,
    bulk: {
      ...bulk,
      async start(request, caller, again) {
        accepting();
        return bulk.start(request, caller, again);
      },
    },
    task: taskFor,
    tasks: (query, caller) =>
      store.tasks(caller.tenant === undefined ? query : { ...query, filter: { ...query.filter, tenant: caller.tenant } }),
    async attempts(id, caller) {
      const task = await taskFor(id, caller);
      return task === undefined ? undefined : store.attempts(task.seq);
    },
    async taskLog(id, caller) {
      const task = await taskFor(id, caller);
      return task === undefined ? undefined : store.taskLog(task.seq, 1_000);
    },
    async family(id, caller) {
      const task = await taskFor(id, caller);
      return task === undefined ? undefined : family(task);
    },
    waitFor,
    reasonOf: explain.reasonOf,
    async preview(input, caller, previewOptions) {
      accepting();
      return preview(input, caller, previewOptions);
    },
    waiting: createWaitingWork({ store, clock, core, due, dependencies }),
    async explain(id, caller, explainOptions) {
      const task = await taskFor(id, caller);
      if (task === undefined) return undefined;
      const explanation = await explain.explain(task, explainOptions);
      return caller.tenant === undefined ? explanation : withoutOthers(explanation);
    },
    pools: () => catalogue.pools().map(livePool),
    addPool: async (spec, caller) => livePool(await catalogue.addPool(spec, caller.name)),
    changePool: async (name, change, caller, ifVersion) => livePool(await catalogue.changePool(name, change, caller.name, ifVersion)),
    removePool: (name, caller, ifVersion) => catalogue.removePool(name, caller.name, ifVersion),
    types: catalogue.types,
    putType: (spec, caller, change) => catalogue.putType(spec, caller.name, change),
    removeType: (name, caller, ifVersion) => catalogue.removeType(name, caller.name, ifVersion),
    tenants: tenants.all,
    tenant: tenants.get,
    otherTenants: tenants.others,
    putTenant: (spec, caller, change) => tenants.put(spec, caller.name, change),
    changeTenant: (name, changed, caller, change) => tenants.change(name, changed, caller.name, change),
    removeTenant: (name, caller, ifVersion) => tenants.remove(name, caller.name, ifVersion),
    submitLimits: (tenant, type) => gates.statesOf({ tenant, type }),
    quotas,
    algorithms: policy.list,
    algorithm: policy.current,
    maxWait: policy.maxWait,
    algorithmHistory: (limit) => store.strategyEpochs(limit),
    async switchAlgorithm(choice, caller, ifEpoch, reason) {
      accepting();
      return policy.switchTo(choice, caller.name, { ifEpoch, reason });
    },
    async rollBackAlgorithm(caller, ifEpoch, reason) {
      accepting();
      return policy.rollBack(caller.name, { ifEpoch, reason });
    },
    async simulate(input, caller, again) {
      accepting();
      return traffic.start(input, caller, again);
    },
    async replay(request, caller, trace) {
      accepting();
      return replays.start({ ...request, strategies: namedStrategies(request.strategies, policy.named) }, caller.name, trace);
    },
    replays: replays.all,
    replayOf: replays.get,
    cancelReplay: replays.cancel,
    async activateReplay(id, choice, caller, ifEpoch) {
      accepting();
      return replays.activate(id, choice, caller.name, ifEpoch);
    },
    simulation: traffic.get,
    stopSimulation: traffic.stop,
    async log({ task: id, ...query }, caller) {
      if (id === undefined) return store.log(query);
      const task = await taskFor(id, caller);
      return task === undefined
        ? { entries: [], total: 0, totalIsCapped: false, hasOlder: false }
        : store.log({ ...query, taskSeq: task.seq });
    },
    logAfter: (seq, limit) => store.logAfter(seq, limit),
    logBounds: () => store.logBounds(),
    async taskIdOf(seq: Seq) {
      return (await store.taskBySeq(seq))?.id;
    },
  };
}
