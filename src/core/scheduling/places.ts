// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
const blockBits = 4;
const block = 1 << blockBits;
/** Free places that are kept for pools of other kinds, whatever the number of pools. */
const spare = 1_024;

/**
 * Small integers for pools, as places in arrays. Pools of one kind mostly get neighbouring places: then what is kept by place of the pools of
 * one set lies in few lines of the processor's cache. Equal inputs in equal order give equal places.
 */
export class Places {
  // By block: its kind.
  readonly #kinds: string[] = [];
  // By kind: free places, the next one last; only of kinds that have some.
  readonly #free = new Map<string, number[]>();
  #used = 0;

  take(kind: string): number {
    const place = this.#own(kind) ?? (this.#isScattered ? this.#any() : undefined) ?? this.#begin(kind);
    this.#used++;
    return place;
  }

  /** @param place from `take`, which nobody uses any more */
  give(place: number): void {
    this.#freeOf(this.#kinds[place >> blockBits]!).push(place);
    this.#used--;
  }

  #own(kind: string): number | undefined {
    const places = this.#free.get(kind);
    if (places?.length === 1) this.#free.delete(kind);
    return places?.pop();
  }

  /** Every new block would make arrays longer that are half empty already. */
  get #isScattered(): boolean {
    return this.#kinds.length * block > 2 * this.#used + spare;
  }

  #any(): number | undefined {
    for (const kind of this.#free.keys()) return this.#own(kind);
    return undefined;
  }

  #begin(kind: string): number {
    const first = this.#kinds.length << blockBits;
    this.#kinds.push(kind);
    const free = this.#freeOf(kind);
    for (let place = first + block - 1; place > first; place--) free.push(place);
    return first;
  }

  #freeOf(kind: string): number[] {
    const known = this.#free.get(kind);
    if (known !== undefined) return known;
    const made: number[] = [];
    this.#free.set(kind, made);
    return made;
  }
}
