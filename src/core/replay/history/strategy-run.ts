import type { Bounded, Card, NamedStrategy, PoolEdit } from '../../domain/replay.ts';
import { backoffMs } from '../../domain/retry.ts';
import type { EpochMs, Ms, Seq } from '../../domain/units.ts';
import type { RecentRun } from '../../ports/task-store.ts';
import { createSchedulingCore, type PoolEntry } from '../../scheduling/core.ts';
import { createStrategy, type StrategyContext } from '../../strategies/registry.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createSimulation } from '../trx/simulation.ts';
import { createCard } from './card-collector.ts';
import { createBestPools } from './offline-bounds.ts';
import { addedPools, edited } from './pool-edits.ts';
import type { HistoryTask } from './tasks-of-record.ts';
import type { WorldChange } from './window-world.ts';

export interface StrategyRunOptions {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly named: NamedStrategy;
  readonly epoch: number;
  readonly seed: number;
  /** Of the draws that are the same for every strategy. */
  readonly commonSeed: number;
  readonly edits: readonly PoolEdit[];
  readonly context: StrategyContext;
  /** It follows the switches of the record. */
  readonly followsSwitches: boolean;
  readonly onFirstStart?: (task: HistoryTask, pool: PoolEntry) => void;
}

/** One strategy on its way through a window. */
export type StrategyRun = ReturnType<typeof createStrategyRun>;

/** @throws Error when there is no such strategy: the caller has asked for it by a name that was checked, or is stored. */
export function createStrategyRun(options: StrategyRunOptions) {
  const { from, to, named, epoch, seed, commonSeed, edits, context, followsSwitches, onFirstStart } = options;
  const card = createCard(from, to, onFirstStart);
  const core = createSchedulingCore();
  const sim = createSimulation(core, card.observer, (seq, attempt) => drawnBackoff(commonSeed, seq, attempt));
  const best = createBestPools();
  sim.advance(from);
  core.setStrategy(strategyNamed(named, context), epoch, seed, from);

  function setPool(pool: PoolEntry): void {
    best.see(pool);
    sim.setPool(pool);
  }

  return {
    card,
    sim,
    /** What there was when the window began. @param pools of it, to be followed by those that are tried out */
    begin(changes: readonly WorldChange[], pools: readonly PoolEntry[], runs: readonly RecentRun[], workOf: (run: RecentRun) => Ms): void {
      for (const change of changes) this.apply(change, from);
      for (const pool of addedPools(edits, pools)) setPool(pool);
      const ids = new Map(pools.map(({ name, id }) => [name, id]));
      for (const run of runs) {
        const poolId = ids.get(run.pool);
        const succeeded = run.outcome === 'succeeded';
        if (succeeded) core.remember(run.tenant, run.type, workOf(run), run.statedMs);
        if (poolId !== undefined && run.parts === null && run.outcome !== 'lost') core.recallOutcome({ ...run, poolId, succeeded });
      }
    },
    apply(change: WorldChange, at: EpochMs): void {
      sim.advance(at);
      if (change.kind === 'pool') setPool(edited(change.pool, edits));
      else if (change.kind === 'pool_gone') sim.removePool(change.id);
      else if (change.kind === 'type') sim.change(() => core.setTypeLimits(change.limits));
      else if (change.kind === 'tenant') sim.change(() => core.setTenantLimits(change.limits));
      else if (change.kind !== 'strategy') sim.pause(change.kind === 'down');
      else if (followsSwitches) {
        const { epoch, seed } = change.epoch;
        sim.change(() => core.setStrategy(strategyNamed(change.epoch, context), epoch, seed, at));
      }
    },
    submit(task: HistoryTask, at: EpochMs): void {
      sim.advance(at);
      sim.submit(task);
    },
    /** Nothing more comes. @param begin when the first task came · @param makespanBound by the throughput of all pools */
    finish(begin: EpochMs, makespanBound: (throughput: number) => Ms | null): Card {
      const stuck = sim.finish() as readonly HistoryTask[]; // the tasks of this simulation
      const pools = best.all();
      const throughput = pools.reduce((sum, each) => sum + each.throughput, 0);
      const { spent, bound, lastEnd } = card.costs(pools, begin);
      return {
        ...named,
        figures: card.collector.figures(),
        neverStarted: stuck.filter(({ isCutOff }) => !isCutOff).length,
        totalCost: bounded(spent, bound),
        // The bound is of all tasks: whoever leaves some undone may be over sooner.
        makespan: bounded(Math.max(0, lastEnd - begin), stuck.length > 0 ? null : makespanBound(throughput)),
      };
    },
  };
}

/** Whether this version still has it. */
export function canBeMade({ name, params }: NamedStrategy, context: StrategyContext): boolean {
  return createStrategy(name, params, context).kind === 'made';
}

function strategyNamed({ name, params }: NamedStrategy, context: StrategyContext): Strategy {
  const made = createStrategy(name, params, context);
  if (made.kind !== 'made') throw new Error(made.message);
  return made.strategy;
}

/** The same for every strategy, whatever it has done before. */
function drawnBackoff(seed: number, seq: Seq, attempt: number): Ms {
  return backoffMs(attempt, createSeededRandom(`back-off ${seed} ${seq} ${attempt}`).next());
}

function bounded(value: number, bound: number | null): Bounded {
  return { value, bound, gap: bound === null || bound <= 0 ? null : (value - bound) / bound };
}
