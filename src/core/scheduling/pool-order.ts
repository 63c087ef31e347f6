// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Catalogue, Facts, PlaceRule, PoolView, TaskView } from '../strategies/strategy.ts';
import { MaxFree } from './max-free.ts';
import type { PoolSlot } from './pool-slot.ts';

/** The pools of a set in the order of one rule (and one home region), with their room indexed. */
export class PoolOrder {
  readonly #rule: PlaceRule;
  readonly #home: number;
  readonly #catalogue: Catalogue;
  /** The capped type the room is counted for; -1: none. */
  readonly #cappedType: number;
  #leaves: PoolSlot[];
  // By place of the pool.
  #leafOf = new Int32Array(0);
  #room = new MaxFree([]);

  constructor(rule: PlaceRule, home: number, catalogue: Catalogue, cappedType: number, pools: readonly PoolSlot[]) {
    this.#rule = rule;
    this.#home = home;
    this.#catalogue = catalogue;
    this.#cappedType = cappedType;
    this.#leaves = [...pools];
    this.sort();
  }

  get most(): number {
    return this.#room.most;
  }

  /** Orders all pools again: after prices or the set changed. */
  sort(): void {
    const keyed = this.#leaves.map((pool) => ({
      pool,
      base: this.#rule.base(pool, this.#home, this.#catalogue),
      tie: this.#rule.tie?.(pool) ?? 0,
    }));
    keyed.sort((a, b) => a.base - b.base || a.tie - b.tie || a.pool.id - b.pool.id);
    this.#leaves = keyed.map(({ pool }) => pool);
    this.#index();
  }

  /** Takes `pool` out and, when it still belongs here, in again at its new place: O(P), without asking the rule about every pool. */
  reposition(pool: PoolSlot, belongs: boolean): void {
    const at = this.#leaves.indexOf(pool);
    if (at !== -1) this.#leaves.splice(at, 1);
    if (belongs) this.#leaves.splice(this.#placeFor(pool), 0, pool);
    this.#index();
  }

  /** Its room changed. */
  refresh(pool: PoolSlot): void {
    this.#room.set(this.#leafOf[pool.place]!, pool.roomFor(this.#cappedType));
  }

  /** The rule's choice among pools with room for the task. */
  pick(task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    const pick = this.#rule.pick;
    if (pick === 'first-fit') return this.#leaves[this.#room.firstFit(slots)];
    if (pick === 'most-free') return this.#leaves[this.#room.mostFree(slots)];
    return this.#bestOf(pick.best, task, slots, facts);
  }

  #bestOf(count: number, task: TaskView, slots: number, facts: Facts): PoolSlot | undefined {
    const terms = this.#rule.terms ?? [];
    let best: PoolSlot | undefined;
    let bestScore = Number.POSITIVE_INFINITY;
    let leaf = this.#room.firstFit(slots);
    for (let n = 0; n < count && leaf !== -1; n++) {
      const pool = this.#leaves[leaf]!;
      const score = scoreOf(terms, task, pool, facts);
      if (score < bestScore || best === undefined) {
        best = pool;
        bestScore = score;
      }
      leaf = this.#room.firstFit(slots, leaf + 1);
    }
    return best;
  }

  #placeFor(pool: PoolSlot): number {
    const base = this.#rule.base(pool, this.#home, this.#catalogue);
    const tie = this.#rule.tie?.(pool) ?? 0;
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#leaves[middle]!;
      const difference =
        this.#rule.base(other, this.#home, this.#catalogue) - base || (this.#rule.tie?.(other) ?? 0) - tie || other.id - pool.id;
      if (difference < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #index(): void {
    let places = 0;
    for (const pool of this.#leaves) places = Math.max(places, pool.place + 1);
    this.#leafOf = new Int32Array(places);
    const room = new Int32Array(this.#leaves.length);
    for (const [leaf, pool] of this.#leaves.entries()) {
      this.#leafOf[pool.place] = leaf;
      room[leaf] = pool.roomFor(this.#cappedType);
    }
    this.#room = new MaxFree(room);
  }
}

/** Sum of weight x value in the order of the terms: floating-point sums depend on it. */
export function scoreOf(terms: NonNullable<PlaceRule['terms']>, task: TaskView, pool: PoolView, facts: Facts): number {
  let score = 0;
  for (const term of terms) score += term.weight * term.value(task, pool, facts);
  return score;
}
