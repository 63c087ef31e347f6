// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { WinnerTree } from '../winner-tree.ts';

/** About what a turn costs, in the whole numbers turns are counted in; exactly it, where weights are no more than this together. */
const turn = 2 ** 20;
/** The clock starts again from 0 there: clock x weight stays far below 2^53. */
const latestClock = 2 ** 31;

/** Leaves of equal weight: among them, the one with most turns in hand is the one whose account was due first. */
interface WeightClass {
  readonly weight: number;
  readonly leaves: number[];
  /** By index into `leaves`: what the leaf was given in all, and the leaf. */
  readonly due: WinnerTree;
}

/**
 * Smooth weighted turns among leaves that come and go. At every pick each leaf that takes part is given its share of a turn, and the one
 * that has most in hand pays for a whole one: weights 5, 1, 1 give a a b a c a a. A leaf that does not take part is given nothing and keeps at
 * most one turn. Shares are not handed out one by one: what a leaf has in hand is clock x weight - due.
 */
export class Rotation {
  readonly #classes: WeightClass[] = [];
  readonly #classOf: Int32Array;
  readonly #entryOf: Int32Array;
  /** While a leaf takes part, what its account was due; else what it has in hand. */
  readonly #account: Float64Array;
  readonly #isIn: Uint8Array;
  /** Leaves that may have come or gone since the latest pick. */
  readonly #touched = new Set<number>();
  #clock = 0;
  /** Of those that take part. */
  #weight = 0;
  /** Second in the latest pick, or -1. */
  runnerUp = -1;
  /** What they had in hand, in turns. */
  inHand = 0;
  runnerUpInHand = 0;

  /** @param inHand by leaf, from `inHandOf` of the rotation before. @param isIn by leaf: whether it takes part. */
  constructor(weights: readonly number[], inHand: ArrayLike<number>, isIn: readonly boolean[]) {
    this.#classOf = new Int32Array(weights.length);
    this.#entryOf = new Int32Array(weights.length);
    this.#account = Float64Array.from(inHand, (one, leaf) => (isIn[leaf] === true ? one : Math.min(one, turn)));
    this.#isIn = new Uint8Array(weights.length);
    const byWeight = new Map<number, number>();
    for (const [leaf, weight] of weights.entries()) {
      let at = byWeight.get(weight);
      if (at === undefined) {
        at = this.#classes.length;
        byWeight.set(weight, at);
        this.#classes.push({ weight, leaves: [], due: new WinnerTree() });
      }
      this.#classOf[leaf] = at;
      this.#entryOf[leaf] = this.#classes[at]!.leaves.push(leaf) - 1;
      this.set(leaf, isIn[leaf] === true);
    }
  }

  inHandOf(leaf: number): number {
    return this.#isIn[leaf] === 0 ? this.#account[leaf]! : this.#clock * this.#weightOf(leaf) - this.#account[leaf]!;
  }

  /** Its room changed. Who takes part is found out at the next pick: what came and went in between is no pick missed. */
  touch(leaf: number): void {
    this.#touched.add(leaf);
  }

  /** To be called before a pick. */
  catchUp(isIn: (leaf: number) => boolean): void {
    for (const leaf of this.#touched) this.set(leaf, isIn(leaf));
    this.#touched.clear();
  }

  /** The same as it will be at its next pick. */
  copy(isIn: (leaf: number) => boolean): Rotation {
    const leaves = [...this.#classOf.keys()];
    const copy = new Rotation(
      leaves.map((leaf) => this.#weightOf(leaf)),
      leaves.map((leaf) => this.inHandOf(leaf)),
      leaves.map((leaf) => this.#isIn[leaf] === 1),
    );
    for (const leaf of this.#touched) copy.touch(leaf);
    copy.catchUp(isIn);
    return copy;
  }

  /** Lets a leaf take part, or not. */
  set(leaf: number, isIn: boolean): void {
    if ((this.#isIn[leaf] === 1) === isIn) return;
    const { weight, due } = this.#classes[this.#classOf[leaf]!]!;
    const entry = this.#entryOf[leaf]!;
    if (isIn) {
      this.#account[leaf] = this.#clock * weight - this.#account[leaf]!;
      this.#weight += weight;
      due.set(entry, this.#account[leaf]!, leaf, 0);
    } else {
      this.#account[leaf] = Math.min(this.inHandOf(leaf), turn);
      this.#weight -= weight;
      due.clear(entry);
    }
    this.#isIn[leaf] = isIn ? 1 : 0;
  }

  /** Whose turn it is, which is paid for; -1 when nobody takes part. */
  take(): number {
    if (this.#weight === 0) return -1;
    if (this.#clock > latestClock) this.#restartClock();
    const share = Math.max(1, Math.floor(turn / this.#weight));
    this.#clock += share;
    const leaf = this.#first();
    const { weight, due } = this.#classes[this.#classOf[leaf]!]!;
    const entry = this.#entryOf[leaf]!;
    const paid = share * this.#weight;
    this.inHand = (this.#clock * weight - this.#account[leaf]!) / paid;
    due.clear(entry);
    this.runnerUp = this.#first();
    this.runnerUpInHand = this.runnerUp === -1 ? 0 : this.inHandOf(this.runnerUp) / paid;
    this.#account[leaf] = this.#account[leaf]! + paid;
    due.set(entry, this.#account[leaf]!, leaf, 0);
    return leaf;
  }

  /** The leaf with most in hand, ties to the first. */
  #first(): number {
    let first = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const { weight, leaves, due } of this.#classes) {
      const entry = due.best();
      if (entry === -1) continue;
      const inHand = this.#clock * weight - due.rankOf(entry);
      const leaf = leaves[entry]!;
      if (inHand < most || (inHand === most && leaf > first)) continue;
      first = leaf;
      most = inHand;
    }
    return first;
  }

  #restartClock(): void {
    for (const [leaf, isIn] of this.#isIn.entries()) {
      if (isIn === 0) continue;
      this.#account[leaf] = -this.inHandOf(leaf);
      this.#classes[this.#classOf[leaf]!]!.due.set(this.#entryOf[leaf]!, this.#account[leaf]!, leaf, 0);
    }
    this.#clock = 0;
  }

  #weightOf(leaf: number): number {
    return this.#classes[this.#classOf[leaf]!]!.weight;
  }
}
