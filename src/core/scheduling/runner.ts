import type { AttemptOutcome } from '../domain/attempt.ts';
import { priceOf } from '../domain/cost.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Backfill } from './backfill.ts';
import { type Backlog, workOf } from './backlog.ts';
import type { Decision, Turn } from './contracts.ts';
import type { DrainMeter } from './drain-meter.ts';
import type { Epochs } from './epochs.ts';
import type { Estimates } from './estimates.ts';
import type { GateKeeper } from './gate-keeper.ts';
import type { Gates } from './gates.ts';
import type { Lane } from './lane.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Need, TypeGate } from './need.ts';
import type { Outcomes } from './outcomes.ts';
import type { Planner } from './planner.ts';
import type { PoolIndex } from './pool-index.ts';
import { kindOf, type PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { RunTable } from './run-table.ts';
import type { Shares } from './shares.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { WorkRatio } from './work-ratio.ts';

interface RunnerDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly runs: RunTable;
  readonly ends: PredictedEnds;
  readonly estimates: Estimates;
  readonly outcomes: Outcomes;
  readonly work: WorkRatio;
  readonly shares: Shares;
  readonly backlog: Backlog;
  readonly spend: SpendLedger;
  readonly drains: readonly DrainMeter[];
  readonly epochs: Epochs;
  readonly ready: ReadyQueue;
  readonly room: WaitingRoom;
  readonly keeper: GateKeeper;
  readonly lanes: LaneKeeper;
  readonly backfill: Backfill;
  readonly planner: Planner;
}

/** What an attempt takes at its start it gives back at its end: slots, places under limits, money, shares, turns. */
export class Runner {
  readonly #deps: RunnerDeps;
  readonly #headChanged: (need: Need) => void;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#headChanged = (need) => deps.ready.headChanged(need);
  }

  start(row: number, lane: Lane, pool: PoolSlot, now: EpochMs): Decision {
    const { origin, table, pools, gates, runs, ends, shares, spend, epochs, ready, room, keeper, backfill, planner } = this.#deps;
    const { shape } = lane;
    const { type, slots } = shape.need;
    const { layout } = epochs;
    const seq = table.seqAt(row);
    const tenant = table.tenantAt(row);
    const attempt = table.attemptAt(row) + 1;
    const charge = this.#chargeFor(row);
    const reserved = spend.reserve(tenant, priceOf(table.costAt(row), pool.costPerUnit));
    const turn = this.#takeTurn(type, tenant);
    pool.load += slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running++;
    planner.started(shape.need, pool);
    const gate = gates.take(type, tenant);
    shares.take(tenant, pool.resourceType, slots);
    if (charge > 0) shares.charge(tenant, charge);
    const expectedMs = table.isGuessAt(row) ? Number.POSITIVE_INFINITY : Math.max(1, table.estimateMsAt(row)) / pool.speed;
    // Written out: putting it together from parts took half of the time of a start.
    const run = runs.add({
      seq,
      pool: pool.place,
      kind: pool.resourceType,
      slots,
      units: table.costAt(row),
      type: type.id,
      tenant,
      startedAt: now - origin,
      expectedMs,
      charge,
      work: room.workAt(row),
      statedMs: table.statedMsAt(row),
      reserved,
    });
    ends.started(run);
    pools.refresh(pool);
    backfill.started(shape.need, pool);
    table.remove(row);
    room.left(seq, shape);
    layout.lanes.pop(lane);
    ready.headChanged(shape.need);
    if (layout.lanes.hasChoices) this.#forgetMootChoices(tenant);
    // What the tenant used and holds has grown, so all its lanes go back: one by one as they come first, each would wake others in vain.
    layout.lanes.settleTenant(tenant, this.#headChanged);
    if (type.turns !== undefined) {
      keeper.turnsChanged(gate);
      type.turns.sweep((other) => (type.tenants.get(other)?.waiting ?? 0) > 0);
    }
    return { seq, attempt, poolId: pool.id, type: type.name, slots, epoch: epochs.number, algorithm: layout.strategy.name, turn };
  }

  end(seq: Seq, now: EpochMs, outcome: AttemptOutcome | undefined, cost: number): void {
    const { origin, pools, gates, runs, ends, backlog, spend, epochs, ready, keeper, lanes, backfill, planner } = this.#deps;
    const run = runs.rowOf(seq);
    const pool = pools.at(runs.poolAt(run));
    const type = gates.at(runs.typeAt(run));
    const tenant = runs.tenantAt(run);
    const slots = runs.slotsAt(run);
    if (outcome !== undefined && outcome !== 'cancelled' && outcome !== 'released') this.#learn(run, pool, now, outcome);
    pool.load -= slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running--;
    const gate = gates.give(type, tenant);
    this.#settleShare(tenant, slots, run, now);
    backlog.leave(runs.workAt(run));
    spend.advance(now);
    const hasMore = spend.settle(tenant, runs.reservedAt(run), cost);
    ends.ended(run);
    runs.remove(run);
    for (const drain of this.#deps.drains) drain.ended(pool.place, slots, now);
    const sets = pools.setsOf(pool);
    pools.refresh(pool);
    epochs.layout.plan?.gaveBack(pool, slots);
    backfill.ended(pool, now - origin);
    ready.roomIn(sets);
    if (lanes.isHolding) lanes.freeIn(sets, (lane) => planner.helps(lane, pool));
    if (gate.shapes.size > 0 && gate.running < gate.most) for (const shape of gate.shapes.values()) keeper.unhold(shape);
    if (gate.account !== undefined) {
      keeper.openAccount(gate.account);
      if (hasMore) lanes.payAgain(tenant);
    }
    keeper.openType(type);
  }

  /** An attempt ended by itself. */
  #learn(run: number, pool: PoolSlot, now: EpochMs, outcome: AttemptOutcome): void {
    const { origin, runs, estimates, outcomes, work } = this.#deps;
    const succeeded = outcome === 'succeeded';
    const [type, slots, units] = [runs.typeAt(run), runs.slotsAt(run), runs.unitsAt(run)];
    const runMs = now - origin - runs.startedAt(run);
    pool.ended(succeeded);
    // One that was lost says until when somebody waited for it, and not how long it took.
    if (outcome !== 'lost') work.ended(Math.max(1, runs.workAt(run)), Math.max(1, workOf(slots, runMs * pool.speed)));
    if (succeeded) estimates.learn(runs.tenantAt(run), type, runMs * pool.speed, runs.statedMsAt(run));
    outcomes.add({ type, slots, units, pool: kindOf(pool), succeeded, runMs });
  }

  /** It took a place under its tenant's limits, and room where others can only just pay. */
  #forgetMootChoices(tenant: number): void {
    const { epochs, spend } = this.#deps;
    const isMoot = ({ shape: { gate } }: Lane) =>
      gate?.tenant === tenant || (gate !== undefined && spend.limitOf(gate.tenant) !== undefined);
    epochs.layout.lanes.forgetChoices(isMoot, this.#headChanged);
  }

  #takeTurn({ name, turns }: TypeGate, tenant: number): Turn | undefined {
    return turns && { type: name, tenant: this.#deps.gates.tenants.nameOf(tenant), taken: turns.take(tenant) };
  }

  #chargeFor(row: number): number {
    const { order } = this.#deps.epochs.layout.strategy;
    return order.class === 'share' && order.share === 'charge' ? order.charge(this.#deps.cursor.at(row)) : 0;
  }

  /** What was charged in advance becomes what was used, and the tenant holds less. */
  #settleShare(tenant: number, slots: number, run: number, now: EpochMs): void {
    const { shares, runs, keeper, origin } = this.#deps;
    const charged = runs.chargeAt(run);
    if (charged > 0) shares.charge(tenant, slots * Math.max(0, now - origin - runs.startedAt(run)) - charged);
    shares.give(tenant, runs.kindAt(run), slots);
    shares.leave(tenant);
    keeper.settleTenant(tenant);
  }
}
