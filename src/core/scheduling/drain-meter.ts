// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';

/** What came free somewhere, and in how much time. */
export interface Drain {
  readonly ends: number;
  readonly slots: number;
  /** Time watched; 0: not at all yet. */
  readonly overMs: Ms;
}

interface SliceSum {
  readonly number: number;
  readonly ends: number;
  readonly slots: number;
}

/** Slices of the window, the one that is being filled included. */
const slicesKept = 7;
/** Numbers kept per pool and slice: ends and slots. */
const fields = 2;

/**
 * Ends of attempts and the slots they gave back, by pool, over a sliding window: what a forecast is made of. Counting is O(1), and slices are
 * dropped as time goes on, so it forgets by itself.
 */
export class DrainMeter {
  readonly #sliceMs: Ms;
  /** By slice, then by place of the pool. */
  readonly #slices: Int32Array[] = Array.from({ length: slicesKept }, () => new Int32Array(0));
  /** Of slices that are full, for lists of places that are asked about again. */
  readonly #sums = new WeakMap<readonly { readonly place: number }[], (SliceSum | undefined)[]>();
  /** Number of the slice being filled, counted from time 0; -1: it does not watch yet. */
  #slice = -1;
  #since: EpochMs = 0;

  /** @param windowMs how far back it remembers */
  constructor(windowMs: Ms) {
    this.#sliceMs = windowMs / (slicesKept - 1);
  }

  /** From now on what does not end counts too. */
  watch(now: EpochMs): void {
    if (this.#slice === -1) this.#advance(now);
  }

  /** @param place of the pool */
  ended(place: number, slots: number, now: EpochMs): void {
    this.#advance(now);
    const at = this.#slice % slicesKept;
    const at2 = fields * place;
    if (at2 >= this.#slices[at]!.length) this.#slices[at] = grown(this.#slices[at]!, at2 + fields);
    const slice = this.#slices[at]!;
    slice[at2] = slice[at2]! + 1;
    slice[at2 + 1] = slice[at2 + 1]! + slots;
  }

  /** What came free at these places: O(places). A list that is asked about again must not have changed. */
  at(places: readonly { readonly place: number }[], now: EpochMs): Drain {
    if (this.#slice === -1) return { ends: 0, slots: 0, overMs: 0 };
    const oldest = this.#sliceAt(now) - slicesKept + 1;
    let ends = 0;
    let slots = 0;
    for (let i = 0; i < slicesKept; i++) {
      if (this.#numberOf(i) < oldest) continue;
      const sum = this.#sumOf(i, places);
      ends += sum.ends;
      slots += sum.slots;
    }
    return { ends, slots, overMs: Math.max(0, now - Math.max(this.#since, oldest * this.#sliceMs)) };
  }

  /** Nothing is added to a slice but the one being filled: what was summed of the others once is true for as long as they are kept. */
  #sumOf(i: number, places: readonly { readonly place: number }[]): SliceSum {
    const number = this.#numberOf(i);
    const sums = this.#sums.get(places) ?? [];
    const known = sums[i];
    if (known?.number === number) return known;
    const sum = { number, ...sumOf(this.#slices[i]!, places) };
    if (number === this.#slice) return sum;
    sums[i] = sum;
    this.#sums.set(places, sums);
    return sum;
  }

  #advance(now: EpochMs): void {
    const slice = this.#sliceAt(now);
    if (this.#slice === -1) {
      this.#slice = slice;
      this.#since = now;
    }
    const steps = Math.min(slice - this.#slice, slicesKept);
    for (let i = 1; i <= steps; i++) this.#slices[(slice - steps + i) % slicesKept]!.fill(0);
    this.#slice = slice;
  }

  /** Time that was set back counts into the newest slice. */
  #sliceAt(now: EpochMs): number {
    return Math.max(this.#slice, Math.floor(now / this.#sliceMs));
  }

  /** Which slice lies at `i` of the ring. */
  #numberOf(i: number): number {
    const back = ((this.#slice % slicesKept) - i + slicesKept) % slicesKept;
    return this.#slice - back;
  }
}

function sumOf(slice: Int32Array, places: readonly { readonly place: number }[]): { readonly ends: number; readonly slots: number } {
  let ends = 0;
  let slots = 0;
  for (let i = 0; i < places.length; i++) {
    const at = fields * places[i]!.place;
    if (at >= slice.length) continue;
    ends += slice[at]!;
    slots += slice[at + 1]!;
  }
  return { ends, slots };
}

function grown(slice: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, 2 * slice.length));
  larger.set(slice);
  return larger;
}
