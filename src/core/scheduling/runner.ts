import type { AttemptOutcome } from '../domain/attempt.ts';
import { priceOf, priceOfParts } from '../domain/cost.ts';
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
import type { PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { NewRun, RunTable } from './run-table.ts';
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

  /** @param parts of a gang: the pool of every part, else empty */
  start(row: number, lane: Lane, pool: PoolSlot, parts: readonly PoolSlot[], now: EpochMs): Decision {
    const { origin, table, pools, gates, runs, ends, shares, spend, epochs, ready, room, keeper, backfill, planner } = this.#deps;
    const { shape } = lane;
    const { type } = shape.need;
    const isGang = parts.length > 0;
    const places = isGang ? placesOf(parts) : undefined;
    const here = places?.get(pool) ?? 1;
    const slots = here * shape.need.slots;
    const { layout } = epochs;
    const seq = table.seqAt(row);
    const tenant = table.tenantAt(row);
    const attempt = table.attemptAt(row) + 1;
    const charge = this.#chargeFor(row);
    const cost = table.costAt(row);
    const price = isGang ? priceOfParts(cost, parts.map(priceIn)) : priceOf(cost, pool.costPerUnit);
    const reserved = spend.reserve(tenant, price);
    const turn = this.#takeTurn(type, tenant);
    pool.load += slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running += here;
    if (isGang) pool.held.change(type.id, shape.need.slots, here);
    for (let part = 0; part < here; part++) planner.started(shape.need, pool);
    const gate = gates.take(type, tenant);
    shares.take(tenant, pool.resourceType, slots);
    if (charge > 0) shares.charge(tenant, charge);
    const speed = isGang ? Math.min(...parts.map(speedOf)) : pool.speed;
    const expectedMs = table.isGuessAt(row) ? Number.POSITIVE_INFINITY : Math.max(1, table.estimateMsAt(row)) / speed;
    // Written out: putting it together from parts took half of the time of a start.
    const run = {
      seq,
      pool: pool.place,
      kind: pool.resourceType,
      slots,
      parts: isGang ? here : 0,
      units: cost,
      type: type.id,
      tenant,
      startedAt: now - origin,
      expectedMs,
      charge,
      work: room.workAt(row),
      statedMs: table.statedMsAt(row),
      reserved,
    };
    const first = runs.add(run);
    ends.started(first);
    pools.refresh(pool);
    if (places !== undefined) this.#startOthers(shape.need, places, pool, first, run);
    backfill.started(shape.need, pool);
    table.remove(row);
    room.left(seq, shape);
    layout.lanes.pop(lane);
    ready.headChanged(shape.need);
    if (layout.lanes.hasChoices) this.#forgetMootChoices(tenant);
    // What the tenant used and holds has grown, so all its lanes go back: one by one as they come first, each would wake others in vain.
    layout.lanes.settleTenant(tenant, this.#headChanged, ready.heedsAll);
    if (type.turns !== undefined) {
      keeper.turnsChanged(gate);
      type.turns.sweep((other) => (type.tenants.get(other)?.waiting ?? 0) > 0);
    }
    return {
      seq,
      attempt,
      poolId: pool.id,
      type: type.name,
      slots: shape.need.slots,
      parts: isGang ? parts.map(idOf) : undefined,
      epoch: epochs.number,
      algorithm: layout.strategy.name,
      turn,
    };
  }

  /** The parts of a gang that are not on its first pool. */
  #startOthers(need: Need, places: ReadonlyMap<PoolSlot, number>, first: PoolSlot, run: number, of: NewRun): void {
    const { pools, runs, ends, shares, backfill, planner } = this.#deps;
    for (const [pool, here] of places) {
      if (pool === first) continue;
      const slots = here * need.slots;
      pool.load += slots;
      const cap = pool.caps?.get(need.type.id);
      if (cap !== undefined) cap.running += here;
      pool.held.change(need.type.id, need.slots, here);
      for (let part = 0; part < here; part++) planner.started(need, pool);
      shares.take(of.tenant, pool.resourceType, slots);
      const kind = pool.resourceType;
      ends.started(runs.addTo(run, { ...of, pool: pool.place, kind, slots, parts: here, charge: 0, work: 0, reserved: 0 }));
      pools.refresh(pool);
      backfill.started(need, pool);
    }
  }

  end(seq: Seq, now: EpochMs, outcome: AttemptOutcome | undefined, cost: number): void {
    const { origin, pools, gates, runs, ends, backlog, spend, epochs, ready, keeper, lanes, backfill, planner } = this.#deps;
    const run = runs.rowOf(seq);
    const pool = pools.at(runs.poolAt(run));
    const type = gates.at(runs.typeAt(run));
    const tenant = runs.tenantAt(run);
    const slots = runs.slotsAt(run);
    const others = runs.othersOf(run);
    if (outcome !== undefined && outcome !== 'cancelled' && outcome !== 'released') this.#learn(run, others, pool, now, outcome);
    pool.load -= slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running -= runs.partsAt(run);
    if (runs.isPartAt(run)) pool.held.change(type.id, slots / runs.partsAt(run), -runs.partsAt(run));
    const gate = gates.give(type, tenant);
    this.#settleShare(tenant, run, others, now);
    backlog.leave(runs.workAt(run));
    spend.advance(now);
    const hasMore = spend.settle(tenant, runs.reservedAt(run), cost);
    ends.ended(run);
    const elsewhere = others.length === 0 ? nowhere : this.#endOthers(others, type, now);
    runs.remove(run);
    for (const drain of this.#deps.drains) drain.ended(pool.place, slots, now);
    const sets = elsewhere.length === 0 ? pools.setsOf(pool) : pools.setsOfAll([{ pool }, ...elsewhere]);
    pools.refresh(pool);
    epochs.layout.plan?.gaveBack(pool, slots);
    backfill.ended(pool, now - origin);
    for (const one of elsewhere) backfill.ended(one.pool, now - origin);
    ready.roomIn(sets);
    if (lanes.isHolding) lanes.freeIn(sets, (lane) => planner.helps(lane, pool) || elsewhere.some((one) => planner.helps(lane, one.pool)));
    const isLimited = type.perTenant !== Number.POSITIVE_INFINITY || gate.account !== undefined;
    if (isLimited && gate.running < gate.most) for (const shape of gate.shapes.values()) keeper.unhold(shape);
    if (gate.account !== undefined) {
      keeper.openAccount(gate.account);
      if (hasMore) lanes.payAgain(tenant);
    }
    keeper.openType(type);
  }

  /** What a gang took beside its first pool goes back. */
  #endOthers(others: readonly number[], type: TypeGate, now: EpochMs): { readonly pool: PoolSlot }[] {
    const { pools, runs, ends, epochs, drains } = this.#deps;
    return others.map((run) => {
      const pool = pools.at(runs.poolAt(run));
      const slots = runs.slotsAt(run);
      pool.load -= slots;
      const cap = pool.caps?.get(type.id);
      if (cap !== undefined) cap.running -= runs.partsAt(run);
      pool.held.change(type.id, slots / runs.partsAt(run), -runs.partsAt(run));
      ends.ended(run);
      for (const drain of drains) drain.ended(pool.place, slots, now);
      pools.refresh(pool);
      epochs.layout.plan?.gaveBack(pool, slots);
      return { pool };
    });
  }

  /** An attempt ended by itself. Of one in several parts nobody knows which pool made it fail, or took so long. */
  #learn(run: number, others: readonly number[], pool: PoolSlot, now: EpochMs, outcome: AttemptOutcome): void {
    const { origin, runs, pools, estimates, outcomes, work } = this.#deps;
    const succeeded = outcome === 'succeeded';
    const isGang = runs.isPartAt(run);
    const type = runs.typeAt(run);
    const units = runs.unitsAt(run);
    const slots = this.#slotsOf(run, others);
    const runMs = now - origin - runs.startedAt(run);
    let { speed } = pool;
    for (const other of others) speed = Math.min(speed, pools.at(runs.poolAt(other)).speed);
    if (!isGang) pool.ended(succeeded);
    // One that was lost says until when somebody waited for it, and not how long it took.
    if (outcome !== 'lost') work.ended(Math.max(1, runs.workAt(run)), Math.max(1, workOf(slots, runMs * speed)));
    if (succeeded) estimates.learn(runs.tenantAt(run), type, runMs * speed, runs.statedMsAt(run));
    if (!isGang) outcomes.add({ type, slots, units, pool: pool.kind, succeeded, runMs });
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
  #settleShare(tenant: number, run: number, others: readonly number[], now: EpochMs): void {
    const { shares, runs, keeper, origin } = this.#deps;
    const charged = runs.chargeAt(run);
    if (charged > 0) shares.charge(tenant, this.#slotsOf(run, others) * Math.max(0, now - origin - runs.startedAt(run)) - charged);
    shares.give(tenant, runs.kindAt(run), runs.slotsAt(run));
    for (const other of others) shares.give(tenant, runs.kindAt(other), runs.slotsAt(other));
    shares.leave(tenant);
    keeper.settleTenant(tenant);
  }

  #slotsOf(run: number, others: readonly number[]): number {
    const { runs } = this.#deps;
    return others.reduce((sum, other) => sum + runs.slotsAt(other), runs.slotsAt(run));
  }
}

const nowhere: readonly { readonly pool: PoolSlot }[] = [];

/** Parts by pool, in the order of the first of them. */
function placesOf(parts: readonly PoolSlot[]): ReadonlyMap<PoolSlot, number> {
  const places = new Map<PoolSlot, number>();
  for (const pool of parts) places.set(pool, (places.get(pool) ?? 0) + 1);
  return places;
}

function idOf({ id }: PoolSlot): number {
  return id;
}

function priceIn({ costPerUnit }: PoolSlot): number {
  return costPerUnit;
}

function speedOf({ speed }: PoolSlot): number {
  return speed;
}
