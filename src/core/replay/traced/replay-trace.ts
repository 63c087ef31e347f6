import type { ComparedCard, ReplayRequest, ReplayResult } from '../../domain/replay.ts';
import type { PoolEntry } from '../../scheduling/core.ts';
import type { StrategyContext } from '../../strategies/registry.ts';
import { differencesOf } from '../history/differences.ts';
import { createTimeBound } from '../history/offline-bounds.ts';
import { createStrategyRun } from '../history/strategy-run.ts';
import type { WorldChange } from '../history/window-world.ts';
import type { TracedSource } from './read-rows.ts';
import { type TraceLook, tracedTasks } from './traced-tasks.ts';

/** Where the tasks run: nothing of it changes. */
export interface TracedWorld {
  /** Pools and limits before the edits of the request. */
  readonly start: readonly WorldChange[];
  /** The pools of `start`. */
  readonly known: readonly PoolEntry[];
  /** After the edits, those that take tasks. */
  readonly pools: readonly PoolEntry[];
}

/**
 * Tasks of a trace under each strategy, in one pass: memory grows with the tasks that are open, not with those of the trace. Nothing of it
 * happened here, so there is no fidelity; the strategies are compared with the first of them.
 * @yields tasks read so far
 */
export async function* replayTrace(
  source: TracedSource,
  look: TraceLook,
  world: TracedWorld,
  { strategies, pools: edits, seed }: ReplayRequest,
  context: StrategyContext,
): AsyncGenerator<number, ReplayResult> {
  const { first: from, last, notes } = look;
  const common = { from, to: last + 1, context, commonSeed: seed, seed, epoch: 1, edits, followsSwitches: false };
  const runs = strategies.map((named) => createStrategyRun({ ...common, named }));
  for (const run of runs) run.begin(world.start, world.known, [], () => 0);
  const timeBound = createTimeBound();
  let replayed = 0;
  for await (const tasks of tracedTasks(source, world.pools, look)) {
    for (const task of tasks) {
      timeBound.add(task);
      for (const run of runs) run.submit(task, task.entry.readyAt);
    }
    replayed += tasks.length;
    yield replayed;
  }
  const told = runs.map((run) => ({ card: run.finish(from, timeBound.bound), collector: run.card.collector }));
  const [base] = told;
  const cards = told.map(({ card, collector }, i): ComparedCard => {
    if (i === 0 || base === undefined) return { ...card, differences: null };
    return {
      ...card,
      differences: differencesOf({ figures: base.card.figures, collector: base.collector }, { figures: card.figures, collector }, seed),
    };
  });
  return {
    ...{ firstAt: from, lastAt: last, tasks: { replayed, unfinished: 0, carriedOver: 0, missing: 0 } },
    ...{ actual: null, asRun: null, fidelity: null, cards, notes },
  };
}
