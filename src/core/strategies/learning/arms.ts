// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolKind } from '../strategy.ts';

/** Arms that are remembered; those met later stay as if nothing had been seen of them. */
const mostArms = 65_536;
/** Runs that what is known of a kind of pool counts for in a single pool of that kind. */
const lent = 2;

/** What is known of runs, as numbers that add up over runs; all 0: nothing was seen. */
export type Known = ArrayLike<number>;

/** How the numbers are read. */
export interface Belief {
  /** How many numbers. */
  readonly size: number;
  /** In runs. */
  weight(known: Known): number;
}

/**
 * Beliefs by type of task and pool. What was seen on all pools of a kind, alike in region, resource, price and speed, counts a little for
 * each of them, so a pool that nobody tried is what its kind is. Every observation makes all that was seen before count a little less, of
 * every arm, so that a pool that got better is tried again; that is worked out for an arm when it is asked for.
 */
export class Arms {
  readonly #belief: Belief;
  readonly #discount: number;
  readonly #ofPools: ArmTable;
  readonly #ofKinds: ArmTable;
  readonly #kinds = new KindNumbers();
  #observations = 0;
  /** The latest answer, and whom it is of: several things are asked of a pool, one after the other. */
  readonly #answer: Float64Array;
  #latest: KnownPool | undefined;
  #latestType = -1;
  readonly #lender: Float64Array;

  constructor(belief: Belief, discount: number) {
    this.#belief = belief;
    this.#discount = discount;
    this.#ofPools = new ArmTable(belief.size);
    this.#ofKinds = new ArmTable(belief.size);
    this.#answer = new Float64Array(belief.size);
    this.#lender = new Float64Array(belief.size);
  }

  restart(): void {
    this.#ofPools.clear();
    this.#ofKinds.clear();
    this.#observations = 0;
    this.#latest = undefined;
  }

  /** Holds until the next question. */
  of(type: number, pool: PoolKind): Known {
    const known = this.#kinds.of(pool);
    if (this.#latest === known && this.#latestType === type) return this.#answer;
    this.#latest = known;
    this.#latestType = type;
    const answer = this.#answer;
    const lender = this.#lender;
    this.#read(this.#ofPools, type, pool.id, answer);
    this.#read(this.#ofKinds, type, known.kind, lender);
    const factor = lent / Math.max(lent, this.#belief.weight(lender));
    for (let i = 0; i < answer.length; i++) answer[i]! += factor * lender[i]!;
    return answer;
  }

  observe(type: number, pool: PoolKind, seen: Known): void {
    this.#observations++;
    this.#latest = undefined;
    this.#ofPools.add(type, pool.id, seen, this.#observations, this.#discount);
    this.#ofKinds.add(type, this.#kinds.of(pool).kind, seen, this.#observations, this.#discount);
  }

  #read(arms: ArmTable, type: number, key: number, into: Float64Array): void {
    arms.read(type, key, into, this.#observations, this.#discount);
  }
}

/** Arms by type, then by pool or kind; each is a row of numbers, as they were when some observations, of any arm, had been made. */
class ArmTable {
  readonly #size: number;
  /** By type, then by key. */
  readonly #rows: number[][] = [];
  #cells = new Float64Array(0);
  #count = 0;

  constructor(size: number) {
    this.#size = size;
  }

  clear(): void {
    this.#rows.length = 0;
    this.#count = 0;
  }

  /** @param now observations made until now */
  read(type: number, key: number, into: Float64Array, now: number, discount: number): void {
    const row = this.#rows[type]?.[key];
    if (row === undefined) into.fill(0);
    else {
      const at = this.#fade(row, now, discount);
      for (let i = 0; i < this.#size; i++) into[i] = this.#cells[at + i]!;
    }
  }

  add(type: number, key: number, seen: Known, now: number, discount: number): void {
    const row = this.#rows[type]?.[key] ?? this.#open(type, key, now);
    if (row === undefined) return;
    const at = this.#fade(row, now, discount);
    for (let i = 0; i < this.#size; i++) this.#cells[at + i]! += seen[i]!;
  }

  /** @returns where its numbers are */
  #fade(row: number, now: number, discount: number): number {
    const at = (this.#size + 1) * row;
    const cells = this.#cells;
    const since = now - cells[at + this.#size]!;
    if (since > 0) {
      const factor = discount ** since;
      for (let i = 0; i < this.#size; i++) cells[at + i]! *= factor;
      cells[at + this.#size] = now;
    }
    return at;
  }

  /** @returns `undefined` when there are enough */
  #open(type: number, key: number, now: number): number | undefined {
    if (this.#count === mostArms) return undefined;
    const row = this.#count++;
    const stride = this.#size + 1;
    if (stride * row >= this.#cells.length) {
      const cells = new Float64Array(stride * Math.max(64, 2 * row));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    this.#cells.fill(0, stride * row, stride * row + this.#size);
    this.#cells[stride * row + this.#size] = now;
    this.#rows[type] ??= [];
    this.#rows[type][key] = row;
    return row;
  }
}

/** A pool as it was when it was last asked about, and the number of its kind. */
interface KnownPool {
  readonly pool: PoolKind;
  readonly kind: number;
}

/** Numbers for kinds of pools, found without putting a key together as long as a pool stays what it is. */
class KindNumbers {
  readonly #byKey = new Map<string, number>();
  /** By the pool's id. */
  readonly #ofPools: KnownPool[] = [];

  /** The same object as long as the pool stays what it is. */
  of(pool: PoolKind): KnownPool {
    const known = this.#ofPools[pool.id];
    if (known !== undefined && isAlike(known.pool, pool)) return known;
    const key = `${pool.region} ${pool.resourceType} ${pool.costPerUnit} ${pool.speed}`;
    const kind = this.#byKey.get(key) ?? this.#byKey.size;
    this.#byKey.set(key, kind);
    const made = { pool: copyOf(pool), kind };
    this.#ofPools[pool.id] = made;
    return made;
  }
}

/** A pool may become another later. */
function copyOf({ id, region, resourceType, costPerUnit, speed }: PoolKind): PoolKind {
  return { id, region, resourceType, costPerUnit, speed };
}

function isAlike(a: PoolKind, b: PoolKind): boolean {
  return (
    a.id === b.id && a.region === b.region && a.costPerUnit === b.costPerUnit && a.speed === b.speed && a.resourceType === b.resourceType
  );
}
