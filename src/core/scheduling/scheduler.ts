// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { AttemptOutcome } from '../domain/attempt.ts';
import type { DecisionRecord } from '../domain/decision.ts';
import type { PlanAnswer, PlanInForce, PlanQuestion } from '../domain/plan.ts';
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Ms, Seq } from '../domain/units.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Decision, PastRun, PoolEntry, SchedulingCore, StrategySwitch, TenantLimits, Turn, TypeLimits } from './contracts.ts';
import { recordOf } from './decision-record.ts';
import type { Lane } from './lane.ts';
import { isFull, type Need } from './need.ts';
import type { Parts } from './parts.ts';
import type { PoolSlot } from './pool-slot.ts';
import { needFor, Questions } from './questions.ts';

/** An emptied table larger than this is given back. */
const keptRows = 65_536;

/**
 * The decision loop over its parts: the table of waiting tasks, needs and shapes, the layout of the strategy in force, the queue of needs
 * to look at, gates, pools. Every event keeps them in step; nothing is computed by scanning.
 */
export class Scheduler extends Questions implements SchedulingCore {
  readonly #parts: Parts;
  /** Of all tasks that were ever submitted here. */
  #latest: Seq = 0;

  constructor(parts: Parts) {
    super(parts);
    this.#parts = parts;
  }

  submit(task: Readonly<TaskEntry>): void {
    const { gates, needs, pools, estimates, table, backlog, shares, epochs, room } = this.#parts;
    const tenant = gates.tenants.idOf(task.tenant);
    const need = needFor(this.#parts, task);
    const gate = gates.gateFor(need.type, tenant);
    const shape = needs.shapeOf(need, gate);
    if (gate?.waiting === 0) need.type.turns?.enter(tenant);
    const expectedMs = estimates.predict(tenant, need.type.id, task.estimateMs, task.timeoutMs * pools.mostSpeed);
    const row = table.add(task, shape.id, tenant, expectedMs);
    table.setBacklogMs(row, backlog.enter(room.workAt(row)));
    shares.enter(tenant);
    this.#latest = Math.max(this.#latest, task.seq);
    epochs.layout.plan?.entered();
    room.enter(row, shape);
  }

  cancel(seq: Seq): boolean {
    const { table, room, epochs, shares, backlog, backfill, ready } = this.#parts;
    const row = table.rowOf(seq);
    if (row === -1) return false;
    const shape = room.shapeAt(row);
    const { lanes, sleepers } = epochs.layout;
    const lane = sleepers.remove(seq) ? undefined : lanes.at(row, shape);
    shares.leave(table.tenantAt(row));
    backlog.leave(room.workAt(row));
    table.remove(row);
    room.left(seq, shape);
    if (lane !== undefined) lanes.left(lane);
    backfill.cancelled(seq, shape.need);
    ready.headChanged(shape.need);
    this.#shrink();
    return true;
  }

  finish(seq: Seq, now: EpochMs, outcome?: AttemptOutcome, cost = 0): void {
    this.#parts.runner.end(seq, now, outcome, cost);
  }

  remember(tenant: string, type: string, workMs: Ms, statedMs: Ms | null): void {
    const { estimates, gates } = this.#parts;
    estimates.learn(gates.tenants.idOf(tenant), gates.type(type).id, workMs, statedMs);
  }

  recallOutcome({ type, poolId, slots, cost, succeeded, runMs }: PastRun): void {
    const { gates, pools, outcomes } = this.#parts;
    const pool = pools.get(poolId);
    if (pool === undefined) return;
    outcomes.add({ type: gates.type(type).id, slots, units: cost, pool: pool.kind, succeeded, runMs });
  }

  recallTurn({ type, tenant, taken }: Turn): void {
    const { gates } = this.#parts;
    gates.type(type).turns?.recall(gates.tenants.idOf(tenant), taken);
  }

  recallSpend(tenant: string, hour: EpochMs, amount: number, now: EpochMs): void {
    const { spend, gates } = this.#parts;
    spend.advance(now);
    spend.recall(gates.tenants.idOf(tenant), hour, amount);
  }

  setPool(pool: PoolEntry): void {
    this.#parts.changes.set(pool);
  }

  removePool(id: number): void {
    this.#parts.changes.remove(id);
  }

  setTypeLimits(limits: TypeLimits): void {
    const { gates, room, keeper } = this.#parts;
    const type = gates.type(limits.type);
    const { turns } = type;
    const isNewKind = gates.limit(limits);
    if (isNewKind) for (const need of [...type.needs]) room.relane(need);
    for (const gate of type.tenants.values()) {
      if (gate.running < gate.most) for (const shape of gate.shapes.values()) keeper.unhold(shape);
      if (type.turns === turns) continue;
      if (gate.waiting > 0) type.turns?.enter(gate.tenant);
      keeper.turnsChanged(gate);
    }
    keeper.openType(type);
  }

  setTenantLimits(limits: TenantLimits): void {
    const { gates, room, keeper, spend, shares, lanes } = this.#parts;
    const tenant = gates.tenants.idOf(limits.tenant);
    const { account, isNew } = gates.limitTenant(limits);
    if (isNew) room.relaneTenant(tenant);
    spend.limit(tenant, limits.spend ?? null);
    shares.setWeight(tenant, limits.weight);
    keeper.settleTenant(tenant);
    keeper.openAccount(account);
    lanes.payAgain(tenant);
  }

  setStrategy(strategy: Strategy, epoch: number, seed: number, now: EpochMs): void {
    const change = this.prepareStrategy(strategy, now);
    change.swap(epoch, seed, now);
    change.clear(Number.POSITIVE_INFINITY);
  }

  prepareStrategy(strategy: Strategy, now: EpochMs): StrategySwitch {
    return this.#parts.epochs.prepare(strategy, now);
  }

  planWantedAt(): EpochMs {
    return this.#parts.planner.wantedAt();
  }

  askPlan(now: EpochMs): PlanQuestion | undefined {
    return this.#parts.planner.ask(this.#latest, now);
  }

  setPlan(answer: PlanAnswer, now: EpochMs): PlanInForce | undefined {
    return this.#parts.planner.follow(answer, now);
  }

  decide(now: EpochMs, limit = Number.POSITIVE_INFINITY, records?: DecisionRecord[]): readonly Decision[] {
    const { ready, backfill, epochs, placement, looker, runner } = this.#parts;
    const decisions: Decision[] = [];
    this.#begin(now);
    while (decisions.length < limit) {
      const need = ready.best();
      if (backfill.isWatching) {
        const word = backfill.before(need);
        if (word === 'again') continue;
        if (word === 'stop') break;
      }
      if (need === undefined) break;
      const { lanes } = epochs.layout;
      const instead = ready.insteadOf(need);
      const lane = instead ?? lanes.first(need)!; // an active need has one
      if (instead === undefined && looker.parkUnseen(need, lane)) continue;
      if (lanes.settle(lane)) {
        ready.headChanged(need);
        continue;
      }
      const row = lanes.headRow(lane);
      const pool = this.#look(need, lane, row, now);
      if (pool === undefined) continue;
      records?.push(this.#recordOf(need, row, pool));
      decisions.push(runner.start(row, lane, pool, placement.parts, now));
    }
    this.#shrink();
    return decisions;
  }

  nextDueAt(): EpochMs {
    const { ready, lanes, epochs, backfill, origin } = this.#parts;
    const inside = Math.min(epochs.layout.sleepers.nextDueAt(), backfill.nextDueAt());
    return Math.min(ready.nextDueAt(), lanes.nextDueAt(), origin + inside);
  }

  /** Brings everything to `now`. */
  #begin(now: EpochMs): void {
    const { drains, spend, epochs, ready, backfill, room, table, lanes, origin } = this.#parts;
    const { layout } = epochs;
    const nowMs = now - origin;
    for (const drain of drains) drain.watch(now);
    spend.advance(now);
    layout.facts.nowMs = nowMs;
    layout.plan?.advance();
    if (layout.lanes.advance(nowMs)) ready.headsChanged();
    for (const seq of layout.sleepers.wake(nowMs)) room.wake(table.rowOf(seq));
    if (layout.lanes.hasChoices) {
      layout.lanes.forgetChoices(
        () => true,
        (need) => ready.headChanged(need),
      );
    }
    lanes.freeDue(now);
    ready.fire(now);
    backfill.begin(nowMs);
  }

  /** Gates first, then a pool; whatever stops the task sets aside all that it stops with it. */
  #look(need: Need, lane: Lane, row: number, now: EpochMs): PoolSlot | undefined {
    const { keeper, looker } = this.#parts;
    if (need.type.running >= need.type.total) keeper.closeType(need.type, need);
    else if (isFull(lane.shape)) keeper.hold(lane.shape);
    else return looker.poolFor(lane, row, now);
    return undefined;
  }

  #recordOf(need: Need, row: number, pool: PoolSlot): DecisionRecord {
    const { cursor, epochs, placement, reservations } = this.#parts;
    const room = reservations.kindOf(need, pool, placement.parts);
    return recordOf(placement, pool, room, cursor.at(row), epochs.layout.facts.nowMs);
  }

  #shrink(): void {
    const { table, epochs } = this.#parts;
    if (table.size === 0 && table.rows > keptRows && epochs.next === undefined) table.reset();
  }
}
