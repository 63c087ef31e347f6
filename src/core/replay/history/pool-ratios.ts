import type { TaskEntry } from '../../domain/task.ts';
import type { Ms } from '../../domain/units.ts';
import { inMap } from '../in-map.ts';

/** What work takes on a pool by what it takes on all, by name; a pool that is not in it has not shown that it differs. */
export type PoolRatios = ReadonlyMap<string, number>;

/** Runs of a shape on a pool before they say anything of it. */
const leastRuns = 20;
/** Standard errors by which a pool has to differ: of twenty runs that differ much among themselves the mean says little. */
const leastErrors = 2;
const none: PoolRatios = new Map();

/** Mean and spread in one pass. @see Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 1962 */
class Spread {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  /** Of the mean. */
  get error(): number {
    return Math.sqrt(this.#squares / Math.max(1, this.count - 1) / this.count);
  }
}

interface ShapeRuns {
  readonly all: Spread;
  readonly pools: Map<string, Spread>;
  ratios: PoolRatios;
}

/**
 * How far the speed a pool is said to have is from what it shows, by shape of task (type, resource, slots): observed work (run time × said speed)
 * there by that on all pools. What it answers stays as it is for whoever has it, so that every strategy runs a task by the same numbers.
 */
export function createPoolRatios() {
  /** Asked for twice a task: a text to look it up by would cost more than the rest. */
  const types = new Map<string, Map<TaskEntry['resourceType'], Map<number, ShapeRuns>>>();

  function shapeOf({ type, resourceType, slots }: TaskEntry): ShapeRuns {
    const resources = inMap(types, type, newMap<TaskEntry['resourceType'], Map<number, ShapeRuns>>);
    const shapes = inMap(resources, resourceType, newMap<number, ShapeRuns>);
    return inMap(shapes, slots, newRuns);
  }

  return {
    of: (entry: TaskEntry): PoolRatios => shapeOf(entry).ratios,
    /** A run that succeeded. */
    learn(entry: TaskEntry, pool: string, workMs: Ms): void {
      const runs = shapeOf(entry);
      const there = inMap(runs.pools, pool, () => new Spread());
      runs.all.add(workMs);
      there.add(workMs);
      if (there.count % leastRuns === 0) runs.ratios = measured(runs);
    },
  };
}

function newMap<Key, Value>(): Map<Key, Value> {
  return new Map();
}

function newRuns(): ShapeRuns {
  return { all: new Spread(), pools: new Map(), ratios: none };
}

function measured({ all, pools }: ShapeRuns): PoolRatios {
  const differing = [...pools].filter(
    ([, { count, mean, error }]) => count >= leastRuns && Math.abs(mean - all.mean) > leastErrors * error,
  );
  return new Map(differing.map(([name, { mean }]) => [name, mean / all.mean]));
}
