import { type CoreInputs, InputWriter } from '../domain/core-inputs.ts';
import type { Json } from '../domain/json.ts';
import { createDigest } from '../domain/runs-digest.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { PoolEntry, SchedulingCore, StrategySwitch } from '../scheduling/core.ts';
import { type Occupant, occupy, occupyParts } from '../scheduling/occupy.ts';

export interface InputRecorder {
  /** The same core; what it is told through this is noted. */
  readonly core: SchedulingCore;
  /** Takes the slots of what runs since an earlier start, as `scheduling/occupy.ts` does. @returns the first that could not be taken up */
  occupy(pool: PoolEntry, oldestFirst: readonly Occupant[], now: EpochMs): Seq | undefined;
  /** The same for one task of several parts, after those of one. @param pools of each part */
  occupyParts(pools: readonly PoolEntry[], occupant: Occupant, now: EpochMs): Seq | undefined;
  /** More than an entry of the log should carry: to be written by itself. */
  readonly isLong: boolean;
  /** What it was told since the last time, and how many decisions it has just made. */
  take(): CoreInputs;
}

/** Characters that go with a start: more than thousands of turns. */
const mostBeside = 4_096;
/** Calls of one start that are kept; of more it is only said that they are missing. */
const mostCalls = 50_000;

/**
 * Notes everything that a decision core is told, in the order it was told, so that the record shows that its decisions followed from it. Runs that
 * are recalled at a start are not repeated: they are on record, and a digest says which they were.
 * @param logHead the last log row there is, by then
 */
export function recordInputs(core: SchedulingCore, logHead: () => number): InputRecorder {
  const writer = new InputWriter();
  const runs = createDigest();
  let number = 0;
  let decided = 0;
  let calls = 0;
  let limit = Number.POSITIVE_INFINITY;
  writer.call('begin', 1);

  function note(name: string, ...args: readonly unknown[]): void {
    settle();
    if (++calls <= mostCalls)
      writer.call(name, ...(args as Json[])); // they are plain data
    else if (calls === mostCalls + 1) writer.call('unseen');
  }

  /** What has to be said before anything else. */
  function settle(): void {
    if (runs.count > 0) writer.call('runs', logHead(), ...runs.take());
    // What was decided and not taken has no entries: nothing after it can be compared.
    if (decided > 0) writer.call('unseen');
    decided = 0;
  }

  function recordSwitch(prepared: StrategySwitch): StrategySwitch {
    return {
      step(tasks) {
        note('step', tasks);
        return prepared.step(tasks);
      },
      swap(epoch, seed, now) {
        note('swap', epoch, seed, now);
        prepared.swap(epoch, seed, now);
      },
      clear: (tasks) => prepared.clear(tasks), // no decision hangs on it
      discard() {
        note('discard');
        prepared.discard();
      },
    };
  }

  const recorded: SchedulingCore = {
    get waiting() {
      return core.waiting;
    },
    submit(task) {
      settle();
      writer.submit(task.seq, task.attempt);
      core.submit(task);
    },
    cancel(seq) {
      const wasThere = core.cancel(seq);
      if (wasThere) {
        settle();
        writer.cancel(seq);
      }
      return wasThere;
    },
    finish(seq, now, outcome, cost = 0) {
      settle();
      if (outcome === undefined) writer.undo(seq, now);
      else writer.end(seq, cost === 0 && outcome !== 'released');
      core.finish(seq, now, outcome, cost);
    },
    remember(tenant, type, workMs, statedMs) {
      runs.add(tenant, type, workMs, statedMs ?? -1);
      core.remember(tenant, type, workMs, statedMs);
    },
    recallOutcome(run) {
      runs.add(run.type, '', run.poolId, run.runMs);
      core.recallOutcome(run);
    },
    recallTurn(turn) {
      note('turn', { ...turn });
      core.recallTurn(turn);
    },
    recallSpend(tenant, hour, amount, now) {
      note('spend', tenant, hour, amount, now);
      core.recallSpend(tenant, hour, amount, now);
    },
    setPool(pool) {
      note('pool', pool);
      core.setPool(pool);
    },
    removePool(id) {
      note('pool_gone', id);
      core.removePool(id);
    },
    setTypeLimits(limits) {
      note('type', limits);
      core.setTypeLimits(limits);
    },
    setTenantLimits(limits) {
      note('tenant', limits);
      core.setTenantLimits(limits);
    },
    setStrategy(strategy, epoch, seed, now) {
      note('strategy', strategy.name, strategy.params, epoch, seed, now);
      core.setStrategy(strategy, epoch, seed, now);
    },
    prepareStrategy(strategy, now) {
      note('prepare', strategy.name, strategy.params, now);
      return recordSwitch(core.prepareStrategy(strategy, now));
    },
    decide(now, most = Number.POSITIVE_INFINITY, records) {
      settle();
      if (most !== limit) note('limit', most);
      limit = most;
      const decisions = core.decide(now, most, records);
      decided = decisions.length;
      if (decided === 0) writer.look(now);
      return decisions;
    },
    askPlan(now) {
      note('ask', now);
      return core.askPlan(now);
    },
    setPlan(answer, now) {
      const { number: question, row, cell, slots, optimal } = answer;
      note('plan', now, { number: question, row: [...row], cell: [...cell], slots: [...slots], optimal });
      return core.setPlan(answer, now);
    },
    nextDueAt: () => core.nextDueAt(),
    planWantedAt: () => core.planWantedAt(),
    isKept: (seq) => core.isKept(seq),
    holdOf: (seq, now) => core.holdOf(seq, now),
    explain: (seq, now) => core.explain(seq, now),
    unlock: (seq, now) => core.unlock(seq, now),
    remedies: (seq) => core.remedies(seq),
    poolFits: (seq, offset, most) => core.poolFits(seq, offset, most),
    preview: (task, now, strategy) => core.preview(task, now, strategy),
    waitingGroups: (now) => core.waitingGroups(now),
    surveyWaits: (now, since) => core.surveyWaits(now, since),
    keptPools: () => core.keptPools(),
    unroutable: (task) => core.unroutable(task),
    leastPriceFor: (task) => core.leastPriceFor(task),
    waitingFor: (poolId, type) => core.waitingFor(poolId, type),
    runningOn: (poolId, type) => core.runningOn(poolId, type),
    loadOf: (poolId) => core.loadOf(poolId),
    runningOf: (type, tenant) => core.runningOf(type, tenant),
    mostRunningOf: (type) => core.mostRunningOf(type),
    runningBy: (tenant) => core.runningBy(tenant),
    spendingOf: (tenant, window, now) => core.spendingOf(tenant, window, now),
    waitingByReason: (now) => core.waitingByReason(now),
    order: () => core.order(),
  };

  return {
    core: recorded,
    occupy(pool, oldestFirst, now) {
      note(
        'occupy',
        pool,
        oldestFirst.map(({ entry, attempt, startedAt }) => [entry.seq, attempt, startedAt]),
        now,
      );
      return occupy(core, pool, oldestFirst, now);
    },
    occupyParts(pools, occupant, now) {
      const { entry, attempt, startedAt } = occupant;
      note('occupy_parts', pools, [entry.seq, attempt, startedAt], now);
      return occupyParts(core, pools, occupant, now);
    },
    get isLong() {
      return writer.length > mostBeside;
    },
    take() {
      const inputs = { number: number++, decided, items: writer.take() };
      decided = 0;
      return inputs;
    },
  };
}
