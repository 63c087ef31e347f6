// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';
import type { Facts, RingRule, Strategy } from '../strategies/strategy.ts';
import { LaneHeap } from './lane-heap.ts';
import { createLatencies } from './latencies.ts';
import type { Need, Shape } from './need.ts';
import type { LotPlace } from './parking-lot.ts';
import type { PoolIndex } from './pool-index.ts';
import { PoolOrder } from './pool-order.ts';
import type { PoolSet } from './pool-set.ts';
import { seededRandom } from './seeded-random.ts';

/** One reach of a need: the pools within it, in the order of every rule. */
export interface Ring {
  readonly set: PoolSet;
  /** The need's place among those that wait for room in the set. */
  readonly place: LotPlace;
  readonly openAfterMs: Ms;
  /** By rule. */
  readonly orders: readonly PoolOrder[];
}

interface SetUse {
  users: number;
  readonly orders: Map<string, PoolOrder>;
}

/** What one strategy makes of the waiting tasks and the pools: lanes in its order, rings and pool orders by its rules. */
export class Layout {
  readonly strategy: Strategy;
  readonly facts: Facts;
  readonly #pools: PoolIndex;
  readonly #lanes: (LaneHeap | undefined)[] = [];
  readonly #rings: (readonly Ring[] | undefined)[] = [];
  readonly #uses = new Map<PoolSet, SetUse>();
  #random = seededRandom(0);

  constructor(strategy: Strategy, pools: PoolIndex) {
    this.strategy = strategy;
    this.#pools = pools;
    const latencies = createLatencies(strategy.latencies ?? [], pools.regions);
    this.facts = {
      latencyMs: latencies.between,
      largestLatencyMs: latencies.largestMs,
      get dearestPrice() {
        return pools.prices.dearest;
      },
      random: () => this.#random(),
    };
  }

  seed(seed: number): void {
    this.#random = seededRandom(seed);
  }

  /** @param room tasks it will soon hold, where that is known. */
  laneOf(shape: Shape, room?: number): LaneHeap {
    const known = this.#lanes[shape.id];
    if (known !== undefined) return known;
    const lane = new LaneHeap(room);
    this.#lanes[shape.id] = lane;
    return lane;
  }

  hasRings(need: Need): boolean {
    return this.#rings[need.id] !== undefined;
  }

  /** Made on first use: sorting the pools of a new set costs O(P log P). */
  ringsOf(need: Need): readonly Ring[] {
    const known = this.#rings[need.id];
    if (known !== undefined) return known;
    const rings = this.#rulesFor(need).map((rule) => this.#ring(need, rule));
    this.#rings[need.id] = rings;
    return rings;
  }

  dropShape(shape: Shape): void {
    this.#lanes[shape.id] = undefined;
  }

  dropRings(need: Need): void {
    for (const ring of this.#rings[need.id] ?? []) {
      ring.set.lot.leave(ring.place);
      this.#release(ring.set);
    }
    this.#rings[need.id] = undefined;
  }

  /** Lets go of every set. The layout must not be used after. */
  close(needs: readonly (Need | undefined)[]): void {
    for (const need of needs) if (need !== undefined) this.dropRings(need);
  }

  #rulesFor(need: Need): readonly RingRule[] {
    if (need.stays && need.region !== -1) return [{ within: 'home' }];
    return this.strategy.place.rings.filter((ring) => ring.within === 'any' || need.region !== -1);
  }

  #ring(need: Need, rule: RingRule): Ring {
    const region = rule.within === 'home' ? need.region : -1;
    const set = this.#pools.setFor(need.type.name, need.resourceType, region, need.priceCap);
    return {
      set,
      place: set.lot.join(need.id, need.slots),
      openAfterMs: rule.openAfterMs ?? 0,
      orders: this.#ordersOf(set, need.region),
    };
  }

  #ordersOf(set: PoolSet, home: number): readonly PoolOrder[] {
    const use = this.#uses.get(set) ?? { users: 0, orders: new Map<string, PoolOrder>() };
    this.#uses.set(set, use);
    use.users++;
    set.users++;
    return this.strategy.place.rules.map((rule, index) => {
      const key = rule.byHome === true ? `${index} ${home}` : `${index}`;
      const known = use.orders.get(key);
      if (known !== undefined) return known;
      const order = new PoolOrder(rule, rule.byHome === true ? home : -1, this.facts, set.filter.types.cappedType, set.pools);
      use.orders.set(key, order);
      set.orders.push(order);
      return order;
    });
  }

  #release(set: PoolSet): void {
    const use = this.#uses.get(set)!;
    if (--use.users === 0) {
      for (const order of use.orders.values()) set.orders.splice(set.orders.indexOf(order), 1);
      this.#uses.delete(set);
    }
    if (--set.users === 0) this.#pools.drop(set);
  }
}
