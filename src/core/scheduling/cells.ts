// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { MaxFree } from './max-free.ts';
import type { PoolSlot } from './pool-slot.ts';

/** Pools that are the same to every task: a plan says how many tasks go to a cell, not to which of its pools. */
export class Cell {
  readonly index: number;
  /** In id order; the first stands for all. */
  readonly pools: readonly PoolSlot[];
  /** Slots of all pools that take tasks. */
  readonly slots: number;
  /** Of those, how many are free. */
  free = 0;
  /** Slots that were given back since the last question for a plan. */
  freed = 0;
  /** By place among `pools`. */
  readonly #room: Int32Array;
  readonly #tree: MaxFree;
  /** By place of the pool: its place among `pools`. Of all cells. */
  readonly #leafOf: Int32Array;

  constructor(index: number, pools: readonly PoolSlot[], leafOf: Int32Array) {
    this.index = index;
    this.pools = pools;
    this.slots = pools.reduce((sum, pool) => sum + (pool.state === 'active' ? pool.capacity : 0), 0);
    this.#room = Int32Array.from(pools, (pool) => pool.openFor(-1));
    this.#tree = new MaxFree(this.#room);
    this.#leafOf = leafOf;
    for (const [leaf, { place }] of pools.entries()) leafOf[place] = leaf;
    for (const room of this.#room) this.free += room;
  }

  /** The first pool with room for so many slots of a task of that type. */
  poolFor(slots: number, type: number): PoolSlot | undefined {
    const pool = this.pools[this.#tree.firstFit(slots)];
    // A pool that caps types is a cell of its own.
    return pool !== undefined && pool.roomFor(type) >= slots ? pool : undefined;
  }

  refresh(pool: PoolSlot): void {
    const leaf = this.#leafOf[pool.place]!;
    const room = pool.openFor(-1);
    this.free += room - this.#room[leaf]!;
    this.#room[leaf] = room;
    this.#tree.set(leaf, room);
  }
}

/** All pools by what tells them apart, load aside. To be made anew after any of them changed. */
export class Cells {
  readonly all: readonly Cell[];
  /** By place of the pool. */
  readonly #cellOf: Cell[] = [];

  constructor(pools: Iterable<PoolSlot>) {
    const alike = new Map<string, PoolSlot[]>();
    let places = 0;
    for (const pool of [...pools].sort((a, b) => a.id - b.id)) {
      places = Math.max(places, pool.place + 1);
      const key = likenessOf(pool);
      const others = alike.get(key);
      if (others === undefined) alike.set(key, [pool]);
      else others.push(pool);
    }
    const leafOf = new Int32Array(places);
    this.all = Array.from(alike.values(), (group, index) => new Cell(index, group, leafOf));
    for (const cell of this.all) for (const pool of cell.pools) this.#cellOf[pool.place] = cell;
  }

  of(pool: PoolSlot): Cell {
    return this.#cellOf[pool.place]!;
  }
}

function likenessOf(pool: PoolSlot): string {
  const { region, resourceType, costPerUnit, speed, accepts, profile, runsParts, caps, partNodes, id } = pool;
  const itself = caps === undefined && partNodes === undefined ? 0 : id;
  return `${region} ${resourceType} ${costPerUnit} ${speed} ${accepts} ${profile.id} ${runsParts} ${itself}`;
}
