// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, PlaceRule, TaskView } from '../../strategies/strategy.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';
import { Rotation } from './rotation.ts';

/** Up to so many slots, tasks of each size have turns of their own; above, all up to the next power of two together. */
const mostExact = 8;

/**
 * Turns by weight. Tasks of one size take turns among the pools that have room for them, so a pool with few free slots is not owed turns
 * by tasks it cannot run.
 */
export class Rotate implements Picker {
  readonly #rule: PlaceRule;
  #leaves: Leaves | undefined;
  /** By the slots that take part. */
  readonly #rotations = new Map<number, Rotation>();

  constructor(rule: PlaceRule) {
    this.#rule = rule;
  }

  /** What pools have in hand stays; a pool that comes, or comes back, has nothing. */
  arrange(leaves: Leaves): void {
    const before = this.#leaves?.pools ?? [];
    this.#leaves = leaves;
    for (const [size, rotation] of this.#rotations) {
      const inHand = new Map(before.map((pool, leaf) => [pool, rotation.inHandOf(leaf)]));
      this.#rotations.set(
        size,
        this.#made(
          size,
          leaves.pools.map((pool) => inHand.get(pool) ?? 0),
        ),
      );
    }
  }

  roomChanged(leaf: number): void {
    for (const rotation of this.#rotations.values()) rotation.touch(leaf);
  }

  pick(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const size = sizeFor(slots);
    const rotation = this.#rotations.get(size) ?? this.#made(size, this.#nothingInHand());
    this.#rotations.set(size, rotation);
    rotation.catchUp((leaf) => this.#hasRoom(leaf, size));
    this.#take(rotation, slots, record);
  }

  trial(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const size = sizeFor(slots);
    const rotation = this.#rotations.get(size)?.copy((leaf) => this.#hasRoom(leaf, size)) ?? this.#made(size, this.#nothingInHand());
    this.#take(rotation, slots, record);
  }

  #take(rotation: Rotation, slots: number, record: PickRecord): void {
    const { pools, bases, room } = this.#leaves!; // arranged before it is asked
    const leaf = rotation.take();
    if (leaf !== -1) {
      taken(record, pools[leaf]!, rotation.inHand);
      if (rotation.runnerUp !== -1) second(record, pools[rotation.runnerUp]!, rotation.runnerUpInHand);
      return;
    }
    const fits = room.firstFit(slots); // of a large size that few have room for
    if (fits !== -1) taken(record, pools[fits]!, bases[fits]!);
  }

  #hasRoom(leaf: number, size: number): boolean {
    return this.#leaves!.room.at(leaf) >= size; // arranged before it is asked
  }

  #nothingInHand(): ArrayLike<number> {
    return new Float64Array(this.#leaves!.pools.length); // arranged before it is asked
  }

  #made(size: number, inHand: ArrayLike<number>): Rotation {
    const { pools, room } = this.#leaves!; // arranged before it is made
    return new Rotation(
      pools.map((pool) => this.#rule.weight?.(pool) ?? Math.max(1, pool.capacity)),
      inHand,
      pools.map((_, leaf) => room.at(leaf) >= size),
    );
  }
}

/** The slots whose turns a task takes part in. */
function sizeFor(slots: number): number {
  if (slots <= mostExact) return slots;
  let size = 2 * mostExact;
  while (size < slots) size *= 2;
  return size;
}
