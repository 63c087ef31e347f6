import type { SystemEventType } from '../../core/domain/events.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import type { Pool } from '../../core/domain/pool.ts';
import type { TaskType } from '../../core/domain/task-type.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { CatalogueStore, Simulation, StrategyEpoch } from '../../core/ports/catalogue-store.ts';
import { epochDetails, planDetails, poolDetails, simulationDetails, typeDetails } from '../log-details.ts';
import type { LogBook } from './log-book.ts';
import type { Tables } from './tables.ts';

/** Runs a change inside a group and answers after its COMMIT. */
export type Write = <Result>(rows: number, apply: () => Result) => Promise<Result>;

export function createCatalogue(tables: Tables, log: LogBook, write: Write): CatalogueStore {
  const note = (at: EpochMs, event: SystemEventType, details: JsonObject) => log.add(at, event, null, details);

  function store(pool: Pool, at: EpochMs, event: SystemEventType, by: string): Pool {
    tables.pools.set(pool.name, pool);
    note(at, event, poolDetails(pool, by));
    return pool;
  }

  return {
    pools: async () => tables.pools.rows(),
    addPool: (spec, at, by) =>
      write(1, () => {
        if (tables.pools.get(spec.name) !== undefined) return undefined;
        const id = tables.scalars.lastPoolId + 1;
        tables.change({ lastPoolId: id });
        return store({ ...spec, id, version: 1 }, at, 'pool_added', by);
      }),
    changePool: (name, spec, at, by, ifVersion) =>
      write(1, () => {
        const pool = tables.pools.get(name);
        if (pool === undefined || (ifVersion !== undefined && pool.version !== ifVersion)) return undefined;
        if (spec.name !== name && tables.pools.get(spec.name) !== undefined) return undefined;
        tables.pools.delete(name);
        return store({ ...spec, id: pool.id, version: pool.version + 1 }, at, 'pool_changed', by);
      }),
    removePool: (name, at, by, ifVersion) =>
      write(1, () => {
        const pool = tables.pools.get(name);
        if (pool === undefined || (ifVersion !== undefined && pool.version !== ifVersion)) return false;
        tables.pools.delete(name);
        note(at, 'pool_removed', { worker_pool: name, by });
        return true;
      }),

    types: async () => tables.types.rows(),
    putType: (spec, at, by, ifVersion) =>
      write(1, () => {
        const before = tables.types.get(spec.name);
        if (ifVersion !== undefined && (before?.version ?? 0) !== ifVersion) return undefined;
        const type: TaskType = { ...spec, version: (before?.version ?? 0) + 1 };
        tables.types.set(type.name, type);
        note(at, before === undefined ? 'type_added' : 'type_changed', typeDetails(type, by));
        return type;
      }),
    removeType: (name, at, by, ifVersion) =>
      write(1, () => {
        const type = tables.types.get(name);
        if (type === undefined || (ifVersion !== undefined && type.version !== ifVersion)) return false;
        tables.types.delete(name);
        note(at, 'type_removed', { type: name, by });
        return true;
      }),

    strategyEpochs: async (limit) => tables.epochs.rows().reverse().slice(0, limit),
    openEpoch: (next, ifEpoch, beside) =>
      write(1, () => {
        const current = tables.epochs.rows().at(-1);
        if (ifEpoch !== undefined && (current?.epoch ?? 0) !== ifEpoch) return undefined;
        const epoch: StrategyEpoch = { ...next, epoch: (current?.epoch ?? 0) + 1 };
        tables.epochs.set(epoch.epoch, epoch);
        note(epoch.since, 'algorithm_switched', epochDetails(epoch, current?.name ?? null, beside));
        return epoch;
      }),

    recordPlan: (plan, at) => write(1, () => note(at, 'planned', planDetails(plan))),
    noteReplay: (event, details, at) => write(1, () => note(at, event, details)),
    noteWaits: (details, at) => write(1, () => note(at, 'wait_bound_passed', details)),
    notePool: (event, details, at) => write(1, () => note(at, event, details)),

    simulation: async (id) => tables.simulations.get(id),
    simulationOfKey: async (tenant, key) =>
      tables.simulations.rows().findLast(({ input }) => input['tenant'] === tenant && input['key'] === key),
    runningSimulations: async () => tables.simulations.rows().filter((simulation) => simulation.status === 'running'),
    putSimulation: (simulation) =>
      write(1, () => {
        const before = tables.simulations.get(simulation.id);
        tables.simulations.set(simulation.id, simulation);
        if (before === undefined) note(simulation.startTime, 'simulation_started', simulationDetails(simulation));
        if (hasEnded(simulation) && (before === undefined || !hasEnded(before))) {
          note(simulation.endTime ?? simulation.startTime, 'simulation_ended', simulationDetails(simulation));
        }
      }),
  };
}

function hasEnded(simulation: Simulation): boolean {
  return simulation.status !== 'running';
}
