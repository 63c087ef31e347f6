// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Ms } from '../domain/units.ts';

/** When the attempts of one pool are expected to end, soonest first: a sorted row, because it is read in order far more than it is changed. */
export class PoolEnds {
  #ends = new Float64Array(8);
  #runs = new Int32Array(8);
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** Infinity: nobody knows. */
  endAt(i: number): Ms {
    return this.#ends[i]!;
  }
  runAt(i: number): number {
    return this.#runs[i]!;
  }
  /** The soonest; Infinity without one. */
  get first(): Ms {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#ends[0]!;
  }

  add(end: Ms, run: number): void {
    if (this.#size === this.#ends.length) this.#grow();
    const at = this.#placeOf(end);
    this.#ends.copyWithin(at + 1, at, this.#size);
    this.#runs.copyWithin(at + 1, at, this.#size);
    this.#ends[at] = end;
    this.#runs[at] = run;
    this.#size++;
  }

  /** @param end as it was added */
  remove(end: Ms, run: number): void {
    let at = this.#placeOf(end);
    while (this.#runs[at] !== run) at++;
    this.#ends.copyWithin(at, at + 1, this.#size);
    this.#runs.copyWithin(at, at + 1, this.#size);
    this.#size--;
  }

  /** Where the first one that ends then, or later, is. */
  #placeOf(end: Ms): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const ends = new Float64Array(2 * this.#size);
    const runs = new Int32Array(2 * this.#size);
    ends.set(this.#ends);
    runs.set(this.#runs);
    this.#ends = ends;
    this.#runs = runs;
  }
}
