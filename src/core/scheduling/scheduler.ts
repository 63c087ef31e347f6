// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Decision, PoolEntry, SchedulingCore, StrategySwitch, TypeLimits } from './contracts.ts';
import { Explainer } from './explain.ts';
import { Gates } from './gates.ts';
import type { LaneHeap } from './lane-heap.ts';
import { Layout } from './layout.ts';
import type { Need, Shape, TypeGate } from './need.ts';
import { NeedTable } from './need-table.ts';
import { type PoolChange, PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import { ReadyQueue } from './ready-queue.ts';
import type { Hold } from './reasons.ts';
import { RunTable } from './run-table.ts';
import { createSwitch, type PendingSwitch } from './strategy-switch.ts';
import { TaskCursor, TaskTable } from './task-table.ts';

/** Tombstones a lane may hold beside as many waiting tasks. */
const spareTombstones = 64;
/** An emptied table larger than this is given back. */
const keptRows = 65_536;

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
  readonly #table: TaskTable;
  readonly #needs: NeedTable;
  readonly #cursor: TaskCursor;
  readonly #pools: PoolIndex;
  readonly #ready: ReadyQueue;
  readonly #explainer: Explainer;
  #layout: Layout;
  #next: PendingSwitch | undefined;
  #epoch = 0;
  // Where the last search for a pool ended.
  #openRings = 0;
  #ringOpensAt = 0;

  constructor(origin: EpochMs) {
    this.#origin = origin;
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
    this.#layout = new Layout(noStrategy, this.#pools);
    this.#ready = new ReadyQueue(this.#needs.needs, (need) => this.#layout.ringsOf(need));
    this.#explainer = new Explainer({
      table: this.#table,
      pools: this.#pools,
      needs: this.#needs,
      laneOf: (shape) => this.#layout.laneOf(shape),
      tenantName: (tenant) => this.#gates.tenants.nameOf(tenant),
    });
  }

  get waiting(): number {
    return this.#table.size;
  }

  // --- events ---

  submit(task: Readonly<TaskEntry>): void {
    const tenant = this.#gates.tenants.idOf(task.tenant);
    const need = this.#needFor(task);
    const shape = this.#needs.shapeOf(need, this.#gates.gateFor(need.type, tenant));
    const row = this.#table.add(task, shape.id, tenant);
    this.#enter(row, shape);
  }

  cancel(seq: Seq): boolean {
    const row = this.#table.rowOf(seq);
    if (row === -1) return false;
    const shape = this.#shapeAt(row);
    this.#table.remove(row);
    this.#left(shape);
    const lane = this.#layout.laneOf(shape);
    if (lane.size > 2 * shape.waiting + spareTombstones) lane.keep((seqOf, handle) => this.#table.isLive(seqOf, handle));
    this.#showHead(shape, lane);
    this.#shrink();
    return true;
  }

  finish(seq: Seq): void {
    const run = this.#runs.rowOf(seq);
    const pool = this.#pools.at(this.#runs.poolAt(run));
    const type = this.#gates.at(this.#runs.typeAt(run));
    pool.load -= this.#runs.slotsAt(run);
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running--;
    const gate = this.#gates.give(type, this.#runs.tenantAt(run));
    this.#runs.remove(run);
    const sets = this.#pools.setsOf(pool);
    for (const set of sets) set.refresh(pool);
    this.#ready.roomIn(sets);
    if (gate.shapes.size > 0 && gate.running < type.perTenant) for (const shape of gate.shapes.values()) this.#unhold(shape);
    this.#openType(type);
  }

  setPool(pool: PoolEntry): void {
    this.#poolsChanged(this.#pools.set(pool));
  }

  removePool(id: number): void {
    this.#poolsChanged(this.#pools.remove(id));
  }

  setTypeLimits(limits: TypeLimits): void {
    const isNewKind = this.#gates.limit(limits);
    const type = this.#gates.type(limits.type);
    if (isNewKind) for (const need of [...type.needs]) this.#relane(need);
    for (const gate of type.tenants.values()) {
      if (gate.running < type.perTenant) for (const shape of gate.shapes.values()) this.#unhold(shape);
    }
    this.#openType(type);
  }

  setStrategy(strategy: Strategy, epoch: number, seed: number, now: EpochMs): void {
    this.prepareStrategy(strategy).swap(epoch, seed, now);
  }

  prepareStrategy(strategy: Strategy): StrategySwitch {
    this.#next?.discard();
    const pending = createSwitch(new Layout(strategy, this.#pools), {
      table: this.#table,
      needs: this.#needs,
      cursor: this.#cursor,
      install: (layout, epoch, seed) => this.#install(layout, epoch, seed),
      ended: () => {
        this.#next = undefined;
      },
    });
    this.#next = pending;
    return pending;
  }

  // --- deciding ---

  decide(now: EpochMs, limit = Number.POSITIVE_INFINITY): readonly Decision[] {
    const decisions: Decision[] = [];
    this.#ready.fire(now);
    while (decisions.length < limit) {
      const need = this.#ready.best();
      if (need === undefined) break;
      const shape = need.shapes[need.heads.best()]!;
      const type = need.type;
      if (type.running >= type.total) this.#closeType(type, need);
      else if (shape.gate !== undefined && shape.gate.running >= type.perTenant) this.#hold(shape);
      else {
        const lane = this.#layout.laneOf(shape);
        const row = this.#table.rowOfHandle(lane.headHandle);
        const pool = this.#place(need, row, now);
        if (pool === undefined) this.#ready.park(need, this.#openRings, this.#ringOpensAt);
        else decisions.push(this.#start(row, shape, lane, pool));
      }
    }
    this.#shrink();
    return decisions;
  }

  nextDueAt(): EpochMs {
    return this.#ready.nextDueAt();
  }

  /** The pool for a task, or `undefined`; then #openRings and #ringOpensAt say where it may wait. */
  #place(need: Need, row: number, now: EpochMs): PoolSlot | undefined {
    const { place } = this.#layout.strategy;
    const rings = this.#layout.ringsOf(need);
    const readyAt = this.#origin + this.#table.sinceAt(row);
    let couldServe = false;
    this.#openRings = 0;
    this.#ringOpensAt = Number.POSITIVE_INFINITY;
    for (const ring of rings) {
      if (couldServe && readyAt + ring.openAfterMs > now) {
        this.#ringOpensAt = readyAt + ring.openAfterMs;
        return undefined;
      }
      this.#openRings++;
      if (ring.set.most >= need.slots) {
        const task = this.#cursor.at(row);
        return ring.orders[place.rule?.(task) ?? 0]!.pick(task, need.slots, this.#layout.facts);
      }
      couldServe ||= ring.set.largest >= need.slots;
    }
    return undefined;
  }

  #start(row: number, shape: Shape, lane: LaneHeap, pool: PoolSlot): Decision {
    const { type, slots } = shape.need;
    const seq = this.#table.seqAt(row);
    const tenant = this.#table.tenantAt(row);
    const attempt = this.#table.attemptAt(row) + 1;
    pool.load += slots;
    const cap = pool.caps?.get(type.id);
    if (cap !== undefined) cap.running++;
    for (const set of this.#pools.setsOf(pool)) set.refresh(pool);
    this.#gates.take(type, tenant);
    this.#runs.add(seq, pool.place, slots, type.id, tenant);
    lane.pop();
    this.#table.remove(row);
    this.#left(shape);
    this.#showHead(shape, lane);
    return { seq, attempt, poolId: pool.id, slots, epoch: this.#epoch, algorithm: this.#layout.strategy.name };
  }

  // --- tasks in shapes ---

  #needFor(task: Readonly<TaskEntry>): Need {
    return this.#needs.intern(this.#gates.type(task.type), {
      resourceType: task.resourceType,
      region: task.region === null ? -1 : this.#pools.regions.idOf(task.region),
      stays: task.regionMode === 'require',
      slots: task.slots,
      priceCap: this.#pools.prices.capFor(task.cost, task.maxCost ?? Number.POSITIVE_INFINITY),
    });
  }

  #shapeAt(row: number): Shape {
    return this.#needs.shapes[this.#table.shapeAt(row)]!;
  }

  #enter(row: number, shape: Shape): void {
    const lane = this.#layout.laneOf(shape);
    const key = this.#layout.strategy.order.key(this.#cursor.at(row));
    shape.waiting++;
    shape.need.waiting++;
    this.#next?.placed(row);
    if (lane.push(key, this.#table.seqAt(row), this.#table.handleOf(row))) this.#showHead(shape, lane);
  }

  #left(shape: Shape): void {
    shape.waiting--;
    shape.need.waiting--;
  }

  /** The lane's head is a waiting task, and its need knows it. */
  #showHead(shape: Shape, lane: LaneHeap): void {
    while (lane.size > 0 && !this.#table.isLive(lane.headSeq, lane.headHandle)) lane.pop();
    if (shape.held) return;
    shape.need.heads.set(shape.entry, lane.headKey, lane.headSeq);
    this.#ready.headChanged(shape.need);
  }

  /** Puts every task of a need into the shape it belongs to by now: O(its tasks). */
  #relane(need: Need): void {
    for (const shape of [...need.shapes]) {
      if (shape === undefined || shape.waiting === 0) continue;
      const lane = this.#layout.laneOf(shape);
      const rows: number[] = [];
      for (let i = 0; i < lane.size; i++) {
        if (this.#table.isLive(lane.seqAt(i), lane.handleAt(i))) rows.push(this.#table.rowOfHandle(lane.handleAt(i)));
      }
      lane.clear();
      shape.held = false;
      for (const row of rows) {
        const target = this.#targetOf(row, need); // before it leaves: a shape without tasks may be swept
        this.#left(shape);
        this.#table.move(row, target.id);
        this.#enter(row, target);
      }
      this.#showHead(shape, lane);
    }
  }

  #targetOf(row: number, need: Need): Shape {
    const priceCap = this.#pools.prices.capFor(this.#table.costAt(row), this.#table.maxCostAt(row));
    const target = priceCap === need.priceCap ? need : this.#needs.intern(need.type, { ...demandOf(need), priceCap });
    return this.#needs.shapeOf(target, this.#gates.gateFor(need.type, this.#table.tenantAt(row)));
  }

  #shrink(): void {
    if (this.#table.size === 0 && this.#table.rows > keptRows && this.#next === undefined) this.#table.reset();
  }

  // --- gates ---

  #hold(shape: Shape): void {
    shape.held = true;
    shape.need.heads.clear(shape.entry);
    this.#ready.headChanged(shape.need);
  }

  #unhold(shape: Shape): void {
    if (!shape.held) return;
    shape.held = false;
    this.#showHead(shape, this.#layout.laneOf(shape));
  }

  /** The type's total is used up: sets its needs aside, however many tenants wait behind it. */
  #closeType(type: TypeGate, found: Need): void {
    if (type.full) this.#ready.gate(found);
    else {
      type.full = true;
      for (const need of type.needs) if (need.state === 'active') this.#ready.gate(need);
    }
  }

  #openType(type: TypeGate): void {
    if (!type.full || type.running >= type.total) return;
    type.full = false;
    for (const need of type.needs) if (need.state === 'gated') this.#ready.wake(need);
  }

  // --- pools and strategy ---

  #poolsChanged({ sets, repriced, reclassed }: PoolChange): void {
    for (const name of reclassed) for (const need of this.#gates.type(name).needs) this.#reroute(need);
    for (const set of sets) this.#wakeAll(set);
    if (!repriced) return;
    for (const need of [...this.#needs.needs]) {
      if (need !== undefined && need.waiting > 0 && need.priceCap !== Number.POSITIVE_INFINITY) this.#relane(need);
    }
  }

  /** Pools change seldom and in many ways: every need that waits there is looked at again. */
  #wakeAll(set: PoolSet): void {
    for (const id of set.lot.parked()) this.#ready.wake(this.#needs.needs[id]!);
  }

  #reroute(need: Need): void {
    this.#ready.detach(need);
    this.#dropRings(need);
  }

  #dropRings(need: Need): void {
    this.#layout.dropRings(need);
    this.#next?.layout.dropRings(need);
  }

  #dropShape(shape: Shape): void {
    this.#layout.dropShape(shape);
    this.#next?.layout.dropShape(shape);
    if (shape.gate !== undefined) this.#gates.forget(shape.need.type, shape.gate);
  }

  #install(layout: Layout, epoch: number, seed: number): void {
    const old = this.#layout;
    this.#layout = layout;
    this.#epoch = epoch;
    layout.facts.seed(seed);
    for (const shape of this.#needs.shapes) {
      if (shape === undefined) continue;
      const lane = layout.laneOf(shape);
      while (lane.size > 0 && !this.#table.isLive(lane.headSeq, lane.headHandle)) lane.pop();
      if (!shape.held) shape.need.heads.set(shape.entry, lane.headKey, lane.headSeq);
    }
    this.#ready.restart();
    old.close(this.#needs.needs);
  }

  // --- answers ---

  holdOf(seq: Seq, _now: EpochMs, options: { readonly position?: boolean } = {}): Hold | undefined {
    const row = this.#table.rowOf(seq);
    if (row === -1) return undefined;
    const key = this.#layout.strategy.order.key(this.#cursor.at(row));
    return this.#explainer.holdOf(row, key, options.position === true);
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

  waitingByReason(): ReadonlyMap<string, number> {
    return this.#explainer.byReason();
  }

  order(): readonly Seq[] {
    const waiting: { readonly key: number; readonly seq: Seq }[] = [];
    for (let row = 0; row < this.#table.rows; row++) {
      const seq = this.#table.seqAt(row);
      if (seq !== 0) waiting.push({ key: this.#layout.strategy.order.key(this.#cursor.at(row)), seq });
    }
    return waiting.sort((a, b) => a.key - b.key || a.seq - b.seq).map(({ seq }) => seq);
  }
}

function demandOf({ resourceType, region, stays, slots }: Need) {
  return { resourceType, region, stays, slots };
}
