import type { ExecutorName, Pool, PoolSpec } from '../domain/pool.ts';
import { entryOf, type Task } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { Store } from '../ports/store.ts';
import type { PoolEntry, SchedulingCore } from '../scheduling/core.ts';
import { createStrategy } from '../strategies/registry.ts';
import type { Attempts } from './attempts.ts';
import type { Deadlines } from './deadlines.ts';
import type { InputRecorder } from './input-recorder.ts';

/** A task that runs on a node since an earlier start of the server. */
export interface Away {
  readonly task: Task;
  readonly node: string;
  readonly serverEpoch: number;
  readonly pool: Pool;
}

interface AdoptionDeps {
  readonly store: Pick<Store, 'processing' | 'pools'>;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly inputs: Pick<InputRecorder, 'occupy'>;
  readonly deadlines: Deadlines;
  readonly attempts: Attempts;
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
}

/** Finds what runs on nodes and takes its slots again, in a core that knows nothing else yet. */
export async function occupyAway({ store, clock, core, inputs, executors }: AdoptionDeps): Promise<readonly Away[]> {
  const pools = new Map((await store.pools()).map((pool) => [pool.name, pool]));
  const away: Away[] = [];
  for (const { task, serverEpoch } of await store.processing()) {
    const pool = pools.get(task.pool ?? '');
    if (task.nodeId !== null && pool !== undefined && isRemote(pool, executors)) away.push({ task, node: task.nodeId, serverEpoch, pool });
  }
  if (away.length === 0) return away;
  const fifo = createStrategy('fifo');
  if (fifo.kind !== 'made') throw new Error('there is no strategy fifo');
  const now = clock.now();
  core.setStrategy(fifo.strategy, 0, 0, now);
  for (const pool of new Set(away.map((one) => one.pool))) {
    const there = away.filter((one) => one.pool === pool).sort((a, b) => startOf(a) - startOf(b));
    const occupants = there.map((one) => ({ entry: entryOf(one.task), attempt: one.task.attempt, startedAt: startOf(one) }));
    const left = inputs.occupy(entryOfPool(pool), occupants, now);
    if (left !== undefined) throw new Error(`task ${left} runs on a node and could not be taken up`);
  }
  return away;
}

function entryOfPool(pool: Pool): PoolEntry {
  const { id, name, region, resourceType, costPerUnit, capacity, speed, state, typeLimits, labels } = pool;
  const carbonGramsPerKwh = pool.carbonGramsPerKwh ?? 0;
  return { id, name, region, resourceType, costPerUnit, capacity, speed, state, typeLimits, labels, carbonGramsPerKwh, accepts: undefined };
}

function startOf({ task }: Away): EpochMs {
  return task.startedAt ?? 0;
}

/** Goes on with them, once everything else is known: their nodes have one lease of time to come back. */
export function adoptAway({ attempts, deadlines }: AdoptionDeps, away: readonly Away[]): void {
  for (const { task, node, serverEpoch, pool } of away) {
    attempts.adopt(task, pool, node, serverEpoch);
    if (task.deadline !== null) deadlines.watch(task, task.deadline);
  }
}

export function isRemote(pool: PoolSpec | undefined, executors: ReadonlyMap<ExecutorName, Executor>): boolean {
  return pool !== undefined && executors.get(pool.executor)?.remote !== undefined;
}
