// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, TaskView } from '../../strategies/strategy.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';
import type { Rotation } from './rotation.ts';
import type { TurnBook, TurnGroup } from './turn-book.ts';

/** Up to so many slots, tasks of each size have turns of their own; above, all up to the next power of two together. */
const mostExact = 8;

/**
 * Turns by weight. Tasks of one size take turns among the pools that have room for them, so a pool with few free slots is not owed turns
 * by tasks it cannot run. Turns are those of the book: tasks that may use the same pools have them together.
 */
export class Rotate implements Picker {
  readonly sharesTurns = true;
  readonly #book: TurnBook;
  readonly #cappedType: number;
  #leaves: Leaves | undefined;
  /** By size of task; of the version below. */
  readonly #groups = new Map<number, TurnGroup>();
  #version = -1;
  /** What trials that go on from one another have come to. */
  #tried: Rotation | undefined;
  #isGoingOn = false;

  /** @param cappedType whose caps decide about room; -1: none do */
  constructor(book: TurnBook, cappedType: number) {
    this.#book = book;
    this.#cappedType = cappedType;
  }

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
    this.#groups.clear();
  }

  roomChanged(leaf: number): void {
    for (const { rotation } of this.#groups.values()) rotation.touch(leaf);
    this.#tried?.touch(leaf);
  }

  pick(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const size = sizeFor(slots);
    const group = this.#known(size) ?? this.#formed(size);
    group.rotation.catchUp((leaf) => this.#hasRoom(leaf, size));
    if (this.#take(group.rotation, slots, record)) this.#book.picked(group);
  }

  trial(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const size = sizeFor(slots);
    const hasRoom = (leaf: number) => this.#hasRoom(leaf, size);
    const rotation = this.#tried ?? this.#known(size)?.rotation.copy(hasRoom) ?? this.#book.rotation(this.#pools, size, hasRoom);
    rotation.catchUp(hasRoom);
    this.#take(rotation, slots, record);
    if (this.#isGoingOn) this.#tried = rotation;
  }

  beginTrials(): void {
    this.#isGoingOn = true;
  }

  endTrials(): void {
    this.#isGoingOn = false;
    this.#tried = undefined;
  }

  /** @returns whether it was a turn. */
  #take(rotation: Rotation, slots: number, record: PickRecord): boolean {
    const { pools, bases, room } = this.#leaves!; // arranged before it is asked
    const leaf = rotation.take();
    if (leaf !== -1) {
      taken(record, pools[leaf]!, rotation.inHand);
      if (rotation.runnerUp !== -1) second(record, pools[rotation.runnerUp]!, rotation.runnerUpInHand);
      return true;
    }
    const fits = room.firstFit(slots); // of a large size that few have room for
    if (fits !== -1) taken(record, pools[fits]!, bases[fits]!);
    return false;
  }

  #known(size: number): TurnGroup | undefined {
    if (this.#version !== this.#book.version) this.#groups.clear();
    this.#version = this.#book.version;
    const mine = this.#groups.get(size);
    if (mine !== undefined) return mine;
    const known = this.#book.known(this.#pools, size, this.#capThatCounts());
    if (known === undefined) return undefined;
    this.#groups.set(size, known);
    for (const leaf of this.#pools.keys()) known.rotation.touch(leaf); // it did not follow until now
    return known;
  }

  #formed(size: number): TurnGroup {
    const group = this.#book.form(this.#pools, size, this.#capThatCounts(), (leaf) => this.#hasRoom(leaf, size));
    this.#groups.set(size, group);
    return group;
  }

  /** Types share turns but where a pool of theirs caps one of them: there may be room for the one and none for the other. */
  #capThatCounts(): number {
    return this.#pools.some(({ caps }) => caps?.has(this.#cappedType) === true) ? this.#cappedType : -1;
  }

  get #pools(): Leaves['pools'] {
    return this.#leaves!.pools; // arranged before it is asked
  }

  #hasRoom(leaf: number, size: number): boolean {
    return this.#leaves!.room.at(leaf) >= size; // arranged before it is asked
  }
}

/** The slots whose turns a task takes part in. */
function sizeFor(slots: number): number {
  if (slots <= mostExact) return slots;
  let size = 2 * mostExact;
  while (size < slots) size *= 2;
  return size;
}
