import { type CoreInput, DamagedInputs, readInputs } from '../../domain/core-inputs.ts';
import { priceOfRun } from '../../domain/cost.ts';
import type { DecisionRecord } from '../../domain/decision.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { createDigest } from '../../domain/runs-digest.ts';
import type { EpochMs, Seq } from '../../domain/units.ts';
import type { History, RecordedTask } from '../../ports/history.ts';
import { createSchedulingCore, type Decision, type PoolEntry, type StrategySwitch } from '../../scheduling/core.ts';
import { occupy, occupyParts } from '../../scheduling/occupy.ts';
import { createStrategy, type StrategyContext } from '../../strategies/registry.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import type { HeardSink } from './heard-times.ts';
import type { createKnownTasks } from './known-tasks.ts';
import { argumentsOf, isCallName, type ToldCalls, type ToldPlan } from './told-calls.ts';

/** The record does not say enough to go on: what is missing, in words. */
export class NotOnRecord extends Error {}

/** The core has done something else than the recorded one: what, in words, and of which task. */
export class DecidedOtherwise extends Error {
  readonly seq: Seq;
  /** What it decided where nothing is recorded. */
  readonly decision: Decision | undefined;

  constructor(message: string, seq: Seq, decision?: Decision) {
    super(message);
    this.seq = seq;
    this.decision = decision;
  }
}

interface CoreAgainDeps {
  readonly history: Pick<History, 'runsUntil'>;
  readonly tasks: ReturnType<typeof createKnownTasks>;
  readonly context: StrategyContext;
  /** Learns when what was heard of. */
  readonly heard: HeardSink;
}

/** As many as a start reads. */
const runsRecalled = 10_000;
/** How inputs are written now. */
const version = 1;

/** What was started and has not ended. */
interface Run {
  readonly attempt: number;
  /** Of every part. */
  readonly pools: readonly { readonly costPerUnit: number }[];
}

export type CoreAgain = ReturnType<typeof createCoreAgain>;

/** A decision core that is told what the core of a server was told since its start, in the same order. */
export function createCoreAgain({ history, tasks, context, heard }: CoreAgainDeps) {
  const core = createSchedulingCore();
  const pools = new Map<number, PoolEntry>();
  const running = new Map<Seq, Run>();
  let limit = Number.POSITIVE_INFINITY;
  let prepared: StrategySwitch | undefined;
  /** Seq and attempt, 0 for an arrival, of what no turn has heard yet. */
  let unheard: number[] = [];

  const calls: { readonly [Name in keyof ToldCalls]: (...args: ToldCalls[Name]) => void } = {
    begin(written) {
      if (written !== version) throw new NotOnRecord('its inputs were written by another version');
    },
    limit(decisions) {
      limit = decisions ?? Number.POSITIVE_INFINITY;
    },
    pool: setPool,
    pool_gone: removePool,
    type: (limits) => core.setTypeLimits(limits),
    tenant: (limits) => core.setTenantLimits(limits),
    strategy: (name, params, epoch, seed, now) => core.setStrategy(strategyOf(name, params), epoch, seed, now),
    prepare(name, params, now) {
      prepared = core.prepareStrategy(strategyOf(name, params), now);
    },
    step: (many) => void prepared?.step(many),
    swap: (epoch, seed, now) => prepared?.swap(epoch, seed, now),
    discard: () => prepared?.discard(),
    ask: (now) => void core.askPlan(now),
    plan,
    turn: (turn) => core.recallTurn(turn),
    occupy: occupyAgain,
    occupy_parts: occupyPartsAgain,
    spend: (tenant, hour, amount, now) => core.recallSpend(tenant, hour, amount, now),
    runs: recall,
    unseen() {
      throw new NotOnRecord('not all that the core was told was noted');
    },
  };

  function apply(input: CoreInput): void {
    if (input.kind === 'submit') submit(input.seq, input.attempt);
    else if (input.kind === 'end') end(input.seq, input.isFree);
    else if (input.kind === 'undo') undo(input.seq, input.at);
    else if (input.kind === 'cancel') cancel(input.seq);
    else if (input.kind === 'look') look(input.at);
    else call(input.name, input.args);
  }

  function call(name: string, args: readonly Json[]): void {
    if (!isCallName(name)) throw new NotOnRecord(`this version cannot be told what the core was told then (${name})`);
    perform(name, args);
  }

  function perform<Name extends keyof ToldCalls>(name: Name, args: readonly Json[]): void {
    const told = argumentsOf(name, args);
    if (told === undefined) throw new NotOnRecord(`what the core was told of its world then (${name}) cannot be read`);
    calls[name](...told);
  }

  function submit(seq: Seq, attempt: number): void {
    const { entry } = taskOf(seq);
    core.submit(entry.attempt === attempt ? entry : { ...entry, attempt });
    if (attempt === 0) unheard.push(seq, 0);
  }

  function end(seq: Seq, isFree: boolean): void {
    const { attempt, pools: there } = runOf(seq);
    let task = tasks.get(seq);
    if (task?.attempts[attempt - 1]?.outcome == null) task = tasks.again(seq); // it has ended since it was read
    const ended = task?.attempts[attempt - 1];
    if (task === undefined || ended?.endedAt == null || ended.outcome === null)
      throw new NotOnRecord(`how task ${seq} ended is not on record`);
    const cost = isFree || ended.outcome === 'released' ? 0 : priceOfRun(task.entry.cost, there);
    core.finish(seq, ended.endedAt, ended.outcome, cost);
    running.delete(seq);
    unheard.push(seq, attempt);
    if (attempt === task.attempts.length && task.completedAt !== null) tasks.forget(seq);
  }

  function undo(seq: Seq, at: EpochMs): void {
    runOf(seq);
    running.delete(seq);
    core.finish(seq, at);
  }

  function runOf(seq: Seq): Run {
    const run = running.get(seq);
    if (run === undefined) throw new DecidedOtherwise(`task ${seq} ran by then, and has not been started here`, seq);
    return run;
  }

  function cancel(seq: Seq): void {
    if (!core.cancel(seq)) throw new DecidedOtherwise(`task ${seq} waited when it was given up, and does not wait here`, seq);
    tasks.forget(seq);
  }

  function look(at: EpochMs): void {
    hear(at);
    const [decision] = core.decide(at, limit);
    if (decision !== undefined)
      throw new DecidedOtherwise(`nothing could start, and task ${decision.seq} starts here`, decision.seq, decision);
  }

  /** A turn, and what it was the first to know. */
  function hear(at: EpochMs): void {
    heard.turn(at);
    for (let i = 0; i < unheard.length; i += 2) {
      const [seq = 0, attempt = 0] = [unheard[i], unheard[i + 1]];
      if (attempt === 0) heard.arrived(seq);
      else heard.ended(seq, attempt);
    }
    unheard = [];
  }

  function setPool(pool: PoolEntry): void {
    pools.set(pool.id, pool);
    core.setPool(pool);
    heard.pool({ kind: 'pool', pool });
  }

  function removePool(id: number): void {
    core.removePool(id);
    heard.pool({ kind: 'pool_gone', id });
  }

  function strategyOf(name: string, params: JsonObject): Strategy {
    const made = createStrategy(name, params, context);
    if (made.kind !== 'made') throw new NotOnRecord(`${name} cannot be made again by this version`);
    return made.strategy;
  }

  function plan(now: EpochMs, { number, optimal, row, cell, slots }: ToldPlan): void {
    core.setPlan({ number, optimal, row: Int32Array.from(row), cell: Int32Array.from(cell), slots: Int32Array.from(slots) }, now);
  }

  /** What nodes went on with over a restart. */
  function occupyAgain(pool: PoolEntry, oldestFirst: readonly (readonly number[])[], now: EpochMs): void {
    const occupants = oldestFirst.map(([seq = 0, attempt = 0, startedAt = 0]) => ({ entry: taskOf(seq).entry, attempt, startedAt }));
    const left = occupy(core, pool, occupants, now);
    if (left !== undefined) throw new DecidedOtherwise(`task ${left} ran on a node, and could not be taken up here`, left);
    for (const { entry, attempt } of occupants) running.set(entry.seq, { attempt, pools: [pool] });
  }

  function occupyPartsAgain(there: readonly PoolEntry[], [seq = 0, attempt = 0, startedAt = 0]: readonly number[], now: EpochMs): void {
    const left = occupyParts(core, there, { entry: taskOf(seq).entry, attempt, startedAt }, now);
    if (left !== undefined) throw new DecidedOtherwise(`task ${left} ran on nodes, and could not be taken up here`, left);
    running.set(seq, { attempt, pools: there });
  }

  function taskOf(seq: Seq): RecordedTask {
    const task = tasks.get(seq);
    if (task === undefined) throw new NotOnRecord(`retention has removed task ${seq}`);
    return task;
  }

  /** What a start recalls of runs before it, if it is all still there. */
  function recall(head: number, count: number, digest: number): void {
    const byName = new Map(Array.from(pools.values(), (pool) => [pool.name, pool]));
    const seen = createDigest();
    for (const { outcome, tenant, type, pool, runMs, slots, cost, statedMs, parts } of history.runsUntil(head, runsRecalled)) {
      const known = byName.get(pool);
      const succeeded = outcome === 'succeeded';
      if (succeeded) {
        const workMs = runMs * Math.min(...(parts ?? [pool]).map((name) => byName.get(name)?.speed ?? 1));
        seen.add(tenant, type, workMs, statedMs ?? -1);
        core.remember(tenant, type, workMs, statedMs);
      }
      if (known !== undefined && parts === null && outcome !== 'lost') {
        seen.add(type, '', known.id, runMs);
        core.recallOutcome({ type, poolId: known.id, slots, cost, succeeded, runMs });
      }
    }
    const [found, was] = seen.take();
    if (found !== count || was !== digest)
      throw new NotOnRecord('not all runs that the server had learnt from at its start are still stored');
  }

  return {
    /** @throws NotOnRecord, DecidedOtherwise */
    tell(items: readonly Json[]): void {
      try {
        for (const input of readInputs(items)) apply(input);
      } catch (error) {
        if (error instanceof NotOnRecord || error instanceof DecidedOtherwise || !(error instanceof Error)) throw error;
        if (error instanceof DamagedInputs) throw new NotOnRecord('what the core was told cannot be read');
        // What a core was really told it has taken once.
        throw new NotOnRecord(`what the core was told makes no sense to it (${error.message})`);
      }
    },
    /** The turn behind what was told. @param records one for each decision */
    decide(now: EpochMs, records: DecisionRecord[]): readonly Decision[] {
      hear(now);
      const decisions = core.decide(now, limit, records);
      for (const { seq, attempt, poolId, parts = [poolId] } of decisions)
        running.set(seq, { attempt, pools: parts.map((id) => pools.get(id) ?? { costPerUnit: 0 }) });
      return decisions;
    },
    poolName: (id: number): string => pools.get(id)?.name ?? '',
  };
}
