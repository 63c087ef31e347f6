// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PoolEntry } from './contracts.ts';
import { Interner } from './interner.ts';
import type { TypeClass } from './pool-set.ts';

export interface TypeIds {
  idOf(type: string): number;
}

/** Which types the same pools accept: by the lists of pools, and by their caps for single types. */
export class TypeClasses {
  readonly #types: TypeIds;
  readonly #lists = new Interner();
  readonly #typesOfList: ReadonlySet<string>[] = [];
  readonly #capped = new Set<string>();
  readonly #classes = new Map<string, TypeClass>();

  constructor(types: TypeIds) {
    this.#types = types;
  }

  /** The number of a list that a pool was learned with. */
  listOf(accepts: readonly string[]): number {
    return this.#lists.idOf(keyOf(accepts));
  }

  isOnList(list: number, type: string): boolean {
    return this.#typesOfList[list]!.has(type);
  }

  /** An accept list or a cap seen for the first time splits types that were alike. @returns those that belong to other classes now */
  learn({ accepts, typeLimits }: PoolEntry): string[] {
    const changed = new Set<string>();
    for (const type of Object.keys(typeLimits)) {
      if (this.#capped.has(type)) continue;
      this.#capped.add(type);
      changed.add(type);
    }
    if (accepts !== undefined) {
      const list = this.listOf(accepts);
      if (this.#typesOfList[list] === undefined) {
        this.#typesOfList[list] = new Set(accepts);
        for (const type of accepts) changed.add(type);
      }
    }
    for (const type of changed) this.#classes.delete(type);
    return [...changed];
  }

  of(type: string): TypeClass {
    const known = this.#classes.get(type);
    if (known !== undefined) return known;
    const lists = this.#typesOfList.flatMap((types, list) => (types.has(type) ? [list] : []));
    const capped = this.#capped.has(type);
    const key = capped ? `=${this.#types.idOf(type)} ${lists.join(',')}` : lists.join(',');
    const made = { key, lists: new Set(lists), cappedType: capped ? this.#types.idOf(type) : -1 };
    this.#classes.set(type, made);
    return made;
  }
}

function keyOf(types: readonly string[]): string {
  return JSON.stringify([...types].sort());
}
