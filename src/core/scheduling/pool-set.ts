// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { LabelClass } from './label-profiles.ts';
import { type LotPlace, ParkingLot } from './parking-lot.ts';
import { PartRoom } from './part-room.ts';
import type { PoolOrder } from './pool-order.ts';
import type { PoolSlot } from './pool-slot.ts';
import { RoomLog } from './room-log.ts';
import { mostCounted } from './room-tally.ts';

/** Types that the same pools accept; a type capped inside some pool is a class of its own. */
export interface TypeClass {
  readonly key: string;
  /** Interned accept lists that name these types. */
  readonly lists: ReadonlySet<number>;
  /** The type whose caps count; -1: none. */
  readonly cappedType: number;
}

export interface SetFilter {
  readonly types: TypeClass;
  readonly resourceType: ResourceType | null;
  /** `undefined`: any. */
  readonly regions: readonly number[] | undefined;
  /** Dearest price, Infinity: any. */
  readonly priceCap: number;
  /** `undefined`: labels do not matter. */
  readonly labels: LabelClass | undefined;
  /** Of gangs: pools that run no parts are out. */
  readonly isGang: boolean;
}

/** Why a pool is not in a set; the first that applies. */
const outCauses = ['type', 'parts', 'resource_type', 'region', 'label', 'price'] as const;
type OutCause = (typeof outCauses)[number];

/** What a task takes. */
interface Size {
  /** Of one part. */
  readonly slots: number;
  readonly parts: number;
}

/** The pools that a need may use within one ring, and the needs that wait for room there. */
export class PoolSet {
  readonly key: string;
  readonly filter: SetFilter;
  readonly pools: PoolSlot[] = [];
  /** One per rule (and home region) of the strategy in force, and of the one being prepared. */
  readonly orders: PoolOrder[] = [];
  readonly lot = new ParkingLot();
  readonly rooms: RoomLog;
  /** Layouts that use it. */
  users = 0;
  /** Some of its pools are of machines that hold parts one by one. */
  hasPartNodes = false;
  // Slots of the largest task any of them could run, whatever runs there and whatever the state; and of those that take tasks now.
  #largest = 0;
  #largestActive = 0;
  #slowest = 1;
  // By slots of a part; only of gangs that may use the set.
  readonly #partRooms: PartRoom[] = [];
  #out: Readonly<Partial<Record<OutCause, number>>> | undefined = {};
  readonly #outCounts = new Int32Array(outCauses.length);
  // By place of the pool: 1 + index of the cause that keeps it out; 0: it is in, or was never seen.
  #causeAt = new Uint8Array(0);

  constructor(key: string, filter: SetFilter) {
    this.key = key;
    this.filter = filter;
    this.rooms = new RoomLog(filter.types.cappedType);
  }

  /** Most free slots of any pool. */
  get most(): number {
    const { most } = this.rooms;
    return most < mostCounted ? most : (this.orders[0]?.most ?? 0);
  }
  /** Speed of its slowest pool, whatever the state: a gang ends with the last of its parts. */
  get slowest(): number {
    return this.#slowest;
  }

  /** Whether there is room for a task, all of its parts if it has several. */
  hasRoomFor({ slots, parts }: Size): boolean {
    return parts === 1 ? this.most >= slots : this.roomOf(slots).free >= parts;
  }

  /** Whether there could be, did nothing run there, whatever the state of the pools. */
  couldServe({ slots, parts }: Size): boolean {
    return parts === 1 ? this.#largest >= slots : this.roomOf(slots).most >= parts;
  }

  /** The same of those that take tasks now. */
  couldServeNow({ slots, parts }: Size): boolean {
    return parts === 1 ? this.#largestActive >= slots : this.roomOf(slots).mostActive >= parts;
  }

  /** Room for parts of so many slots, of a size that waits here. */
  roomOf(slots: number): PartRoom {
    const known = this.#partRooms.find((room) => room.slots === slots);
    if (known !== undefined) return known;
    const room = new PartRoom(slots, this.filter.types.cappedType, this.pools);
    this.#partRooms.push(room);
    return room;
  }

  /** A need that may wait here. */
  join(need: number, { slots, parts }: Size): LotPlace {
    return this.lot.join(need, slots, parts, parts === 1 ? undefined : this.roomOf(slots));
  }

  /** The need will not wait here again. */
  leave(place: LotPlace): void {
    this.lot.leave(place);
    const { room } = place.row;
    if (room === undefined || this.lot.asksFor(room)) return;
    this.#partRooms.splice(this.#partRooms.indexOf(room), 1);
  }

  /** Of those parked here that there is room for, the one with the best head, or -1. */
  bestParked(): number {
    return this.lot.best(this.most);
  }

  /** Pools that are not in it, by cause. A new object whenever that changed. */
  get out(): Readonly<Partial<Record<OutCause, number>>> {
    this.#out ??= Object.fromEntries(outCauses.flatMap((cause, i) => (this.#outCounts[i] === 0 ? [] : [[cause, this.#outCounts[i]]])));
    return this.#out;
  }

  /** Whether a pool that is new, or was changed, belongs here. Those that do not are counted. */
  admits(pool: PoolSlot): boolean {
    const cause = this.#causeOf(pool);
    this.#count(pool, cause === undefined ? 0 : 1 + outCauses.indexOf(cause));
    return cause === undefined;
  }

  /** The pool is gone. */
  forget(pool: PoolSlot): void {
    this.#count(pool, 0);
  }

  #causeOf(pool: PoolSlot): OutCause | undefined {
    const { types, resourceType, regions, priceCap, labels, isGang } = this.filter;
    if (pool.accepts !== -1 && !types.lists.has(pool.accepts)) return 'type';
    if (isGang && !pool.runsParts) return 'parts';
    if (resourceType !== null && pool.resourceType !== resourceType) return 'resource_type';
    if (regions !== undefined && !regions.includes(pool.region)) return 'region';
    if (labels !== undefined && labels.met[pool.profile.id] !== 1) return 'label';
    return pool.costPerUnit <= priceCap ? undefined : 'price';
  }

  #count({ place }: PoolSlot, cause: number): void {
    if (place >= this.#causeAt.length) {
      const larger = new Uint8Array(Math.max(16, 2 * place));
      larger.set(this.#causeAt);
      this.#causeAt = larger;
    }
    const before = this.#causeAt[place] ?? 0;
    if (before === cause) return;
    this.#causeAt[place] = cause;
    if (before > 0) this.#outCounts[before - 1]!--;
    if (cause > 0) this.#outCounts[cause - 1]!++;
    this.#out = undefined;
  }

  /** After the pools of the set or their capacities changed, and were put in order again. */
  measure(): void {
    this.rooms.restart(this.pools);
    this.#largest = 0;
    this.#largestActive = 0;
    this.#slowest = Number.POSITIVE_INFINITY;
    this.hasPartNodes = this.pools.some(({ partNodes }) => partNodes !== undefined);
    const { cappedType } = this.filter.types;
    for (const pool of this.pools) {
      const largest = pool.largestFor(cappedType);
      this.#largest = Math.max(this.#largest, largest);
      this.#slowest = Math.min(this.#slowest, pool.speed);
      if (pool.state === 'active' && pool.caps?.get(cappedType)?.most !== 0) this.#largestActive = Math.max(this.#largestActive, largest);
    }
    for (const room of this.#partRooms) room.measure(this.pools);
  }

  /** Gangs may wait here. */
  get hasGangs(): boolean {
    return this.#partRooms.length > 0;
  }

  /** The room of a pool changed; `rooms` is told apart. */
  refreshParts(pool: PoolSlot): void {
    for (const room of this.#partRooms) room.refresh(pool);
  }
}
