import type { PartNodes } from '../domain/pool.ts';
import type { HeldParts } from './held-parts.ts';

interface Alike {
  readonly slots: number;
  readonly count: number;
  /** `undefined`: any. */
  readonly types: ReadonlySet<number> | undefined;
}

/** Machines of a pool that run parts: a part runs on one of them, so room that is scattered over several holds none. */
export class PartsByNode {
  readonly #alike: readonly Alike[];

  /** @param idOf a type as numbers know it */
  constructor(nodes: readonly PartNodes[], idOf: (type: string) => number) {
    this.#alike = nodes.map(({ slots, count, types }) => ({
      slots,
      count,
      types: types.includes('*') ? undefined : new Set(types.map(idOf)),
    }));
  }

  /** Parts that fit on all of them, were they empty. @param type -1: one that all machines of the pool run */
  most(type: number, slots: number): number {
    let parts = 0;
    for (const one of this.#alike) if (runs(one, type)) parts += placesOn(one, slots);
    return parts;
  }

  /**
   * Parts that surely fit beside those that run, as far as these are concerned. Which machine has which is not known here: parts of another type are
   * reckoned to be on machines that do not run this one, as long as there are such, which is how machines are chosen.
   */
  left(type: number, slots: number, held: HeldParts): number {
    let left = this.most(type, slots);
    for (const other of held.types()) {
      let [shared, own] = [0, 0];
      for (const one of this.#alike) {
        if (!runs(one, other)) continue;
        if (runs(one, type)) shared += placesOn(one, slots);
        else own += placesOn(one, slots);
      }
      left -= Math.min(shared, Math.max(0, held.placesTaken(other, slots) - own));
    }
    return Math.max(0, left);
  }
}

function runs({ types }: Alike, type: number): boolean {
  return type === -1 || types === undefined || types.has(type);
}

function placesOn({ count, slots: wide }: Alike, slots: number): number {
  return count * Math.floor(wide / slots);
}
