// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Catalogue, Facts, PlaceRule, TaskView } from '../strategies/strategy.ts';
import { compareLeaves, inLeafOrder, type Leaf } from './leaf-order.ts';
import { MaxFree } from './max-free.ts';
import { createPicker } from './picks/create-picker.ts';
import { PickRecord } from './picks/pick-record.ts';
import type { Picker } from './picks/picker.ts';
import type { TurnBook } from './picks/turn-book.ts';
import type { PoolSlot } from './pool-slot.ts';

/**
 * The pools of a set in the order of one rule (and one home region), with their room indexed. Changes of room are noted, and entered when the
 * order is next asked: a slot that was freed and taken again meanwhile costs nothing.
 */
export class PoolOrder {
  /** What the latest `pick` found. */
  readonly picked: PickRecord;
  readonly #rule: PlaceRule;
  readonly #home: number;
  readonly #catalogue: Catalogue;
  /** The capped type the room is counted for; -1: none. */
  readonly #cappedType: number;
  readonly #picker: Picker;
  #leaves: Leaf[];
  // By place of the pool.
  #leafOf = new Int32Array(0);
  #pools: readonly PoolSlot[] = [];
  #room = new MaxFree([]);
  // Leaves whose room may have changed, each once.
  #isStale = new Uint8Array(0);
  #stale = new Int32Array(0);
  #stales = 0;

  /** @param turns of all orders by this rule */
  constructor(rule: PlaceRule, home: number, catalogue: Catalogue, cappedType: number, pools: readonly PoolSlot[], turns: TurnBook) {
    this.picked = new PickRecord(rule);
    this.#rule = rule;
    this.#home = home;
    this.#catalogue = catalogue;
    this.#cappedType = cappedType;
    this.#picker = createPicker(rule, turns, cappedType);
    this.#leaves = inLeafOrder(pools.map((pool) => this.#leaf(pool)));
    this.#index();
  }

  get most(): number {
    this.#catchUp();
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

  /** Its room changed. */
  refresh(pool: PoolSlot): void {
    const leaf = this.#leafOf[pool.place]!;
    if (this.#isStale[leaf] === 1) return;
    this.#isStale[leaf] = 1;
    this.#stale[this.#stales++] = leaf;
  }

  /** The rule's choice among pools with room for the task; `picked` says more, also why there is none. */
  pick(task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    this.#catchUp();
    this.picked.clear();
    this.#picker.pick(task, slots, facts, this.picked);
    return this.picked.verdict === 'take' ? this.picked.pool : undefined;
  }

  /** What `pick` would answer now; the next pick is as if nobody had asked. Chance is the caller's to give back. */
  trial(task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    this.#catchUp();
    this.picked.clear();
    if (this.#picker.trial === undefined) this.#picker.pick(task, slots, facts, this.picked);
    else this.#picker.trial(task, slots, facts, this.picked);
    return this.picked.verdict === 'take' ? this.picked.pool : undefined;
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
    this.#room = new MaxFree(this.#pools.map((pool) => pool.roomFor(this.#cappedType)));
    this.#isStale = new Uint8Array(this.#pools.length);
    this.#stale = new Int32Array(this.#pools.length);
    this.#stales = 0;
    this.#picker.arrange({ pools: this.#pools, bases: this.#leaves.map(({ base }) => base), room: this.#room });
  }

  #catchUp(): void {
    while (this.#stales > 0) {
      const leaf = this.#stale[--this.#stales]!;
      this.#isStale[leaf] = 0;
      const room = this.#pools[leaf]!.roomFor(this.#cappedType);
      if (room !== this.#room.at(leaf)) this.#room.set(leaf, room);
      this.#picker.roomChanged?.(leaf); // others may have seen what came and went meanwhile
    }
  }
}
