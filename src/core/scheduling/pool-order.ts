// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Catalogue, Facts, PlaceRule, TaskView } from '../strategies/strategy.ts';
import { compareLeaves, inLeafOrder, type Leaf } from './leaf-order.ts';
import { MaxFree } from './max-free.ts';
import { createPicker } from './picks/create-picker.ts';
import { PickRecord } from './picks/pick-record.ts';
import type { Picker } from './picks/picker.ts';
import type { TurnBook } from './picks/turn-book.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RoomFollower, RoomLog } from './room-log.ts';

/**
 * The pools of a set in the order of one rule (and one home region), with their room indexed. What changed is read from the log of the set
 * when the order is next asked.
 */
export class PoolOrder implements RoomFollower {
  /** What the latest `pick` found. */
  readonly picked: PickRecord;
  readonly #rule: PlaceRule;
  readonly #home: number;
  readonly #catalogue: Catalogue;
  readonly #rooms: RoomLog;
  read = 0;
  readonly hearsAll: boolean;
  readonly #picker: Picker;
  #leaves: Leaf[];
  // By place of the pool.
  #leafOf = new Int32Array(0);
  #pools: readonly PoolSlot[] = [];
  #room = new MaxFree([]);

  /** @param rooms of these pools @param turns of all orders by this rule */
  constructor(rule: PlaceRule, home: number, catalogue: Catalogue, pools: readonly PoolSlot[], rooms: RoomLog, turns: TurnBook) {
    this.picked = new PickRecord(rule);
    this.#rule = rule;
    this.#home = home;
    this.#catalogue = catalogue;
    this.#rooms = rooms;
    this.#picker = createPicker(rule, turns, rooms.cappedType);
    this.hearsAll = this.#picker.sharesTurns === true;
    this.#leaves = inLeafOrder(pools.map((pool) => this.#leaf(pool)));
    rooms.follow(this);
    this.#index();
  }

  /** It is not asked any more. */
  close(): void {
    this.#rooms.unfollow(this);
  }

  get most(): number {
    this.#rooms.tell(this);
    return this.#room.most;
  }

  /** Orders all pools again: after what `base` looks at changed for all. */
  sort(): void {
    this.#leaves = inLeafOrder(this.#leaves.map(({ pool }) => this.#leaf(pool)));
    this.#index();
  }

  /** Takes `pool` out and, when it still belongs here, in again at its new place: O(P), without asking the rule about every pool. */
  reposition(pool: PoolSlot, belongs: boolean): void {
    const at = this.#leaves.findIndex((leaf) => leaf.pool === pool);
    if (at !== -1) this.#leaves.splice(at, 1);
    if (belongs) {
      const leaf = this.#leaf(pool);
      this.#leaves.splice(this.#placeFor(leaf), 0, leaf);
    }
    this.#index();
  }

  /** See `RoomFollower`. */
  roomIs(place: number, room: number): void {
    const leaf = this.#leafOf[place]!;
    if (room !== this.#room.at(leaf)) this.#room.set(leaf, room);
    this.#picker.roomChanged?.(leaf);
  }

  /** The rule's choice among pools with room for the task; `picked` says more, also why there is none. */
  pick(task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    this.#rooms.tell(this);
    this.picked.clear();
    this.#picker.pick(task, slots, facts, this.picked);
    return this.picked.verdict === 'take' ? this.picked.pool : undefined;
  }

  /** What `pick` would answer now; the next pick is as if nobody had asked. Chance is the caller's to give back. */
  trial(task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    this.#rooms.tell(this);
    this.picked.clear();
    if (this.#picker.trial === undefined) this.#picker.pick(task, slots, facts, this.picked);
    else this.#picker.trial(task, slots, facts, this.picked);
    return this.picked.verdict === 'take' ? this.picked.pool : undefined;
  }

  /** Trials go on from one another until `endTrials`: as many picks would. */
  beginTrials(): void {
    this.#picker.beginTrials?.();
  }

  endTrials(): void {
    this.#picker.endTrials?.();
  }

  #leaf(pool: PoolSlot): Leaf {
    return { pool, base: this.#rule.base(pool, this.#home, this.#catalogue), tie: this.#rule.tie?.(pool) ?? 0 };
  }

  #placeFor(leaf: Leaf): number {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareLeaves(this.#leaves[middle]!, leaf) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #index(): void {
    this.#pools = this.#leaves.map(({ pool }) => pool);
    this.#leafOf = new Int32Array(this.#pools.reduce((most, pool) => Math.max(most, pool.place + 1), 0));
    for (const [leaf, pool] of this.#pools.entries()) this.#leafOf[pool.place] = leaf;
    this.#room = new MaxFree(this.#pools.map((pool) => pool.roomFor(this.#rooms.cappedType)));
    this.#rooms.known(this);
    this.#picker.arrange({ pools: this.#pools, bases: this.#leaves.map(({ base }) => base), room: this.#room });
  }
}
