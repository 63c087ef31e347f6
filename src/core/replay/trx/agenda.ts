// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

/**
 * What will happen to whom: (time, seq, stamp), earliest first, ties by entry. An entry whose task has moved on is stale: the owner compares
 * stamps. In typed arrays, as an object per event would cost more than the decision.
 */
export class Agenda {
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #seqs = new Float64Array(64);
  #stamps = new Float64Array(64);
  #size = 0;
  #entered = 0;

  /** When the first is due, Infinity when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }
  get seq(): number {
    return this.#seqs[0]!;
  }
  get stamp(): number {
    return this.#stamps[0]!;
  }

  push(time: number, seq: number, stamp: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#entered++;
    let i = this.#size++;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.#times[up]! <= time) break; // equal ones were entered before
      this.#move(up, i);
      i = up;
    }
    this.#put(i, time, order, seq, stamp);
  }

  /** Takes the first out. Only of an agenda that is not empty. */
  drop(): void {
    const size = --this.#size;
    const [time, order] = [this.#times[size]!, this.#orders[size]!];
    let i = 0;
    for (let child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)) child++;
      if (!this.#isBefore(child, time, order)) break;
      this.#move(child, i);
      i = child;
    }
    this.#put(i, time, order, this.#seqs[size]!, this.#stamps[size]!);
  }

  #isBefore(i: number, time: number, order: number): boolean {
    return this.#times[i]! < time || (this.#times[i] === time && this.#orders[i]! < order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#seqs[from]!, this.#stamps[from]!);
  }

  #put(i: number, time: number, order: number, seq: number, stamp: number): void {
    this.#times[i] = time;
    this.#orders[i] = order;
    this.#seqs[i] = seq;
    this.#stamps[i] = stamp;
  }

  #grow(): void {
    const larger = (old: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(2 * old.length);
      grown.set(old);
      return grown;
    };
    this.#times = larger(this.#times);
    this.#orders = larger(this.#orders);
    this.#seqs = larger(this.#seqs);
    this.#stamps = larger(this.#stamps);
  }
}
