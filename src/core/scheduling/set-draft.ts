import { PoolSet, type SetFilter } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';

/** A set in the making, which asks some pools at a time whether they belong to it. It is of the pools as they were when it was begun. */
export class SetDraft {
  readonly set: PoolSet;
  readonly #pools: Iterator<PoolSlot>;
  #isDone = false;

  constructor(key: string, filter: SetFilter, pools: Iterable<PoolSlot>) {
    this.set = new PoolSet(key, filter);
    this.#pools = pools[Symbol.iterator]();
  }

  get key(): string {
    return this.set.key;
  }

  /** Every pool was asked. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** @returns pools it asked */
  step(most: number): number {
    let asked = 0;
    for (; asked < most; asked++) {
      const { value: pool, done } = this.#pools.next();
      if (done === true) {
        this.#isDone = true;
        break;
      }
      if (this.set.admits(pool)) this.set.pools.push(pool);
    }
    return asked;
  }
}
