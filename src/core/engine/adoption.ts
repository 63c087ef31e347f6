import type { ExecutorName, Pool, PoolSpec } from '../domain/pool.ts';
import { entryOf, type Task } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executor } from '../ports/executor.ts';
import type { Store } from '../ports/store.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import type { Occupant } from '../scheduling/occupy.ts';
import { createStrategy } from '../strategies/registry.ts';
import type { Attempts, NodePlace } from './attempts.ts';
import type { Deadlines } from './deadlines.ts';
import type { InputRecorder } from './input-recorder.ts';
import { poolEntryOf } from './pool-entry.ts';

/** A task that runs on a node since an earlier start of the server, or all of whose parts do. */
export interface Away {
  readonly task: Task;
  readonly serverEpoch: number;
  /** Of each part. */
  readonly places: readonly NodePlace[];
}

interface AdoptionDeps {
  readonly store: Pick<Store, 'processing' | 'pools'>;
  readonly clock: Clock;
  readonly core: SchedulingCore;
  readonly inputs: Pick<InputRecorder, 'occupy' | 'occupyParts'>;
  readonly deadlines: Deadlines;
  readonly attempts: Attempts;
  readonly executors: ReadonlyMap<ExecutorName, Executor>;
}

/** Finds what runs on nodes and takes its slots again, in a core that knows nothing else yet. */
export async function occupyAway({ store, clock, core, inputs, executors }: AdoptionDeps): Promise<readonly Away[]> {
  const pools = new Map((await store.pools()).map((pool) => [pool.name, pool]));
  const away: Away[] = [];
  for (const { task, serverEpoch } of await store.processing()) {
    const places = placesOf(task, pools, executors);
    if (places !== undefined) away.push({ task, serverEpoch, places });
  }
  if (away.length === 0) return away;
  const fifo = createStrategy('fifo');
  if (fifo.kind !== 'made') throw new Error('there is no strategy fifo');
  const now = clock.now();
  core.setStrategy(fifo.strategy, 0, 0, now);
  const oldestFirst = [...away].sort((a, b) => startOf(a) - startOf(b));
  const alone = oldestFirst.filter(({ task }) => task.parts === 1);
  for (const pool of new Set(alone.map(({ places }) => poolsIn(places)[0]))) {
    const there = alone.filter(({ places }) => poolsIn(places)[0] === pool).map(occupantOf);
    checkTaken(pool && inputs.occupy(poolEntryOf(pool, undefined), there, now));
  }
  for (const one of oldestFirst)
    if (one.task.parts > 1) {
      const entries = poolsIn(one.places).map((pool) => poolEntryOf(pool, undefined));
      checkTaken(inputs.occupyParts(entries, occupantOf(one), now));
    }
  return away;
}

/** Where each part of it runs; `undefined`: some part ran in the server that ended, or nobody had got it yet. */
function placesOf(
  { parts, pool, placement, nodeId, partNodes }: Task,
  pools: ReadonlyMap<string, Pool>,
  executors: ReadonlyMap<ExecutorName, Executor>,
): readonly NodePlace[] | undefined {
  const names = placement ?? [pool];
  const nodes = parts === 1 ? [nodeId] : (partNodes ?? []);
  const places = names.flatMap((name, i) => {
    const [known, node] = [pools.get(name ?? ''), nodes[i] ?? null];
    return known !== undefined && node !== null && isRemote(known, executors) ? [{ pool: known, node }] : [];
  });
  return places.length === parts ? places : undefined;
}

function poolsIn(places: readonly NodePlace[]): readonly Pool[] {
  return places.map(({ pool }) => pool);
}

function occupantOf(one: Away): Occupant {
  return { entry: entryOf(one.task), attempt: one.task.attempt, startedAt: startOf(one) };
}

function checkTaken(left: Seq | undefined): void {
  if (left !== undefined) throw new Error(`task ${left} runs on nodes and could not be taken up`);
}

function startOf({ task }: Away): EpochMs {
  return task.startedAt ?? 0;
}

/** Goes on with them, once everything else is known: their nodes have one lease of time to come back. */
export function adoptAway({ attempts, deadlines }: AdoptionDeps, away: readonly Away[]): void {
  for (const { task, places, serverEpoch } of away) {
    attempts.adopt(task, places, serverEpoch);
    if (task.deadline !== null) deadlines.watch(task, task.deadline);
  }
}

export function isRemote(pool: PoolSpec | undefined, executors: ReadonlyMap<ExecutorName, Executor>): boolean {
  return pool !== undefined && executors.get(pool.executor)?.remote !== undefined;
}
