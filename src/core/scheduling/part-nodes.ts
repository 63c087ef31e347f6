import type { PartNodes } from '../domain/pool.ts';

/** Machines of a pool that run parts: a part runs on one of them, so room that is scattered over several holds none. */
export class PartsByNode {
  readonly #alike: readonly { readonly slots: number; readonly count: number; readonly types: ReadonlySet<number> | undefined }[];

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
    for (const one of this.#alike)
      if (type === -1 || one.types === undefined || one.types.has(type)) parts += one.count * Math.floor(one.slots / slots);
    return parts;
  }
}
