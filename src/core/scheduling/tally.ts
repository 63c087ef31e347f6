// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

const fields = 4;

/** Tasks and slots of a type and a tenant. */
export interface TallyCell {
  readonly type: number;
  readonly tenant: number;
  readonly tasks: number;
  readonly slots: number;
}

/** Sums by type and tenant, in one typed array with open addressing: a map of objects took most of the time of an explanation. */
export class Tally {
  // 1 + type (0: the place is free), tenant, tasks, slots. A pair without tasks keeps its place.
  #cells = new Int32Array(fields * 1_024);
  #size = 0;

  /** @param slots of a task more; below 0: of a task less */
  add(type: number, tenant: number, slots: number): void {
    const at = this.#placeOf(type, tenant);
    const cells = this.#cells;
    if (cells[at] === 0) {
      cells[at] = 1 + type;
      cells[at + 1] = tenant;
      this.#size++;
    }
    cells[at + 2]! += Math.sign(slots);
    cells[at + 3]! += slots;
    if (2 * fields * this.#size > cells.length) this.#grow();
  }

  /** Those with most slots; with as many as the last of them, all: O(pairs), and objects for these alone. */
  top(count: number): TallyCell[] {
    const least = this.#slotsOfNth(count);
    const found: TallyCell[] = [];
    const cells = this.#cells;
    for (let at = 0; at < cells.length; at += fields) {
      if (cells[at + 2]! === 0 || cells[at + 3]! < least) continue;
      found.push({ type: cells[at]! - 1, tenant: cells[at + 1]!, tasks: cells[at + 2]!, slots: cells[at + 3]! });
    }
    return found;
  }

  /** 0 where there are fewer. */
  #slotsOfNth(count: number): number {
    const most = new Int32Array(count); // most first
    const cells = this.#cells;
    for (let at = 0; at < cells.length; at += fields) {
      const slots = cells[at + 3]!;
      if (cells[at + 2]! === 0 || slots <= most[count - 1]!) continue;
      let place = count - 1;
      for (; place > 0 && most[place - 1]! < slots; place--) most[place] = most[place - 1]!;
      most[place] = slots;
    }
    return most[count - 1]!;
  }

  #placeOf(type: number, tenant: number): number {
    const cells = this.#cells;
    const mask = cells.length / fields - 1;
    let place = (Math.imul(tenant, 0x9e3779b1) ^ Math.imul(type, 0x85ebca6b)) >>> 8;
    for (; ; place++) {
      const at = fields * (place & mask);
      if (cells[at] === 0 || (cells[at] === 1 + type && cells[at + 1] === tenant)) return at;
    }
  }

  #grow(): void {
    const before = this.#cells;
    this.#cells = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += fields) {
      if (before[at]! > 0) this.#cells.set(before.subarray(at, at + fields), this.#placeOf(before[at]! - 1, before[at + 1]!));
    }
  }
}
