import type { RoomKind } from '../domain/decision.ts';
import type { EpochMs, Ms, Seq } from '../domain/units.ts';
import type { ReservationRules, TaskView } from '../strategies/strategy.ts';
import { gangRooms } from './gang-rooms.ts';
import type { KeptParts } from './kept-parts.ts';
import type { KeptRoom } from './kept-room.ts';
import type { Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { PredictedEnds } from './predicted-ends.ts';

/** So that a product and a quotient of the same numbers never disagree about a task. */
const roundedUp = 1 + 1e-9;

/** Room that is kept for the next task of a need, in one pool, or for a gang in as many as it takes. Times are from the core's origin. */
export interface Reservation {
  readonly need: Need;
  /** Never empty. */
  readonly rooms: readonly KeptRoom[];
  /** The task at its head when it was made. */
  readonly seq: Seq;
  /** Nothing may put that task off: the pools are lent only to what must have ended in time by its limit. */
  isFirm: boolean;
  /** When the task is expected to start, with all of its parts; Infinity: nobody knows, and the pools drain for it. */
  shadowMs: Ms;
  /** The shadow time at the last round of decisions: it may come nearer, but when it moves away, another pool may be better. */
  promisedMs: Ms;
  /** The next expected end on its pools: when that passes without one, all is worked out again. */
  dueMs: Ms;
}

/** A pool that has room and keeps it from somebody. */
export interface KeptFrom extends Reservation {
  readonly pool: PoolSlot;
}

/** A pool that is shown to one task as if nothing were kept. */
interface Loan {
  readonly pool: PoolSlot;
  readonly kept: number;
  readonly keptType: number;
  readonly keptParts: KeptParts | undefined;
}

/**
 * Pools kept for tasks that wait too long, one for each group of pools. Everybody else sees as room there only what will be left beside
 * the task (`PoolSlot.kept`), unless it ends in time.
 */
export class Reservations {
  readonly #pools: PoolIndex;
  readonly #ends: PredictedEnds;
  readonly #byPool = new Map<PoolSlot, Reservation>();
  readonly #byNeed = new Map<Need, Reservation>();
  readonly #lent: Loan[] = [];
  #margin = 1;
  #share = 0;

  constructor(pools: PoolIndex, ends: PredictedEnds) {
    this.#pools = pools;
    this.#ends = ends;
  }

  /** From now on; what is kept already has to be released first. */
  follow({ margin, share }: ReservationRules): void {
    this.#margin = margin;
    this.#share = share;
  }

  /** Tasks that room is kept for. */
  get size(): number {
    return this.#byNeed.size;
  }
  /** Some of them are kept for a task of several parts. */
  get hasGang(): boolean {
    return this.all().some(({ need }) => need.parts > 1);
  }
  all(): readonly Reservation[] {
    return [...this.#byNeed.values()];
  }
  of(need: Need): Reservation | undefined {
    return this.#byNeed.size === 0 ? undefined : this.#byNeed.get(need);
  }
  on(pool: PoolSlot): Reservation | undefined {
    return this.#byPool.get(pool);
  }

  /** Whether room may be kept for the need: on none of its pools is any kept already, and not too many pools are kept anywhere. */
  allows(rings: readonly Ring[]): boolean {
    if (this.#byPool.size >= Math.max(1, Math.floor(this.#share * this.#pools.size))) return false;
    for (const pool of this.#byPool.keys()) {
      const sets = this.#pools.setsOf(pool);
      if (rings.some((ring) => sets.includes(ring.set))) return false;
    }
    return true;
  }

  /**
   * Keeps the pool that is expected to have room for the need first, for a gang as many as it takes; `undefined`: none ever will.
   * O(its pools + what runs there); for a gang that times the logarithm of it.
   */
  make(need: Need, seq: Seq, isFirm: boolean, rings: readonly Ring[], nowMs: Ms): Reservation | undefined {
    const rooms = need.parts === 1 ? this.#soonest(need, rings, nowMs) : gangRooms(need, rings, this.#ends, nowMs);
    if (rooms === undefined) return undefined;
    const made: Reservation = { need, rooms, seq, isFirm, shadowMs: 0, promisedMs: 0, dueMs: 0 };
    for (const { pool } of rooms) this.#byPool.set(pool, made);
    this.#byNeed.set(need, made);
    this.update(made, nowMs);
    made.promisedMs = made.shadowMs;
    return made;
  }

  release({ need, rooms }: Reservation): void {
    this.#byNeed.delete(need);
    for (const { pool } of rooms) {
      this.#byPool.delete(pool);
      pool.kept = 0;
      pool.keptType = -1;
      pool.keptParts = undefined;
      this.#pools.refresh(pool);
    }
  }

  /** After something started or ended on one of its pools, or outlived its prediction there. */
  update(reservation: Reservation, nowMs: Ms): void {
    const { need, rooms } = reservation;
    const type = need.type.id;
    const partsOf = (room: KeptRoom) => (need.parts === 1 ? undefined : room.parts);
    reservation.shadowMs = nowMs;
    reservation.dueMs = Number.POSITIVE_INFINITY;
    for (const room of rooms) {
      const { at, extra, held } = this.#ends.opening(room.pool, need.slots, type, nowMs, partsOf(room));
      room.extra = extra;
      room.held = held;
      reservation.shadowMs = Math.max(reservation.shadowMs, at);
      reservation.dueMs = Math.min(reservation.dueMs, this.#ends.next(room.pool, nowMs));
    }
    for (const room of rooms) {
      const { pool, parts } = room;
      // A gang starts when the last of its pools has room: until then the others have more beside it.
      if (rooms.length > 1) {
        const { shadowMs } = reservation;
        const isKnown = shadowMs !== Number.POSITIVE_INFINITY;
        const then = isKnown ? this.#ends.opening(pool, need.slots, type, nowMs, parts, shadowMs) : undefined;
        room.extra = then?.extra ?? 0;
        room.held = then?.held;
      }
      pool.kept = Math.max(0, pool.free - room.extra);
      pool.keptType = pool.caps?.has(type) === true ? type : -1;
      pool.keptParts = room.held && { type, slots: need.slots, parts, held: room.held };
      this.#pools.refresh(pool);
    }
  }

  /** Whether the task could start now on what is kept for it. */
  isReady({ need, rooms }: Reservation): boolean {
    return rooms.every(({ pool, parts }) =>
      need.parts === 1 ? pool.spaceFor(need.type.id) >= need.slots : pool.partsIn(need.type.id, need.slots) >= parts,
    );
  }

  /** Whether all parts of a gang would fit in a set, were nothing kept there. */
  mayFit({ slots, parts, type }: Need, set: PoolSet): boolean {
    let fit = set.roomOf(slots).free;
    for (const pool of this.#byPool.keys())
      if (fit < parts && this.#pools.setsOf(pool).includes(set)) fit += pool.partsIn(type.id, slots) - pool.partsFor(type.id, slots);
    return fit >= parts;
  }

  /** Whose room a task of the need takes. @param parts of a gang: the pool of each */
  kindOf(need: Need, pool: PoolSlot, parts: readonly PoolSlot[]): RoomKind {
    if (this.#byPool.size === 0) return 'free';
    const taken = parts.length === 0 ? [pool] : parts;
    if (this.#byNeed.get(need)?.rooms.some((kept) => taken.includes(kept.pool))) return 'reserved';
    return taken.some((one) => this.#byPool.has(one)) ? 'backfilled' : 'free';
  }

  /** Pools of the set whose kept room the task may use are shown with all of it until `takeBack`. */
  lend(set: PoolSet, need: Need, task: TaskView, nowMs: Ms): void {
    for (const [pool, reservation] of this.#byPool) {
      const speed = need.parts === 1 ? pool.speed : set.slowest;
      if (!isKept(pool, need) || !this.#pools.setsOf(pool).includes(set) || !this.#mayUse(reservation, need, task, speed, nowMs)) continue;
      this.#lent.push({ pool, kept: pool.kept, keptType: pool.keptType, keptParts: pool.keptParts });
      pool.kept = 0;
      pool.keptType = -1;
      pool.keptParts = undefined;
      this.#pools.refresh(pool);
    }
  }

  takeBack(): void {
    for (let loan = this.#lent.pop(); loan !== undefined; loan = this.#lent.pop()) {
      loan.pool.kept = loan.kept;
      loan.pool.keptType = loan.keptType;
      loan.pool.keptParts = loan.keptParts;
      this.#pools.refresh(loan.pool);
    }
  }

  /** A pool that has room for the need, or of a gang for a part, and keeps it for another, in one of these rings. */
  keptFrom(need: Need, rings: readonly Ring[]): KeptFrom | undefined {
    const pool = this.#poolKeptFrom(need, rings);
    const reservation = pool && this.#byPool.get(pool);
    return pool && reservation && { ...reservation, pool };
  }

  keepsFrom(need: Need, rings: readonly Ring[]): boolean {
    return this.#poolKeptFrom(need, rings) !== undefined;
  }

  #poolKeptFrom(need: Need, rings: readonly Ring[]): PoolSlot | undefined {
    for (const [pool, reservation] of this.#byPool) {
      if (reservation.need === need || !isKept(pool, need) || pool.spaceFor(need.type.id) < need.slots) continue;
      const sets = this.#pools.setsOf(pool);
      if (!rings.some((ring) => sets.includes(ring.set))) continue;
      if (need.parts === 1 || rings.some(({ set }) => this.mayFit(need, set))) return pool;
    }
    return undefined;
  }

  /** How long a task of the need may take at most, at speed 1, to end in time on a pool that is kept for another; 0: there is none. */
  longest(need: Need, rings: readonly Ring[], nowMs: Ms): Ms {
    let longestMs = 0;
    for (const [pool, reservation] of this.#byPool) {
      const { shadowMs } = reservation;
      if (reservation.need === need || shadowMs === Number.POSITIVE_INFINITY || pool.spaceFor(need.type.id) < need.slots) continue;
      const sets = this.#pools.setsOf(pool);
      if (!rings.some((ring) => sets.includes(ring.set))) continue;
      longestMs = Math.max(longestMs, ((shadowMs - nowMs) / this.#margin) * pool.speed * roundedUp);
    }
    return longestMs;
  }

  #mayUse(reservation: Reservation, need: Need, { estimateMs, timeoutMs }: TaskView, speed: number, nowMs: Ms): boolean {
    if (reservation.need === need) return true;
    const { shadowMs, isFirm } = reservation;
    const expectedMs = (estimateMs / speed) * this.#margin;
    return shadowMs !== Number.POSITIVE_INFINITY && nowMs + (isFirm ? Math.max(expectedMs, timeoutMs) : expectedMs) <= shadowMs;
  }

  /** Ties: the first ring, then the catalogue; where nobody knows when, the fewest slots missing. */
  #soonest(need: Need, rings: readonly Ring[], nowMs: Ms): readonly KeptRoom[] | undefined {
    let best: PoolSlot | undefined;
    let bestAt = Number.POSITIVE_INFINITY;
    let bestMissing = 0;
    for (const { set } of rings) {
      let inRing: PoolSlot | undefined;
      for (const pool of set.pools) {
        if (pool.state !== 'active' || pool.largestFor(need.type.id) < need.slots || pool.caps?.get(need.type.id)?.most === 0) continue;
        const { at } = this.#ends.opening(pool, need.slots, need.type.id, nowMs);
        const missing = at === Number.POSITIVE_INFINITY ? need.slots - pool.free : 0;
        const difference = compare(at, bestAt) || missing - bestMissing;
        if (best !== undefined && (difference > 0 || (difference === 0 && (inRing === undefined || inRing.id < pool.id)))) continue;
        best = pool;
        inRing = pool;
        bestAt = at;
        bestMissing = missing;
      }
    }
    return best && [{ pool: best, parts: 1, extra: 0, held: undefined }];
  }
}

/** Anything that the need might take there. */
function isKept({ kept, keptType, keptParts }: PoolSlot, { parts }: Need): boolean {
  return kept > 0 || keptType !== -1 || (parts > 1 && keptParts !== undefined);
}

function compare(a: EpochMs, b: EpochMs): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
