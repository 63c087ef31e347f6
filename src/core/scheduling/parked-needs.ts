import type { Need } from './need.ts';
import { WinnerTree } from './winner-tree.ts';

/** Some of the parked needs, in the order of their heads. Whoever parks them tells when a head changes and when one leaves. */
export class ParkedNeeds {
  readonly #needs: readonly (Need | undefined)[];
  readonly #heads = new WinnerTree();
  readonly #members = new Set<Need>();

  constructor(needs: readonly (Need | undefined)[]) {
    this.#needs = needs;
  }

  get size(): number {
    return this.#members.size;
  }

  /** The one with the best head. */
  first(): Need | undefined {
    const id = this.#members.size === 0 ? -1 : this.#heads.best();
    return id === -1 ? undefined : this.#needs[id];
  }

  add(need: Need): void {
    this.#members.add(need);
    this.#heads.set(need.id, need.headRank, need.headKey, need.headSeq);
  }

  /** Its head changed, if it is a member. */
  update(need: Need): void {
    if (this.#members.size > 0 && this.#members.has(need)) this.#heads.set(need.id, need.headRank, need.headKey, need.headSeq);
  }

  remove(need: Need): void {
    if (this.#members.size > 0 && this.#members.delete(need)) this.#heads.clear(need.id);
  }

  clear(): void {
    for (const need of this.#members) this.#heads.clear(need.id);
    this.#members.clear();
  }
}
