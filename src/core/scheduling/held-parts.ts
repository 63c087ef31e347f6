/** Parts of gangs that run in a pool. */
export class HeldParts {
  // By type, then by slots of a part; nothing is kept at 0.
  readonly #counts = new Map<number, Map<number, number>>();

  copy(): HeldParts {
    const copy = new HeldParts();
    for (const [type, sizes] of this.#counts) copy.#counts.set(type, new Map(sizes));
    return copy;
  }

  /** @param by so many more; below 0: fewer */
  change(type: number, slots: number, by: number): void {
    const sizes = this.#counts.get(type) ?? new Map<number, number>();
    const count = (sizes.get(slots) ?? 0) + by;
    if (count > 0) sizes.set(slots, count);
    else sizes.delete(slots);
    if (sizes.size > 0) this.#counts.set(type, sizes);
    else this.#counts.delete(type);
  }

  types(): Iterable<number> {
    return this.#counts.keys();
  }

  /** Places for parts of `slots` that those of a type take at most, each of them as many as it is wide: they may be on other machines each. */
  placesTaken(type: number, slots: number): number {
    let places = 0;
    for (const [size, count] of this.#counts.get(type) ?? []) places += count * Math.ceil(size / slots);
    return places;
  }
}
