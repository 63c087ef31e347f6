// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { RingRule, Strategy, TaskView } from '../strategies/strategy.ts';
import { EpochFacts } from './facts.ts';
import type { Lanes } from './lanes.ts';
import type { Need, Shape } from './need.ts';
import type { LotPlace } from './parking-lot.ts';
import { TurnBook } from './picks/turn-book.ts';
import { PlanBook } from './plan-book.ts';
import type { PoolIndex } from './pool-index.ts';
import { PoolOrder } from './pool-order.ts';
import type { PoolSet } from './pool-set.ts';
import type { PredictedEnds } from './predicted-ends.ts';
import { SetDraft } from './set-draft.ts';
import { Sleepers } from './sleepers.ts';
import { type WaitBound, waitBoundOf } from './wait-bound.ts';
import { Workpiece } from './workpiece.ts';

/** One reach of a need: the pools within it, in the order of every rule. */
export interface Ring {
  readonly set: PoolSet;
  /** The need's place among those that wait for room in the set. */
  readonly place: LotPlace;
  readonly openAfterMs: Ms;
  /** By rule. */
  readonly orders: readonly PoolOrder[];
}

/** What the layout keeps of a set. */
interface SetUse {
  rings: number;
  readonly orders: Map<string, PoolOrder>;
}

/** What one strategy makes of the waiting tasks and the pools: lanes in its order, rings and pool orders by its rules. */
export class Layout {
  readonly strategy: Strategy;
  readonly facts: EpochFacts;
  readonly bound: WaitBound;
  readonly lanes: Lanes;
  readonly sleepers = new Sleepers();
  /** Of a strategy that plans. */
  readonly plan: PlanBook | undefined;
  readonly #pools: PoolIndex;
  readonly #rings: (readonly Ring[] | undefined)[] = [];
  #isRetired = false;
  readonly #uses = new Map<PoolSet, SetUse>();
  // By rule.
  readonly #turns: TurnBook[] = [];
  // Being made.
  readonly #draft = new Workpiece<SetDraft>();
  readonly #order = new Workpiece<PoolOrder>();

  constructor(strategy: Strategy, pools: PoolIndex, lanes: Lanes, ends: PredictedEnds, origin: EpochMs) {
    this.strategy = strategy;
    this.lanes = lanes;
    this.bound = waitBoundOf(strategy);
    this.#pools = pools;
    this.facts = new EpochFacts(pools, ends, strategy, origin);
    const { plan, rules } = strategy.place;
    this.plan = plan === undefined ? undefined : new PlanBook(plan, rules[0]!, pools, this.facts);
  }

  /**
   * Puts a task into its lane, or to sleep.
   * @param room tasks its lane will soon hold, where it has to be made
   * @returns whether it became the head of its lane
   */
  enter(row: number, shape: Shape, task: TaskView, room = 0): boolean {
    const { release } = this.strategy.place;
    if (release !== undefined) {
      const nowMs = Math.max(this.facts.nowMs, task.since);
      const releaseMs = release(task, this.facts);
      if (releaseMs > 0) {
        this.sleepers.add(task.seq, nowMs + releaseMs);
        this.facts.putOff(task, nowMs + releaseMs);
        return false;
      }
    }
    return this.lanes.enter(row, shape, room);
  }

  /**
   * Makes a piece of what `ringsOf` will need.
   * @param most pools to look at
   * @returns how many it looked at; 0: there was nothing left to do
   */
  prepareRings(need: Need, most: number): number {
    for (const { within } of this.#rulesFor(need)) {
      const set = this.#find(need, within);
      const looked = set instanceof SetDraft ? this.#prepareSet(set, most) : this.#prepareOrders(set, need, most);
      if (looked > 0) return looked;
    }
    this.ringsOf(need);
    return 0;
  }

  #prepareSet(draft: SetDraft, most: number): number {
    const { thing, looked } = this.#draft.step(this.#pools, draft.key, this.#pools.version, () => draft, most);
    if (thing.isDone) this.#useOf(this.#pools.keep(thing));
    return looked + (thing.isDone ? 1 + thing.set.pools.length : 0);
  }

  #prepareOrders(set: PoolSet, need: Need, most: number): number {
    const { orders } = this.#useOf(set);
    for (const index of this.strategy.place.rules.keys()) {
      const key = this.#orderKey(index, need.region);
      if (orders.has(key)) continue;
      const begin = () => this.#newOrder(set, index, need.region);
      const { thing, looked } = this.#order.step(set, key, this.#pools.version, begin, most);
      if (thing.isDone) keep(thing, key, set, orders);
      return Math.max(1, looked);
    }
    return 0;
  }

  /** Made on first use: sorting the pools of a new set costs O(P log P). */
  ringsOf(need: Need): readonly Ring[] {
    const known = this.#rings[need.id];
    if (known !== undefined) return known;
    const rings = this.#rulesFor(need).map((rule) => this.#ring(need, rule));
    this.#rings[need.id] = rings;
    return rings;
  }

  hasRings(need: Need): boolean {
    return this.#rings[need.id] !== undefined;
  }

  /** The sets of its rings, as far as they were made. */
  setsOf(need: Need): readonly PoolSet[] {
    return (this.#rings[need.id] ?? []).map(({ set }) => set);
  }

  dropRings(need: Need): void {
    const rings = this.#rings[need.id];
    for (const { set, place } of rings ?? []) set.leave(place);
    this.#leaveSets(rings);
    this.#rings[need.id] = undefined;
  }

  /** Nobody waits by it any more. It must not be asked after. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    for (const rings of this.#rings) for (const { set, place } of rings ?? []) set.leave(place);
  }

  /**
   * Lets go of its sets, in pieces. It must not be asked after.
   * @param most pools that it takes out of sets; it stops after the set with the last of them
   * @returns whether nothing is left
   */
  close(most = Number.POSITIVE_INFINITY): boolean {
    this.retire();
    let left = most;
    while (this.#rings.length > 0 && left > 0) left -= 1 + this.#leaveSets(this.#rings.pop());
    for (const [set, use] of this.#uses) if (left > 0) left -= 1 + this.#release(set, use); // prepared, never used
    return this.#rings.length === 0 && this.#uses.size === 0;
  }

  /** @returns pools taken out of sets that nobody uses any more. */
  #leaveSets(rings: readonly Ring[] = []): number {
    let dropped = 0;
    for (const { set } of rings) {
      const use = this.#useOf(set);
      if (--use.rings === 0) dropped += this.#release(set, use);
    }
    return dropped;
  }

  #rulesFor(need: Need): readonly RingRule[] {
    if (need.demand.stays && need.reach !== undefined) return [{ within: 'home' }];
    return this.strategy.place.rings.filter((ring) => ring.within === 'any' || need.reach !== undefined);
  }

  #setOf(need: Need, within: RingRule['within']): PoolSet {
    return this.#pools.setFor(need.type.name, need.demand, within === 'home' ? need.reach : undefined);
  }

  #find(need: Need, within: RingRule['within']): PoolSet | SetDraft {
    return this.#pools.find(need.type.name, need.demand, within === 'home' ? need.reach : undefined);
  }

  #ring(need: Need, { within, openAfterMs = 0 }: RingRule): Ring {
    const set = this.#setOf(need, within);
    this.#useOf(set).rings++;
    const orders = this.strategy.place.rules.map((_, index) => this.#orderOf(set, index, need.region));
    return { set, place: set.join(need.id, need), openAfterMs, orders };
  }

  #orderOf(set: PoolSet, index: number, home: number): PoolOrder {
    const { orders } = this.#useOf(set);
    const key = this.#orderKey(index, home);
    const known = orders.get(key);
    if (known !== undefined) return known;
    const order = this.#newOrder(set, index, home);
    order.step(Number.POSITIVE_INFINITY);
    return keep(order, key, set, orders);
  }

  #newOrder(set: PoolSet, index: number, home: number): PoolOrder {
    const rule = this.strategy.place.rules[index]!;
    return new PoolOrder(rule, rule.byHome === true ? home : -1, this.facts, set.pools, set.rooms, this.#turnsOf(index));
  }

  #turnsOf(index: number): TurnBook {
    const rule = this.strategy.place.rules[index]!;
    const known = this.#turns[index] ?? new TurnBook(this.#pools, (pool) => rule.weight?.(pool) ?? Math.max(1, pool.capacity));
    this.#turns[index] = known;
    return known;
  }

  #orderKey(index: number, home: number): string {
    return this.strategy.place.rules[index]!.byHome === true ? `${index} ${home}` : `${index}`;
  }

  #useOf(set: PoolSet): SetUse {
    const known = this.#uses.get(set);
    if (known !== undefined) return known;
    const use: SetUse = { rings: 0, orders: new Map() };
    this.#uses.set(set, use);
    set.users++;
    return use;
  }

  #release(set: PoolSet, { orders }: SetUse): number {
    for (const order of orders.values()) {
      set.orders.splice(set.orders.indexOf(order), 1);
      order.close();
    }
    this.#uses.delete(set);
    if (--set.users > 0) return 0;
    this.#pools.drop(set);
    return set.pools.length;
  }
}

function keep(order: PoolOrder, key: string, set: PoolSet, orders: Map<string, PoolOrder>): PoolOrder {
  orders.set(key, order);
  set.orders.push(order);
  return order;
}
