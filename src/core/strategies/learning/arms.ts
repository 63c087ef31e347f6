import type { PoolKind } from '../strategy.ts';

/** Arms that are remembered; those met later stay as if nothing had been seen of them. */
const mostArms = 65_536;
/** Runs that what is known of a kind of pool counts for in a single pool of that kind. */
const lent = 2;

/** Something known of runs that can be added up and weighed. */
export interface Belief<B> {
  readonly nothing: B;
  /** In runs. */
  weight(belief: B): number;
  /** a + factor · b, as something new. */
  plus(a: B, b: B, factor: number): B;
  /** The same where `a` is nothing and factor · b takes the place of b: what is known changes at every end, and nothing new is to be thrown away then. */
  fade(b: B, factor: number): void;
  /** a + b takes the place of a. */
  add(a: B, b: B): void;
}

interface Arm<B> {
  /** Its own: nobody else holds it. */
  readonly belief: B;
  /** Observations, of any arm, that had been made when `belief` was worked out. */
  at: number;
}

/**
 * Beliefs by type of task and pool. What was seen on all pools of a kind, alike in region, resource, price and speed, counts a little for
 * each of them, so a pool that nobody tried is what its kind is. Every observation makes all that was seen before count a little less, of
 * every arm, so that a pool that got better is tried again; that is worked out for an arm when it is asked for.
 */
export class Arms<B> {
  readonly #belief: Belief<B>;
  readonly #discount: number;
  readonly #ofPools = new ArmTable<B>();
  readonly #ofKinds = new ArmTable<B>();
  readonly #kinds: KindNumbers = new KindNumbers();
  #observations = 0;
  /** The latest answer: several things are asked of a pool, one after the other. */
  #latest: { readonly type: number; readonly id: number; readonly kind: number; readonly belief: B } | undefined;

  constructor(belief: Belief<B>, discount: number) {
    this.#belief = belief;
    this.#discount = discount;
  }

  restart(): void {
    this.#ofPools.clear();
    this.#ofKinds.clear();
    this.#observations = 0;
    this.#latest = undefined;
  }

  of(type: number, pool: PoolKind): B {
    const { id } = pool;
    const kind = this.#kinds.of(pool);
    const latest = this.#latest;
    if (latest?.type === type && latest.id === id && latest.kind === kind) return latest.belief;
    const belief = this.#beliefOf(type, id, kind);
    this.#latest = { type, id, kind, belief };
    return belief;
  }

  observe(type: number, pool: PoolKind, seen: B): void {
    this.#observations++;
    this.#latest = undefined;
    this.#add(this.#ofPools, type, pool.id, seen);
    this.#add(this.#ofKinds, type, this.#kinds.of(pool), seen);
  }

  #beliefOf(type: number, id: number, kind: number): B {
    const { nothing, plus, weight } = this.#belief;
    const ofKind = this.#ofKinds.get(type, kind);
    if (ofKind === undefined) return nothing;
    const ofPool = this.#ofPools.get(type, id);
    const own = ofPool === undefined ? nothing : this.#upToDate(ofPool);
    const lender = this.#upToDate(ofKind);
    return plus(own, lender, lent / Math.max(lent, weight(lender)));
  }

  #add(arms: ArmTable<B>, type: number, key: number, seen: B): void {
    const arm = arms.get(type, key);
    const { nothing, plus, add } = this.#belief;
    if (arm !== undefined) add(this.#upToDate(arm), seen);
    else if (arms.size < mostArms) arms.set(type, key, { belief: plus(nothing, seen, 1), at: this.#observations });
  }

  #upToDate(arm: Arm<B>): B {
    const since = this.#observations - arm.at;
    if (since > 0) {
      this.#belief.fade(arm.belief, this.#discount ** since);
      arm.at = this.#observations;
    }
    return arm.belief;
  }
}

/** Arms by type, then by pool or kind. */
class ArmTable<B> {
  readonly #byType: (Map<number, Arm<B>> | undefined)[] = [];
  size = 0;

  get(type: number, key: number): Arm<B> | undefined {
    return this.#byType[type]?.get(key);
  }

  /** Of a key that has none. */
  set(type: number, key: number, arm: Arm<B>): void {
    const ofType = this.#byType[type] ?? new Map<number, Arm<B>>();
    this.#byType[type] = ofType.set(key, arm);
    this.size++;
  }

  clear(): void {
    this.#byType.length = 0;
    this.size = 0;
  }
}

/** Numbers for kinds of pools, found without putting a key together as long as a pool stays what it is. */
class KindNumbers {
  readonly #byKey = new Map<string, number>();
  readonly #ofPools = new Map<number, { readonly pool: PoolKind; readonly number: number }>();

  of({ id, region, resourceType, costPerUnit, speed }: PoolKind): number {
    const known = this.#ofPools.get(id);
    if (
      known !== undefined &&
      known.pool.region === region &&
      known.pool.costPerUnit === costPerUnit &&
      known.pool.speed === speed &&
      known.pool.resourceType === resourceType
    ) {
      return known.number;
    }
    const key = `${region} ${resourceType} ${costPerUnit} ${speed}`;
    const number = this.#byKey.get(key) ?? this.#byKey.size;
    this.#byKey.set(key, number);
    this.#ofPools.set(id, { pool: { id, region, resourceType, costPerUnit, speed }, number });
    return number;
  }
}
