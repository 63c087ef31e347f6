import type { Pool } from '../domain/pool.ts';
import { isTerminal } from '../domain/task-status.ts';
import type { Seq } from '../domain/units.ts';
import type { EngineSnapshot } from '../domain/world.ts';
import type { Engine, LivePool } from './engine.ts';
import { createLifecycle } from './lifecycle.ts';
import { namedStrategies } from './replay-strategies.ts';
import { createVitals } from './vitals.ts';
import { type EngineDeps, type EngineOptions, wireEngine } from './wiring.ts';
import { withoutOthers } from './without-others.ts';

/** An engine that shows its memory, for `checkInvariants`. */
export interface InspectableEngine extends Engine {
  /** Only between two turns is this comparable with the rows. */
  inspect(): EngineSnapshot;
}

/** The facade the API sees. */
export function createEngine(deps: EngineDeps, options: EngineOptions): InspectableEngine {
  const parts = wireEngine(deps, options);
  const { store, core, running, events, nodes, tasks, submit, bundles, cancel, retry, bulk, waiters, family } = parts;
  const { catalogue, cooling, tenants, gates, quotas, policy, explain, preview, waiting, traffic, replays } = parts;
  const lifecycle = createLifecycle(parts, options);
  const vitals = createVitals(parts, lifecycle);
  const { recovered, accepting } = lifecycle;

  /** What is read while a start goes on is written over what it changed, or the other way round. */
  function whenRecovered<Args extends readonly unknown[], T>(change: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
    return async (...args) => {
      recovered();
      return change(...args);
    };
  }

  function livePool(pool: Pool): LivePool {
    return {
      pool: { ...pool, capacity: catalogue.capacityOf(pool) },
      load: core.loadOf(pool.id),
      accepts: catalogue.accepts(pool),
      unfit: catalogue.unfit(pool),
      coolsUntil: cooling.until(pool.name),
    };
  }

  return {
    ...vitals,
    start: lifecycle.start,
    drain: lifecycle.drain,
    events,
    nodes,
    defaults: () => ({ region: options.region, regions: catalogue.regions() }),
    async submit(input, caller, submitOptions) {
      accepting();
      return submit.one(input, caller, submitOptions);
    },
    async submitBundle(input, upload, caller, submitOptions = {}) {
      accepting();
      return bundles.submit(input, upload, caller, submitOptions);
    },
    async submitBundles(items, caller) {
      accepting();
      return bundles.submitAll(items, caller);
    },
    async submitBatch(items, caller, batchOptions) {
      accepting();
      return submit.batch(items, caller, batchOptions);
    },
    cancel: whenRecovered(async (id, caller) => cancel(await tasks.get(id, caller), caller.name)),
    async retry(id, caller, again) {
      accepting();
      return retry(id, caller, again);
    },
    bulk: {
      ...bulk,
      stop: whenRecovered(bulk.stop),
      async start(request, caller, again) {
        accepting();
        return bulk.start(request, caller, again);
      },
    },
    task: tasks.find,
    tasks: (query, caller) =>
      store.tasks(caller.tenant === undefined ? query : { ...query, filter: { ...query.filter, tenant: caller.tenant } }),
    async attempts(id, caller) {
      const task = await tasks.find(id, caller);
      return task === undefined ? undefined : store.attempts(task.seq);
    },
    async taskLog(id, caller) {
      const task = await tasks.find(id, caller);
      return task === undefined ? undefined : store.taskLog(task.seq, 1_000);
    },
    async family(id, caller) {
      const task = await tasks.find(id, caller);
      return task === undefined ? undefined : family(task);
    },
    async waitFor(id, ms, caller, signal) {
      const task = await tasks.find(id, caller);
      if (task === undefined || isTerminal(task.status)) return task;
      await waiters.end(task.seq, ms, signal);
      return tasks.find(id, caller);
    },
    progressOf: ({ seq }) => running.get(seq)?.progress,
    reasonOf: explain.reasonOf,
    async preview(input, caller, previewOptions) {
      accepting();
      return preview(input, caller, previewOptions);
    },
    waiting,
    async explain(id, caller, explainOptions) {
      const task = await tasks.find(id, caller);
      if (task === undefined) return undefined;
      const explanation = await explain.explain(task, explainOptions);
      return caller.tenant === undefined ? explanation : withoutOthers(explanation);
    },
    pools: () => catalogue.pools().map(livePool),
    addPool: whenRecovered(async (spec, caller) => livePool(await catalogue.addPool(spec, caller.name))),
    changePool: whenRecovered(async (name, change, caller, ifVersion) =>
      livePool(await catalogue.changePool(name, change, caller.name, ifVersion)),
    ),
    removePool: whenRecovered((name, caller, ifVersion) => catalogue.removePool(name, caller.name, ifVersion)),
    types: catalogue.types,
    putType: whenRecovered((spec, caller, change) => catalogue.putType(spec, caller.name, change)),
    removeType: whenRecovered((name, caller, ifVersion) => catalogue.removeType(name, caller.name, ifVersion)),
    tenants: tenants.all,
    tenant: tenants.get,
    otherTenants: tenants.others,
    putTenant: whenRecovered((spec, caller, change) => tenants.put(spec, caller.name, change)),
    changeTenant: whenRecovered((name, changed, caller, change) => tenants.change(name, changed, caller.name, change)),
    removeTenant: whenRecovered((name, caller, ifVersion) => tenants.remove(name, caller.name, ifVersion)),
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
    cancelReplay: whenRecovered(replays.cancel),
    async activateReplay(id, choice, caller, ifEpoch) {
      accepting();
      return replays.activate(id, choice, caller.name, ifEpoch);
    },
    simulation: traffic.get,
    stopSimulation: whenRecovered(traffic.stop),
    async log({ task: id, ...query }, caller) {
      if (id === undefined) return store.log(query);
      const task = await tasks.find(id, caller);
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
