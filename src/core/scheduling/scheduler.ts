// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { AttemptOutcome } from '../domain/attempt.ts';
import { priceOf } from '../domain/cost.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { PlanAnswer, PlanInForce, PlanQuestion } from '../domain/plan.ts';
import type { SpendWindow } from '../domain/quota.ts';
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Ms, Seq } from '../domain/units.ts';
import type { Overtaking, Strategy, TaskView } from '../strategies/strategy.ts';
import type { KeptPool, PoolFit, Preview, WaitingGroup, WaitingTask } from './answers.ts';
import { Backfill } from './backfill.ts';
import { Backlog, workOf } from './backlog.ts';
import type {
  Decision,
  PoolEntry,
  SchedulingCore,
  SchedulingOptions,
  StrategySwitch,
  TenantLimits,
  Turn,
  TypeLimits,
} from './contracts.ts';
import { recordOf } from './decision-record.ts';
import { demandOf } from './demand.ts';
import { DrainMeter } from './drain-meter.ts';
import { Estimates } from './estimates.ts';
import { Explainer } from './explain.ts';
import { GateKeeper } from './gate-keeper.ts';
import { Gates } from './gates.ts';
import { Inquiry } from './inquiry.ts';
import type { Lane, Standing } from './lane.ts';
import { LaneHolds } from './lane-holds.ts';
import { Lanes } from './lanes.ts';
import { Layout } from './layout.ts';
import { isFull, type Need, type Shape, type TenantGate, type TypeGate } from './need.ts';
import { NeedTable } from './need-table.ts';
import { Placement } from './placement.ts';
import type { PlanRequest } from './plan-book.ts';
import { inOrder } from './plan-window.ts';
import { type PoolChange, PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import { PredictedEnds } from './predicted-ends.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { Hold, SchedulingReason } from './reasons.ts';
import type { Relaxation } from './relaxation.ts';
import { Reservations } from './reservations.ts';
import { RunTable } from './run-table.ts';
import { Shares } from './shares.ts';
import { type Spending, SpendLedger } from './spend.ts';
import { createSwitch, type PendingSwitch } from './strategy-switch.ts';
import { TaskCursor, TaskTable } from './task-table.ts';
import { WaitingRoom } from './waiting-room.ts';

/** An emptied table larger than this is given back. */
const keptRows = 65_536;
const never = Number.POSITIVE_INFINITY;

/** Room there is may be kept from a task for these. */
const keptCodes: readonly SchedulingReason[] = ['reserved_for_older', 'strict_order'];

/** Before the first strategy: a task may go nowhere. */
const noStrategy: Strategy = {
  name: 'none',
  version: 1,
  params: {},
  order: { class: 'static', key: (task) => task.seq },
  place: { rings: [], rules: [] },
};

/**
 * The decision loop over its parts: the table of waiting tasks, needs and shapes, the layout of the strategy in force, the queue of needs
 * to look at, gates, pools. Every event keeps them in step; nothing is computed by scanning.
 */
export class Scheduler implements SchedulingCore {
  readonly #origin: EpochMs;
  readonly #gates = new Gates();
  readonly #runs = new RunTable();
  readonly #estimates: Estimates;
  readonly #table: TaskTable;
  readonly #needs: NeedTable;
  readonly #cursor: TaskCursor;
  readonly #pools: PoolIndex;
  readonly #shares: Shares;
  readonly #backlog: Backlog;
  readonly #ends: PredictedEnds;
  readonly #reservations: Reservations;
  readonly #placement: Placement;
  readonly #ready: ReadyQueue;
  readonly #keeper: GateKeeper;
  readonly #room: WaitingRoom;
  readonly #backfill: Backfill;
  readonly #holds = new LaneHolds();
  readonly #explainer: Explainer;
  readonly #inquiry: Inquiry;
  readonly #spend = new SpendLedger();
  // By tenant: lanes whose heads it cannot pay for now.
  readonly #lackMoney = new Map<number, Set<Lane>>();
  readonly #drains = [new DrainMeter(60_000), new DrainMeter(600_000)] as const;
  #layout: Layout;
  #next: PendingSwitch | undefined;
  #epoch = 0;
  /** Of all tasks that were ever submitted here. */
  #latest: Seq = 0;
  #plans = 0;

  constructor({ origin = 0, estimates = 'predicted' }: SchedulingOptions) {
    this.#origin = origin;
    this.#estimates = new Estimates(estimates);
    this.#ends = new PredictedEnds(this.#runs);
    this.#table = new TaskTable(origin);
    this.#needs = new NeedTable(
      (need) => this.#dropRings(need),
      (shape) => this.#dropShape(shape),
    );
    this.#cursor = new TaskCursor(this.#table, this.#needs.shapes);
    this.#pools = new PoolIndex({
      idOf: (type) => this.#gates.type(type).id,
      running: (place, type) => this.#runs.count(place, type),
    });
    this.#shares = new Shares(this.#pools.capacity);
    this.#backlog = new Backlog(this.#pools.capacity);
    this.#layout = this.#layoutFor(noStrategy);
    this.#reservations = new Reservations(this.#pools, this.#ends);
    this.#placement = new Placement(this.#reservations);
    this.#ready = new ReadyQueue(
      this.#needs.needs,
      (need) => this.#layout.ringsOf(need),
      (need) => this.#layout.lanes.standing(need),
      {
        parked: (need) => this.#backfill.parked(need),
        left: (need) => this.#backfill.left(need),
        mayFit: (need) => this.#backfill.mayFit(need),
      },
    );
    this.#keeper = new GateKeeper({ ready: this.#ready, layout: () => this.#layout, next: () => this.#next?.layout });
    this.#room = new WaitingRoom({
      table: this.#table,
      cursor: this.#cursor,
      needs: this.#needs,
      pools: this.#pools,
      gates: this.#gates,
      ready: this.#ready,
      layout: () => this.#layout,
      next: () => this.#next,
    });
    this.#backfill = new Backfill({
      pools: this.#pools,
      needs: this.#needs.needs,
      table: this.#table,
      ends: this.#ends,
      ready: this.#ready,
      reservations: this.#reservations,
      layout: () => this.#layout,
      roomIn: (sets) => this.#roomIn(sets),
    });
    this.#explainer = new Explainer({
      origin,
      table: this.#table,
      pools: this.#pools,
      needs: this.#needs,
      layout: () => this.#layout,
      reservations: this.#reservations,
      blocker: () => this.#backfill.blocker,
      sleepsUntil: (seq) => {
        const until = this.#layout.sleepers.untilOf(seq);
        return until === undefined ? undefined : this.#origin + until;
      },
      hasPlan: () => this.#layout.plan !== undefined,
      tenantName: (tenant) => this.#gates.tenants.nameOf(tenant),
      moneyOf: (tenant) => {
        const limit = this.#spend.limitOf(tenant);
        return limit && { ...limit, ...this.#spend.spendingOf(tenant, limit.window) };
      },
    });
    this.#inquiry = new Inquiry({
      origin,
      table: this.#table,
      needs: this.#needs,
      pools: this.#pools,
      gates: this.#gates,
      runs: this.#runs,
      estimates: this.#estimates,
      backlog: this.#backlog,
      spend: this.#spend,
      explainer: this.#explainer,
      reservations: this.#reservations,
      layout: () => this.#layout,
      drains: this.#drains,
    });
  }

  get waiting(): number {
    return this.#table.size;
  }

  // --- events ---

  submit(task: Readonly<TaskEntry>): void {
    const tenant = this.#gates.tenants.idOf(task.tenant);
    const need = this.#needFor(task);
    const gate = this.#gates.gateFor(need.type, tenant);
    const shape = this.#needs.shapeOf(need, gate);
    if (gate?.waiting === 0) need.type.turns?.enter(tenant);
    const expectedMs = this.#estimates.predict(tenant, need.type.id, task.estimateMs);
    const row = this.#table.add(task, shape.id, tenant, expectedMs);
    this.#table.setBacklogMs(row, this.#backlog.enter(this.#workAt(row)));
    this.#shares.enter(tenant);
    this.#latest = Math.max(this.#latest, task.seq);
    this.#layout.plan?.entered();
    this.#room.enter(row, shape);
  }

  cancel(seq: Seq): boolean {
    const row = this.#table.rowOf(seq);
    if (row === -1) return false;
    const shape = this.#room.shapeAt(row);
    const lane = this.#layout.sleepers.remove(seq) ? undefined : this.#layout.lanes.at(row, shape);
    this.#shares.leave(this.#table.tenantAt(row));
    this.#backlog.leave(this.#workAt(row));
    this.#table.remove(row);
    this.#room.left(seq, shape);
    if (lane !== undefined) this.#layout.lanes.left(lane);
    this.#backfill.cancelled(seq, shape.need);
    this.#ready.headChanged(shape.need);
    this.#shrink();
    return true;
  }

  finish(seq: Seq, now: EpochMs, outcome?: AttemptOutcome, cost = 0): void {
    const run = this.#runs.rowOf(seq);
    const pool = this.#pools.at(this.#runs.poolAt(run));
    const type = this.#gates.at(this.#runs.typeAt(run));
    const tenant = this.#runs.tenantAt(run);
    const slots = this.#runs.slotsAt(run);
    if (outcome !== undefined && outcome !== 'cancelled' && outcome !== 'released') pool.ended(outcome === 'succeeded');
    if (outcome === 'succeeded') {
      this.#estimates.learn(tenant, type.id, (now - this.#origin - this.#runs.startedAt(run)) * pool.speed, this.#runs.statedMsAt(run));
    }
    pool.load -= slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running--;
    const gate = this.#gates.give(type, tenant);
    this.#settleShare(tenant, slots, run, now);
    this.#backlog.leave(this.#runs.workAt(run));
    this.#spend.advance(now);
    const hasMore = this.#spend.settle(tenant, this.#runs.reservedAt(run), cost);
    this.#ends.ended(run);
    this.#runs.remove(run);
    for (const drain of this.#drains) drain.ended(pool.place, slots, now);
    const sets = this.#pools.setsOf(pool);
    for (const set of sets) set.refresh(pool);
    this.#layout.plan?.gaveBack(pool, slots);
    this.#backfill.ended(pool, now - this.#origin);
    this.#ready.roomIn(sets);
    for (const lane of this.#holds.in(sets)) if (this.#helps(lane, pool)) this.#freeLane(lane);
    if (gate.shapes.size > 0 && gate.running < gate.most) for (const shape of gate.shapes.values()) this.#keeper.unhold(shape);
    if (gate.account !== undefined) {
      this.#keeper.openAccount(gate.account);
      if (hasMore) this.#payAgain(tenant);
    }
    this.#keeper.openType(type);
  }

  remember(tenant: string, type: string, workMs: Ms, statedMs: Ms | null): void {
    this.#estimates.learn(this.#gates.tenants.idOf(tenant), this.#gates.type(type).id, workMs, statedMs);
  }

  recallTurn({ type, tenant, taken }: Turn): void {
    this.#gates.type(type).turns?.recall(this.#gates.tenants.idOf(tenant), taken);
  }

  recallSpend(tenant: string, hour: EpochMs, amount: number, now: EpochMs): void {
    this.#spend.advance(now);
    this.#spend.recall(this.#gates.tenants.idOf(tenant), hour, amount);
  }

  setPool(pool: PoolEntry): void {
    const change = this.#pools.set(pool);
    this.#backfill.poolChanged(this.#pools.get(pool.id)!);
    this.#poolsChanged(change);
  }

  removePool(id: number): void {
    this.#backfill.poolGoes(this.#pools.get(id));
    this.#poolsChanged(this.#pools.remove(id));
  }

  setTypeLimits(limits: TypeLimits): void {
    const type = this.#gates.type(limits.type);
    const { turns } = type;
    const isNewKind = this.#gates.limit(limits);
    if (isNewKind) for (const need of [...type.needs]) this.#room.relane(need);
    for (const gate of type.tenants.values()) {
      if (gate.running < gate.most) for (const shape of gate.shapes.values()) this.#keeper.unhold(shape);
      if (type.turns === turns) continue;
      if (gate.waiting > 0) type.turns?.enter(gate.tenant);
      this.#keeper.turnsChanged(gate);
    }
    this.#keeper.openType(type);
  }

  setTenantLimits(limits: TenantLimits): void {
    const tenant = this.#gates.tenants.idOf(limits.tenant);
    const { account, isNew } = this.#gates.limitTenant(limits);
    if (isNew) this.#room.relaneTenant(tenant);
    this.#spend.limit(tenant, limits.spend ?? null);
    this.#shares.setWeight(tenant, limits.weight);
    this.#keeper.settleTenant(tenant);
    this.#keeper.openAccount(account);
    this.#payAgain(tenant);
  }

  setStrategy(strategy: Strategy, epoch: number, seed: number, now: EpochMs): void {
    this.prepareStrategy(strategy, now).swap(epoch, seed, now);
  }

  prepareStrategy(strategy: Strategy, now: EpochMs): StrategySwitch {
    this.#next?.discard();
    const layout = this.#layoutFor(strategy);
    layout.facts.nowMs = now - this.#origin;
    const pending = createSwitch(layout, {
      table: this.#table,
      needs: this.#needs,
      cursor: this.#cursor,
      install: (layout, epoch, seed, now) => this.#install(layout, epoch, seed, now),
      ended: () => {
        this.#next = undefined;
      },
    });
    this.#next = pending;
    return pending;
  }

  // --- deciding ---

  decide(now: EpochMs, limit = Number.POSITIVE_INFINITY, records?: DecisionRecord[]): readonly Decision[] {
    const decisions: Decision[] = [];
    for (const drain of this.#drains) drain.watch(now);
    this.#spend.advance(now);
    this.#advance(now);
    this.#ready.fire(now);
    this.#backfill.begin(now - this.#origin);
    while (decisions.length < limit) {
      const need = this.#ready.best();
      if (this.#backfill.isWatching) {
        const word = this.#backfill.before(need);
        if (word === 'again') continue;
        if (word === 'stop') break;
      }
      if (need === undefined) break;
      const { lanes } = this.#layout;
      const lane = this.#ready.insteadOf(need) ?? lanes.first(need)!;
      if (lanes.settle(lane)) {
        this.#ready.headChanged(need);
        continue;
      }
      const { shape } = lane;
      const { type } = need;
      if (type.running >= type.total) this.#keeper.closeType(type, need);
      else if (isFull(shape)) this.#keeper.hold(shape);
      else {
        const row = lanes.headRow(lane);
        const pool = this.#place(lane, row, now);
        if (pool !== undefined) {
          records?.push(recordOf(this.#placement, pool));
          decisions.push(this.#start(row, lane, pool, now));
        }
      }
    }
    this.#shrink();
    return decisions;
  }

  nextDueAt(): EpochMs {
    const inside = Math.min(this.#layout.sleepers.nextDueAt(), this.#backfill.nextDueAt());
    return Math.min(this.#ready.nextDueAt(), this.#holds.nextDueAt(), this.#origin + inside);
  }

  // --- planning ---

  planWantedAt(): EpochMs {
    const { plan } = this.#layout;
    return plan === undefined || this.waiting === 0 ? never : this.#origin + plan.wantedAt();
  }

  askPlan(now: EpochMs): PlanQuestion | undefined {
    const { plan, facts, strategy } = this.#layout;
    if (plan === undefined) return undefined;
    facts.nowMs = now - this.#origin;
    this.#spend.advance(now);
    plan.advance();
    return plan.ask(this.#inOrder(strategy.order.class === 'static'), ++this.#plans, this.#latest);
  }

  setPlan(answer: PlanAnswer, now: EpochMs): PlanInForce | undefined {
    const { plan, facts } = this.#layout;
    facts.nowMs = now - this.#origin;
    const tokens = plan?.apply(answer);
    if (tokens === undefined) return undefined;
    for (const lane of this.#holds.all()) this.#freeLane(lane);
    return { epoch: this.#epoch, tokens };
  }

  *#inOrder(isExact: boolean): Generator<PlanRequest> {
    const { lanes } = this.#layout;
    const waiting = inOrder(lanes.all(), {
      table: this.#table,
      standingOf: (lane) => lanes.standingOfHead(lane),
      isRich: ({ shape }, row) => shape.need.priceCap !== -1 && this.#payableCap(shape, row) === undefined,
      isExact,
    });
    for (const { lane, row } of waiting) {
      const { need } = lane.shape;
      const [ring] = this.#layout.ringsOf(need);
      if (ring !== undefined) yield { need, set: ring.set, task: this.#cursor.at(row) };
    }
  }

  // --- deciding, in detail ---

  #advance(now: EpochMs): void {
    const { facts, lanes, plan } = this.#layout;
    facts.nowMs = now - this.#origin;
    plan?.advance();
    if (lanes.advance(facts.nowMs)) this.#headsChanged();
    for (const seq of this.#layout.sleepers.wake(facts.nowMs)) this.#room.wake(this.#table.rowOf(seq));
    for (const lane of this.#holds.due(now)) this.#freeLane(lane);
  }

  /** A pool for the head of a lane; without one the need waits for room, or the lane for something better. */
  #place(lane: Lane, row: number, now: EpochMs): PoolSlot | undefined {
    const { need } = lane.shape;
    const { strategy, facts } = this.#layout;
    const payable = this.#payable(lane.shape, row);
    if (payable === undefined) {
      this.#holdForMoney(lane, undefined);
      return undefined;
    }
    const task = this.#cursor.at(row);
    const readyAt = this.#origin + this.#table.sinceAt(row);
    if (need.type.turns !== undefined && this.#couldGo(payable, task, readyAt, now, need)) {
      // It is first by turns and could go. Whether its need is the first as well is decided by its own place in the order.
      if (!this.#layout.lanes.choose(lane)) {
        this.#ready.headChanged(need);
        return undefined;
      }
    }
    const pool = this.#placement.find(this.#layout, payable, need, task, readyAt, now);
    if (pool === undefined) {
      const { plan } = this.#layout;
      const { isRefused, refusedForMs, ringOpensAt } = this.#placement;
      const refusedUntil = plan === undefined ? now + refusedForMs : this.#origin + plan.refusedUntil;
      if (payable !== need) this.#holdForMoney(lane, payable, isRefused ? refusedUntil : ringOpensAt);
      else if (isRefused) this.#holdLane(lane, payable, refusedUntil);
      else this.#park(lane, now);
      return undefined;
    }
    const waitMs = strategy.place.wait?.(task, pool, facts) ?? 0;
    if (waitMs <= 0) return pool;
    this.#holdLane(lane, payable, now + waitMs);
    return undefined;
  }

  /** There is room, and a plan does not keep it from the task. */
  #couldGo(payable: Need, task: TaskView, readyAt: EpochMs, now: EpochMs, need: Need): boolean {
    const ring = this.#placement.ringFor(this.#layout, payable, need, task, readyAt, now);
    if (ring === undefined) return false;
    const { plan } = this.#layout;
    return plan === undefined || plan.trial({ need, set: ring.set, task }) !== undefined;
  }

  /** Whether room in a pool may help a lane that waits although there was some. */
  #helps(lane: Lane, pool: PoolSlot): boolean {
    const { plan } = this.#layout;
    return plan === undefined || lane.lacksMoney || plan.helps(lane.shape.need, pool);
  }

  /** There is no room for the head of the lane: the head of another may use what is kept for others, else the need waits. */
  #park(lane: Lane, now: EpochMs): void {
    const { need } = lane.shape;
    const { openRings, ringOpensAt } = this.#placement;
    if (this.#layout.lanes.forgetChoice(need)) this.#ready.headChanged(need);
    const shorter = this.#backfill.shorter(need, lane, openRings, (row) => this.#startsAt(need, row, now, openRings));
    if (shorter !== undefined) this.#ready.tryInstead(need, shorter);
    else if (this.#ready.insteadOf(need) === undefined) this.#ready.park(need, openRings, ringOpensAt);
    else this.#ready.headChanged(need);
  }

  /** When the task may start in one of the first rings of its need, from the origin: now, when one of them opens to it, or Infinity. */
  #startsAt(need: Need, row: number, now: EpochMs, mostRings: number): Ms {
    const readyAt = this.#origin + this.#table.sinceAt(row);
    const ring = this.#placement.ringFor(this.#layout, need, need, this.#cursor.at(row), readyAt, now, mostRings);
    if (ring !== undefined) return now - this.#origin;
    return this.#placement.ringOpensAt - this.#origin;
  }

  /** The need as far as its tenant can pay for it: itself, one without the dearer pools, or none at all. */
  #payable(shape: Shape, row: number): Need | undefined {
    const { need } = shape;
    const priceCap = this.#payableCap(shape, row);
    if (priceCap === undefined) return need;
    return priceCap === -1 ? undefined : this.#needs.intern(need.type, { ...need.demand, priceCap });
  }

  /** The dearest price the tenant can pay; -1: none, `undefined`: as dear as the need allows. */
  #payableCap({ gate, need }: Shape, row: number): number | undefined {
    if (gate?.account === undefined) return undefined;
    return this.#pools.prices.capWithin(this.#spend.leftOf(gate.tenant), this.#table.costAt(row), need.priceCap);
  }

  /**
   * @param need where it looked for a pool; `undefined`: it can pay for none
   * @param atMost until when it waits if it gets no money
   */
  #holdForMoney(lane: Lane, need: Need | undefined, atMost = never): void {
    const { tenant } = lane.shape.gate!; // or it had all the money it wants
    const until = this.#spend.untilOf(tenant);
    if (need === undefined) this.#holdIn(lane, until, [], true);
    else this.#holdLane(lane, need, Math.min(until, atMost), true);
    const lanes = this.#lackMoney.get(tenant) ?? new Set<Lane>();
    this.#lackMoney.set(tenant, lanes.add(lane));
  }

  /** The tenant has more money than before. */
  #payAgain(tenant: number): void {
    const lanes = this.#lackMoney.get(tenant);
    this.#lackMoney.delete(tenant);
    for (const lane of lanes ?? []) this.#freeLane(lane);
  }

  /** @param need where it looked for a pool */
  #holdLane(lane: Lane, need: Need, until: EpochMs, forMoney = false): void {
    const rings = this.#layout.ringsOf(need).slice(0, this.#placement.openRings);
    this.#holdIn(
      lane,
      until,
      rings.map((ring) => ring.set),
      forMoney,
    );
  }

  #holdIn(lane: Lane, until: EpochMs, sets: readonly PoolSet[], forMoney: boolean): void {
    this.#holds.remove(lane); // a hold that a new head has undone
    this.#holds.add(lane, until, sets);
    this.#layout.lanes.hold(lane, until, forMoney);
    this.#ready.headChanged(lane.shape.need);
  }

  #freeLane(lane: Lane): void {
    this.#holds.remove(lane);
    if (lane.lacksMoney) this.#lackMoney.get(lane.shape.gate!.tenant)?.delete(lane); // only a gate counts money
    if (lane.isDropped) return;
    this.#layout.lanes.free(lane);
    this.#ready.headChanged(lane.shape.need);
  }

  #roomIn(sets: readonly PoolSet[]): void {
    this.#ready.roomIn(sets);
    for (const lane of this.#holds.in(sets)) this.#freeLane(lane);
  }

  #headsChanged(): void {
    for (const need of this.#needs.needs) if (need !== undefined) this.#ready.headChanged(need);
  }

  #start(row: number, lane: Lane, pool: PoolSlot, now: EpochMs): Decision {
    const { shape } = lane;
    const { type, slots } = shape.need;
    const seq = this.#table.seqAt(row);
    const tenant = this.#table.tenantAt(row);
    const attempt = this.#table.attemptAt(row) + 1;
    const charge = this.#chargeFor(row);
    const reserved = this.#spend.reserve(tenant, priceOf(this.#table.costAt(row), pool.costPerUnit));
    const turn = this.#takeTurn(type, tenant);
    pool.load += slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running++;
    this.#spendToken(shape.need, pool);
    const gate = this.#gates.take(type, tenant);
    this.#shares.take(tenant, pool.resourceType, slots);
    if (charge > 0) this.#shares.charge(tenant, charge);
    const expectedMs = this.#table.isGuessAt(row) ? never : Math.max(1, this.#table.estimateMsAt(row)) / pool.speed;
    // Written out: putting it together from parts took half of the time of a start.
    const run = this.#runs.add({
      seq,
      pool: pool.place,
      kind: pool.resourceType,
      slots,
      type: type.id,
      tenant,
      startedAt: now - this.#origin,
      expectedMs,
      charge,
      work: this.#workAt(row),
      statedMs: this.#table.statedMsAt(row),
      reserved,
    });
    this.#ends.started(run);
    for (const set of this.#pools.setsOf(pool)) set.refresh(pool);
    this.#backfill.started(shape.need, pool);
    this.#table.remove(row);
    this.#room.left(seq, shape);
    this.#layout.lanes.pop(lane);
    this.#ready.headChanged(shape.need);
    // What the tenant used and holds has grown, so all its lanes go back: one by one as they come first, each would wake others in vain.
    this.#layout.lanes.settleTenant(tenant, (need) => this.#ready.headChanged(need));
    if (type.turns !== undefined) {
      this.#keeper.turnsChanged(gate);
      type.turns.sweep((other) => (type.tenants.get(other)?.waiting ?? 0) > 0);
    }
    return { seq, attempt, poolId: pool.id, slots, epoch: this.#epoch, algorithm: this.#layout.strategy.name, turn };
  }

  #takeTurn({ name, turns }: TypeGate, tenant: number): Turn | undefined {
    return turns && { type: name, tenant: this.#gates.tenants.nameOf(tenant), taken: turns.take(tenant) };
  }

  #workAt(row: number): number {
    return workOf(this.#room.shapeAt(row).need.slots, this.#table.estimateMsAt(row));
  }

  /** When a need has spent its last token, its tasks may take what is left over. */
  #spendToken(need: Need, pool: PoolSlot): void {
    if (this.#layout.plan?.started(need, pool) !== true) return;
    for (const lane of this.#holds.of(need)) this.#freeLane(lane);
  }

  #chargeFor(row: number): number {
    const { order } = this.#layout.strategy;
    return order.class === 'share' && order.share === 'charge' ? order.charge(this.#cursor.at(row)) : 0;
  }

  /** What was charged in advance becomes what was used, and the tenant holds less. */
  #settleShare(tenant: number, slots: number, run: number, now: EpochMs): void {
    const charged = this.#runs.chargeAt(run);
    if (charged > 0) this.#shares.charge(tenant, slots * Math.max(0, now - this.#origin - this.#runs.startedAt(run)) - charged);
    this.#shares.give(tenant, this.#runs.kindAt(run), slots);
    this.#shares.leave(tenant);
    this.#keeper.settleTenant(tenant);
  }

  #needFor(task: Readonly<TaskEntry>): Need {
    return this.#needs.intern(this.#gates.type(task.type), demandOf(task, this.#pools.regions, this.#pools.prices));
  }

  #shrink(): void {
    if (this.#table.size === 0 && this.#table.rows > keptRows && this.#next === undefined) this.#table.reset();
  }

  // --- pools and strategy ---

  #poolsChanged({ sets, repriced, reclassed, relabelled }: PoolChange): void {
    this.#next?.layout.lanes.capacityChanged();
    if (this.#layout.lanes.capacityChanged()) this.#headsChanged();
    for (const name of reclassed) for (const need of this.#gates.type(name).needs) this.#reroute(need);
    if (relabelled) for (const need of this.#needs.needs) if (need?.demand.constraints !== undefined) this.#reroute(need);
    for (const set of sets) this.#wakeAll(set);
    for (const lane of this.#holds.in(sets)) this.#freeLane(lane);
    for (const tenant of [...this.#lackMoney.keys()]) this.#payAgain(tenant); // other pools, other prices
    if (!repriced) return;
    for (const need of [...this.#needs.needs]) {
      if (need !== undefined && need.waiting > 0 && need.priceCap !== Number.POSITIVE_INFINITY) this.#room.relane(need);
    }
  }

  /** Pools change seldom and in many ways: every need that waits there is looked at again. */
  #wakeAll(set: PoolSet): void {
    for (const id of set.lot.parked()) this.#ready.wake(this.#needs.needs[id]!);
  }

  #reroute(need: Need): void {
    for (const lane of this.#holds.of(need)) this.#freeLane(lane);
    this.#ready.detach(need);
    this.#dropRings(need);
  }

  #layoutFor(strategy: Strategy): Layout {
    const overtaking = overtakingOf(strategy);
    const lanes = new Lanes(strategy.order, {
      table: this.#table,
      cursor: this.#cursor,
      shares: this.#shares,
      isPreferred: ({ gate }) => gate?.account !== undefined && gate.account.running < gate.account.guaranteed,
      turnsOf: ({ gate, need }) => (gate === undefined ? undefined : turnsOf(need.type, gate)),
      grain: overtaking.strict === 'shape' ? undefined : overtaking.reservations?.grain,
    });
    return new Layout(strategy, this.#pools, lanes, this.#ends, this.#origin);
  }

  #dropRings(need: Need): void {
    for (const lane of this.#holds.in(this.#layout.setsOf(need))) this.#freeLane(lane);
    this.#layout.dropRings(need);
    this.#next?.layout.dropRings(need);
  }

  #dropShape(shape: Shape): void {
    this.#layout.lanes.dropShape(shape);
    this.#next?.layout.lanes.dropShape(shape);
    if (shape.gate !== undefined) this.#gates.forget(shape.need.type, shape.gate);
  }

  #install(layout: Layout, epoch: number, seed: number, now: EpochMs): void {
    const old = this.#layout;
    this.#layout = layout;
    this.#epoch = epoch;
    layout.facts.seed(seed);
    layout.facts.nowMs = now - this.#origin;
    layout.lanes.advance(layout.facts.nowMs);
    for (const shape of this.#needs.shapes) {
      if (shape?.held !== true) continue;
      shape.held = false;
      layout.lanes.settleShape(shape);
    }
    this.#holds.clear();
    this.#lackMoney.clear();
    this.#backfill.restart(overtakingOf(layout.strategy));
    this.#ready.restart();
    old.close(this.#needs.needs);
  }

  // --- answers ---

  holdOf(seq: Seq, _now: EpochMs): Hold | undefined {
    const row = this.#table.rowOf(seq);
    return row === -1 ? undefined : this.#explainer.holdOf(row);
  }

  isKept(seq: Seq): boolean {
    const row = this.#table.rowOf(seq);
    if (row === -1) return false;
    if (this.#layout.sleepers.untilOf(seq) !== undefined || (this.#layout.lanes.at(row, this.#room.shapeAt(row))?.heldUntil ?? 0) > 0)
      return true;
    return keptCodes.includes(this.#explainer.stopOf(this.#room.shapeAt(row)));
  }

  explain(seq: Seq, now: EpochMs): WaitingTask | undefined {
    return this.#inquiry.waiting(seq, now);
  }

  unlock(seq: Seq, now: EpochMs): readonly Relaxation[] {
    return this.#inquiry.unlock(seq, now);
  }

  poolFits(seq: Seq, offset: number, limit: number): { readonly total: number; readonly fits: readonly PoolFit[] } | undefined {
    return this.#inquiry.poolFits(seq, offset, limit);
  }

  preview(task: Readonly<TaskEntry>, now: EpochMs, strategy?: Strategy): Preview {
    if (strategy === undefined) return this.#inquiry.preview(task, this.#layout, now);
    const layout = this.#layoutFor(strategy);
    const preview = this.#inquiry.preview(task, layout, now);
    layout.close([]);
    return preview;
  }

  waitingGroups(): readonly WaitingGroup[] {
    return this.#inquiry.groups();
  }

  keptPools(): readonly KeptPool[] {
    return this.#inquiry.keptPools();
  }

  unroutable(task: Readonly<TaskEntry>): Hold | undefined {
    return this.#explainer.unroutable(this.#needFor(task), task.cost, task.maxCost);
  }

  loadOf(poolId: number): number {
    return this.#pools.get(poolId)?.load ?? 0;
  }

  runningOf(type: string, tenant?: string): number {
    return this.#gates.running(type, tenant);
  }

  mostRunningOf(type: string): number {
    return this.#gates.mostRunning(type);
  }

  spendingOf(tenant: string, window: SpendWindow, now: EpochMs): Spending {
    return this.#spend.spendingOf(this.#gates.tenants.find(tenant) ?? -1, window, now);
  }

  runningBy(tenant: string): number {
    return this.#gates.runningBy(tenant);
  }

  waitingByReason(): ReadonlyMap<string, number> {
    return this.#explainer.byReason();
  }

  order(): readonly Seq[] {
    const waiting: Standing[] = [];
    for (let row = 0; row < this.#table.rows; row++) {
      const seq = this.#table.seqAt(row);
      if (seq === 0) continue;
      const until = this.#layout.sleepers.untilOf(seq);
      waiting.push(until === undefined ? this.#layout.lanes.standingOf(row, this.#room.shapeAt(row)) : { rank: never, key: until, seq });
    }
    return waiting.sort(byStanding).map(({ seq }) => seq);
  }
}

function byStanding(a: Standing, b: Standing): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.key - b.key || a.seq - b.seq;
}

/** A plan says itself who waits for what. */
function overtakingOf({ overtaking, place }: Strategy): Overtaking {
  return place.plan === undefined && overtaking !== undefined ? overtaking : { strict: 'shape' };
}

/** Of a tenant that waits, or is about to. */
function turnsOf({ turns }: TypeGate, { tenant, waiting }: TenantGate): number | undefined {
  return waiting === 0 ? turns?.ofReturning(tenant) : turns?.of(tenant);
}
