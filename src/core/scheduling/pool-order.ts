// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Catalogue, Facts, PlaceRule, TaskView } from '../strategies/strategy.ts';
import { LeafSort, type SortedLeaves, withLeaf, without } from './leaf-sort.ts';
import { MaxFree } from './max-free.ts';
import { createPicker } from './picks/create-picker.ts';
import { PickRecord } from './picks/pick-record.ts';
import type { Picker } from './picks/picker.ts';
import type { TurnBook } from './picks/turn-book.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { RoomFollower, RoomLog } from './room-log.ts';

const noLeaves: SortedLeaves = { pools: [], bases: [], ties: [] };

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
  #leaves: SortedLeaves = noLeaves;
  /** Until the pools are in order. */
  #sort: LeafSort | undefined;
  // By place of the pool.
  #leafOf = new Int32Array(0);
  #room = new MaxFree([]);

  /** Its pools must be put in order before it is asked. @param rooms of these pools @param turns of all orders by this rule */
  constructor(rule: PlaceRule, home: number, catalogue: Catalogue, pools: readonly PoolSlot[], rooms: RoomLog, turns: TurnBook) {
    this.picked = new PickRecord(rule);
    this.#rule = rule;
    this.#home = home;
    this.#catalogue = catalogue;
    this.#rooms = rooms;
    this.#picker = createPicker(rule, turns, rooms.cappedType);
    this.hearsAll = this.#picker.sharesTurns === true;
    this.#sort = this.#sorted(pools);
  }

  /** The pools are in order, and their room is followed from then on. */
  get isDone(): boolean {
    return this.#sort === undefined;
  }

  /** Puts the pools in order, in pieces. @param most pools to look at @returns how many it looked at */
  step(most: number): number {
    if (this.#sort === undefined) return 0;
    const looked = this.#sort.step(most);
    if (!this.#sort.isDone) return looked;
    this.#leaves = this.#sort.sorted;
    this.#sort = undefined;
    this.#rooms.follow(this);
    this.#index();
    return looked + this.#leaves.pools.length;
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
    const sort = this.#sorted(this.#leaves.pools);
    sort.step(Number.POSITIVE_INFINITY);
    this.#leaves = sort.sorted;
    this.#index();
  }

  /** Takes `pool` out and, when it still belongs here, in again at its new place: O(P), without asking the rule about every pool. */
  reposition(pool: PoolSlot, belongs: boolean): void {
    const at = this.#leaves.pools.indexOf(pool);
    if (at !== -1) this.#leaves = without(this.#leaves, at);
    if (belongs) this.#leaves = withLeaf(this.#leaves, { pool, base: this.#baseOf(pool), tie: this.#tieOf(pool) });
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

  #sorted(pools: readonly PoolSlot[]): LeafSort {
    return new LeafSort(
      pools,
      (pool) => this.#baseOf(pool),
      (pool) => this.#tieOf(pool),
    );
  }

  #baseOf(pool: PoolSlot): number {
    return this.#rule.base(pool, this.#home, this.#catalogue);
  }

  #tieOf(pool: PoolSlot): number {
    return this.#rule.tie?.(pool) ?? 0;
  }

  #index(): void {
    const { pools, bases } = this.#leaves;
    const rooms = new Int32Array(pools.length);
    let places = 0;
    for (let leaf = 0; leaf < pools.length; leaf++) places = Math.max(places, pools[leaf]!.place + 1);
    this.#leafOf = new Int32Array(places);
    for (let leaf = 0; leaf < pools.length; leaf++) {
      const pool = pools[leaf]!;
      this.#leafOf[pool.place] = leaf;
      rooms[leaf] = pool.roomFor(this.#rooms.cappedType);
    }
    this.#room = new MaxFree(rooms);
    this.#rooms.known(this);
    this.#picker.arrange({ pools, bases, room: this.#room });
  }
}
