import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { Pool, PoolSpec } from '../../core/domain/pool.ts';
import { type TaskType, unlimitedType } from '../../core/domain/task-type.ts';
import type { CatalogueStore, StrategyEpoch } from '../../core/ports/catalogue-store.ts';
import { epochDetails, planDetails, poolDetails, simulationDetails, typeDetails } from '../log-details.ts';
import type { LogWriter } from './log-writer.ts';
import type { Reader } from './reader.ts';
import * as tables from './schema.ts';
import type { Writer } from './writer.ts';

interface CatalogueDeps {
  readonly writer: Writer;
  /** On the writing connection, used inside its transactions. */
  readonly writes: BetterSQLite3Database;
  /** On the reading connection. */
  readonly reads: BetterSQLite3Database;
  readonly read: Reader['read'];
}

/** Pools, types, epochs, simulations: small and rarely changed, so Drizzle's builder serves. */
export function createCatalogue({ writer, writes, reads, read }: CatalogueDeps): CatalogueStore {
  const { log } = writer.context;
  return {
    ...createPools(writer, log, writes, reads, read),
    ...createTypes(writer, log, writes, reads, read),
    ...createEpochs(writer, log, writes, reads, read),
    ...createSimulations(writer, log, writes, reads, read),
    noteReplay: (event, details, at) => writer.write(1, () => log.addSystem(at, event, details)),
    noteWaits: (details, at) => writer.write(1, () => log.addSystem(at, 'wait_bound_passed', details)),
    notePool: (event, details, at) => writer.write(1, () => log.addSystem(at, event, details)),
  };
}

type Part<Name extends keyof CatalogueStore> = Pick<CatalogueStore, Name>;
type Db = BetterSQLite3Database;

function createPools(
  { write }: Writer,
  log: LogWriter,
  writes: Db,
  reads: Db,
  read: Reader['read'],
): Part<'pools' | 'addPool' | 'changePool' | 'removePool'> {
  const { pool } = tables;
  const find = (name: string): Pool | undefined => {
    const row = writes.select().from(pool).where(eq(pool.name, name)).get();
    return row && poolOf(row);
  };

  return {
    pools: async () => read(() => reads.select().from(pool).orderBy(asc(pool.id)).all()).map(poolOf),
    addPool: (spec, at, by) =>
      write(1, () => {
        const row = writes
          .insert(pool)
          .values({ name: spec.name, version: 1, spec: withoutName(spec) })
          .onConflictDoNothing()
          .returning()
          .get() as typeof pool.$inferSelect | undefined; // nothing on a conflict, which the driver's type leaves out
        if (row === undefined) return undefined;
        const added = poolOf(row);
        log.addSystem(at, 'pool_added', poolDetails(added, by));
        return added;
      }),
    changePool: (name, spec, at, by, ifVersion) =>
      write(1, () => {
        const before = find(name);
        if (before === undefined || (ifVersion !== undefined && before.version !== ifVersion)) return undefined;
        if (spec.name !== name && find(spec.name) !== undefined) return undefined;
        const version = before.version + 1;
        writes
          .update(pool)
          .set({ name: spec.name, version, spec: withoutName(spec) })
          .where(and(eq(pool.id, before.id), eq(pool.version, before.version)))
          .run();
        const changed = { ...spec, id: before.id, version };
        log.addSystem(at, 'pool_changed', poolDetails(changed, by));
        return changed;
      }),
    removePool: (name, at, by, ifVersion) =>
      write(1, () => {
        const before = find(name);
        if (before === undefined || (ifVersion !== undefined && before.version !== ifVersion)) return false;
        writes.delete(pool).where(eq(pool.id, before.id)).run();
        log.addSystem(at, 'pool_removed', { worker_pool: name, by });
        return true;
      }),
  };
}

function createTypes(
  { write }: Writer,
  log: LogWriter,
  writes: Db,
  reads: Db,
  read: Reader['read'],
): Part<'types' | 'putType' | 'removeType'> {
  const { taskType } = tables;
  const versionOf = (name: string): number =>
    writes.select({ version: taskType.version }).from(taskType).where(eq(taskType.name, name)).get()?.version ?? 0;

  return {
    types: async () =>
      read(() => reads.select().from(taskType).all())
        .map(typeOf)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    putType: (spec, at, by, ifVersion) =>
      write(1, () => {
        const before = versionOf(spec.name);
        if (ifVersion !== undefined && before !== ifVersion) return undefined;
        const type: TaskType = { ...spec, version: before + 1 };
        const { name, ...rest } = spec;
        const row = { version: type.version, spec: rest };
        writes
          .insert(taskType)
          .values({ name, ...row })
          .onConflictDoUpdate({ target: taskType.name, set: row })
          .run();
        log.addSystem(at, before === 0 ? 'type_added' : 'type_changed', typeDetails(type, by));
        return type;
      }),
    removeType: (name, at, by, ifVersion) =>
      write(1, () => {
        const before = versionOf(name);
        if (before === 0 || (ifVersion !== undefined && before !== ifVersion)) return false;
        writes.delete(taskType).where(eq(taskType.name, name)).run();
        log.addSystem(at, 'type_removed', { type: name, by });
        return true;
      }),
  };
}

function createEpochs(
  { write }: Writer,
  log: LogWriter,
  writes: Db,
  reads: Db,
  read: Reader['read'],
): Part<'strategyEpochs' | 'openEpoch' | 'recordPlan'> {
  const { strategyEpoch } = tables;

  return {
    strategyEpochs: async (limit) => read(() => reads.select().from(strategyEpoch).orderBy(desc(strategyEpoch.epoch)).limit(limit).all()),
    openEpoch: (next, ifEpoch, beside) =>
      write(1, () => {
        const current = writes.select().from(strategyEpoch).orderBy(desc(strategyEpoch.epoch)).limit(1).get();
        if (ifEpoch !== undefined && (current?.epoch ?? 0) !== ifEpoch) return undefined;
        const epoch: StrategyEpoch = { ...next, epoch: (current?.epoch ?? 0) + 1 };
        writes.insert(strategyEpoch).values(epoch).run();
        log.addSystem(epoch.since, 'algorithm_switched', epochDetails(epoch, current?.name ?? null, beside));
        return epoch;
      }),
    recordPlan: (plan, at) => write(1, () => log.addSystem(at, 'planned', planDetails(plan))),
  };
}

function createSimulations(
  { write }: Writer,
  log: LogWriter,
  writes: Db,
  reads: Db,
  read: Reader['read'],
): Part<'simulation' | 'simulationOfKey' | 'runningSimulations' | 'putSimulation'> {
  const { simulation } = tables;

  return {
    simulation: async (id) => read(() => reads.select().from(simulation).where(eq(simulation.id, id)).get()),
    simulationOfKey: async (tenant, key) => {
      const isTheirs = sql`json_extract(${simulation.input}, '$.tenant') IS ${tenant}`;
      const ofKey = and(sql`json_extract(${simulation.input}, '$.key') = ${key}`, isTheirs);
      return read(() => reads.select().from(simulation).where(ofKey).orderBy(desc(simulation.startTime)).limit(1).get());
    },
    runningSimulations: async () =>
      read(() => reads.select().from(simulation).where(eq(simulation.status, 'running')).orderBy(asc(simulation.startTime)).all()),
    putSimulation: (next) =>
      write(1, () => {
        const before = writes.select({ status: simulation.status }).from(simulation).where(eq(simulation.id, next.id)).get();
        writes.insert(simulation).values(next).onConflictDoUpdate({ target: simulation.id, set: next }).run();
        if (before === undefined) log.addSystem(next.startTime, 'simulation_started', simulationDetails(next));
        if (next.status !== 'running' && (before === undefined || before.status === 'running')) {
          log.addSystem(next.endTime ?? next.startTime, 'simulation_ended', simulationDetails(next));
        }
      }),
  };
}

export function poolOf({ id, name, version, spec }: typeof tables.pool.$inferSelect): Pool {
  return {
    ...spec,
    labels: spec.labels ?? {},
    carbonGramsPerKwh: spec.carbonGramsPerKwh ?? null,
    cooling: spec.cooling ?? null,
    name,
    id,
    version,
  };
}

/** Rows of older versions lack the fields that came later. */
export function typeOf({ name, version, spec }: typeof tables.taskType.$inferSelect): TaskType {
  return { ...unlimitedType, ...spec, name, version };
}

function withoutName({ name: _name, ...rest }: PoolSpec): Omit<PoolSpec, 'name'> {
  return rest;
}
