// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { priceOf } from '../domain/cost.ts';

/** The distinct prices of all pools. A task's `max_cost` becomes the dearest of them it can pay, so that caps, and with them needs, stay few. */
export class Prices {
  // Ascending.
  readonly #listed: number[] = [];
  readonly #count = new Map<number, number>();

  get dearest(): number {
    return this.#listed.at(-1) ?? 0;
  }

  /** @returns whether a price is new. */
  add(price: number): boolean {
    const count = this.#count.get(price) ?? 0;
    this.#count.set(price, count + 1);
    if (count === 0)
      this.#listed.splice(
        this.#countUpTo((listed) => listed < price),
        0,
        price,
      );
    return count === 0;
  }

  /** @returns whether a price is gone. */
  remove(price: number): boolean {
    const count = this.#count.get(price) ?? 0;
    if (count > 1) this.#count.set(price, count - 1);
    else {
      this.#count.delete(price);
      this.#listed.splice(this.#listed.indexOf(price), 1);
    }
    return count <= 1;
  }

  /** Infinity for a task without `maxCost`; -1 when it can pay for no pool. */
  capFor(cost: number, maxCost: number): number {
    if (maxCost === Number.POSITIVE_INFINITY) return maxCost;
    return this.#listed[this.#countUpTo((price) => priceOf(cost, price) <= maxCost) - 1] ?? -1;
  }

  /** The cap that `left` of a budget sets where `cap` is set already; `undefined`: none, as it pays for every price up to that. */
  capWithin(left: number, cost: number, cap: number): number | undefined {
    if (left === Number.POSITIVE_INFINITY || priceOf(cost, Math.min(cap, this.dearest)) <= left) return undefined;
    return this.capFor(cost, left);
  }

  /** How many of the first prices satisfy a condition that no later one does once one has failed. */
  #countUpTo(holds: (price: number) => boolean): number {
    let low = 0;
    let high = this.#listed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#listed[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
