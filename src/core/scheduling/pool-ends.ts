// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';

/** Up to so many are sorted by inserting one after the other, which is quicker than to ask a comparator. */
const mostInserted = 128;

/** When the attempts of one pool are expected to end, soonest first: a sorted row, because it is read in order far more than it is changed. */
export class PoolEnds {
  // All ends, then all runs.
  #cells: Float64Array;
  #room: number;
  #size = 0;

  /** @param room for so many */
  constructor(room = 8) {
    this.#room = Math.max(1, room);
    this.#cells = new Float64Array(2 * this.#room);
  }

  get size(): number {
    return this.#size;
  }
  /** Infinity: nobody knows. */
  endAt(i: number): Ms {
    return this.#cells[i]!;
  }
  runAt(i: number): number {
    return this.#cells[this.#room + i]!;
  }
  /** The soonest; Infinity without one. */
  get first(): Ms {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#cells[0]!;
  }

  add(end: Ms, run: number): void {
    if (this.#size === this.#room) this.#grow();
    const at = this.#placeOf(end);
    this.#shift(at, 1);
    this.#put(at, end, run);
    this.#size++;
  }

  /** @param end as it was added */
  remove(end: Ms, run: number): void {
    let at = this.#placeOf(end);
    while (at < this.#size && this.runAt(at) !== run) at++;
    if (at === this.#size) throw new Error('the end of a run that is not there');
    this.#shift(at + 1, -1);
    this.#size--;
  }

  /** One of many, which `sort` puts in order when all are there. */
  append(end: Ms, run: number): void {
    if (this.#size === this.#room) this.#grow();
    this.#put(this.#size++, end, run);
  }

  sort(): void {
    if (this.#size <= mostInserted) {
      for (let i = 1; i < this.#size; i++) this.#sink(i);
      return;
    }
    const { ends, runs } = this.#copy();
    const order = Uint32Array.from(ends.keys()).sort((a, b) => (ends[a] === ends[b] ? a - b : ends[a]! - ends[b]!));
    for (const [at, i] of order.entries()) this.#put(at, ends[i]!, runs[i]!);
  }

  /** Where the first one that ends then, or later, is. */
  #placeOf(end: Ms): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cells[middle]! < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** To its place among those before it, which are in order. */
  #sink(i: number): void {
    const end = this.endAt(i);
    const run = this.runAt(i);
    let at = i;
    for (; at > 0 && this.endAt(at - 1) > end; at--) this.#put(at, this.endAt(at - 1), this.runAt(at - 1));
    this.#put(at, end, run);
  }

  /** Moves all from there on by one place. */
  #shift(at: number, by: 1 | -1): void {
    const [room, size] = [this.#room, this.#size];
    this.#cells.copyWithin(at + by, at, size);
    this.#cells.copyWithin(room + at + by, room + at, room + size);
  }

  #put(at: number, end: Ms, run: number): void {
    this.#cells[at] = end;
    this.#cells[this.#room + at] = run;
  }

  #copy() {
    const [room, size] = [this.#room, this.#size];
    return { ends: this.#cells.slice(0, size), runs: this.#cells.slice(room, room + size) };
  }

  #grow(): void {
    const { ends, runs } = this.#copy();
    this.#room *= 2;
    this.#cells = new Float64Array(2 * this.#room);
    this.#cells.set(ends);
    this.#cells.set(runs, this.#room);
  }
}
