// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.

const fields = 4;

/** Sums by type and tenant, in one typed array with open addressing: a map of objects took most of the time of an explanation. */
export class Tally {
  // Type, tenant, tasks (0: the place is free), slots.
  #cells = new Int32Array(fields * 1_024);
  #size = 0;

  add(type: number, tenant: number, slots: number): void {
    const at = this.#placeOf(type, tenant);
    const cells = this.#cells;
    if (cells[at + 2] === 0) {
      cells[at] = type;
      cells[at + 1] = tenant;
      this.#size++;
    }
    cells[at + 2]!++;
    cells[at + 3]! += slots;
    if (2 * fields * this.#size > cells.length) this.#grow();
  }

  all(): { readonly type: number; readonly tenant: number; readonly tasks: number; readonly slots: number }[] {
    const found: { type: number; tenant: number; tasks: number; slots: number }[] = [];
    const cells = this.#cells;
    for (let at = 0; at < cells.length; at += fields) {
      if (cells[at + 2]! > 0) found.push({ type: cells[at]!, tenant: cells[at + 1]!, tasks: cells[at + 2]!, slots: cells[at + 3]! });
    }
    return found;
  }

  #placeOf(type: number, tenant: number): number {
    const cells = this.#cells;
    const mask = cells.length / fields - 1;
    let place = (Math.imul(tenant, 0x9e3779b1) ^ Math.imul(type, 0x85ebca6b)) >>> 8;
    for (; ; place++) {
      const at = fields * (place & mask);
      if (cells[at + 2] === 0 || (cells[at] === type && cells[at + 1] === tenant)) return at;
    }
  }

  #grow(): void {
    const before = this.#cells;
    this.#cells = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += fields) {
      if (before[at + 2]! > 0) this.#cells.set(before.subarray(at, at + fields), this.#placeOf(before[at]!, before[at + 1]!));
    }
  }
}
