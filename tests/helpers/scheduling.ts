import { type Constraint, canonical } from '../../src/core/domain/constraint.ts';
import { parseConstraints } from '../../src/core/domain/constraint-parser.ts';
import type { JsonObject } from '../../src/core/domain/json.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import { createSchedulingCore, type PoolEntry } from '../../src/core/scheduling/core.ts';
import type { StrategyContext } from '../../src/core/strategies/registry.ts';
import { createStrategy } from '../../src/core/strategies/registry.ts';
import type { Strategy } from '../../src/core/strategies/strategy.ts';

/** A waiting task; what a test does not name does not matter to it. */
export function anEntry(fields: Partial<TaskEntry> = {}): TaskEntry {
  return {
    seq: 1,
    tenant: 'default',
    type: 'order',
    priority: 5,
    cost: 1,
    region: 'us-east',
    regions: null,
    regionMode: 'prefer',
    resourceType: null,
    constraints: null,
    slots: 1,
    parts: 1,
    estimateMs: null,
    deadline: null,
    maxCost: null,
    timeoutMs: 60_000,
    readyAt: 0,
    attempt: 0,
    ...fields,
  };
}

/** Constraints from their text, in canonical form. */
export function constraintsOf(text: string): readonly Constraint[] {
  const parsed = parseConstraints(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return canonical(parsed.constraints);
}

export function aPool(fields: Partial<PoolEntry> = {}): PoolEntry {
  const id = fields.id ?? 1;
  return {
    id,
    name: `pool-${id}`,
    region: 'us-east',
    resourceType: 'cpu',
    costPerUnit: 1,
    capacity: 1,
    speed: 1,
    state: 'active',
    accepts: undefined,
    typeLimits: {},
    carbonGramsPerKwh: 0,
    labels: {},
    ...fields,
  };
}

/** The eight pools of the original, in catalogue order, ids from 1. */
export function demoPools(): PoolEntry[] {
  const regions = [
    ['us-east', 0.5, 10, 2.0, 5],
    ['us-west', 0.6, 8, 2.2, 4],
    ['eu-west', 0.55, 10, 2.1, 5],
    ['ap-east', 0.65, 6, 2.3, 3],
  ] as const;
  return regions.flatMap(([region, cpuPrice, cpus, gpuPrice, gpus], i) => [
    aPool({ id: 2 * i + 1, name: `${region}-cpu-pool`, region, costPerUnit: cpuPrice, capacity: cpus }),
    aPool({ id: 2 * i + 2, name: `${region}-gpu-pool`, region, resourceType: 'gpu', costPerUnit: gpuPrice, capacity: gpus }),
  ]);
}

export function aStrategy(name: string, params: JsonObject = {}, context: StrategyContext = {}): Strategy {
  const made = createStrategy(name, params, context);
  if (made.kind !== 'made') throw new Error(made.message);
  return made.strategy;
}

/** Orders by estimate, takes the first pool with room. */
export const shortestFirst: Strategy = {
  name: 'shortest-first',
  version: 1,
  params: {},
  order: { class: 'static', key: (task) => task.estimateMs },
  place: { rings: [{ within: 'any' }], rules: [{ measures: { name: 'place', unit: '' }, base: () => 0, pick: 'first-fit' }] },
};

/** A core with these pools and strategy, and short words for the events of a test. */
export function aCore(options: { pools?: readonly PoolEntry[]; strategy?: Strategy } = {}) {
  const core = createSchedulingCore();
  const pools = new Map<number, PoolEntry>();
  const setPool = (pool: PoolEntry) => {
    pools.set(pool.id, pool);
    core.setPool(pool);
  };
  for (const pool of options.pools ?? []) setPool(pool);
  core.setStrategy(options.strategy ?? aStrategy('fifo'), 1, 1, 0);
  let seq = 0;
  return {
    core,
    setPool,
    /** Submits tasks with these fields, numbered on. */
    submit(...tasks: Partial<TaskEntry>[]): void {
      for (const task of tasks) {
        seq = task.seq ?? seq + 1;
        core.submit(anEntry({ ...task, seq }));
      }
    },
    /** What starts at `now`: seq and pool name, in order. */
    starts(now = 0, limit?: number): [number, string][] {
      return core.decide(now, limit).map((decision) => [decision.seq, pools.get(decision.poolId)?.name ?? '?']);
    },
    /** Takes `slots` of a pool, so that a test begins with load: meanwhile it takes anything and all others pause. */
    occupy(pool: PoolEntry, slots: number): void {
      const others = [...pools.values()].filter(({ id }) => id !== pool.id);
      for (const other of others) core.setPool({ ...other, state: 'paused' });
      core.setPool({ ...pool, accepts: undefined });
      core.submit(anEntry({ seq: 1_000_000 + pool.id, type: 'occupies', region: null, slots }));
      if (core.decide(0).length !== 1) throw new Error(`${slots} slots do not fit on ${pool.name}`);
      for (const one of [pool, ...others]) core.setPool(one);
    },
    /** Ends what `occupy` began. */
    vacate: (pool: PoolEntry) => core.finish(1_000_000 + pool.id, 0),
  };
}
