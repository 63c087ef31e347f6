// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/** Changes remembered; who comes later looks at everything again. */
const kept = 16_384;
const fields = 4;

/** The latest of many small changes, so that whoever counted something can catch up instead of counting again. */
export class Recent {
  readonly #cells = new Int32Array(fields * kept);
  /** Of all changes that ever were. */
  count = 0;

  add(a: number, b = 0, c = 0, d = 0): void {
    const at = fields * (this.count++ % kept);
    const cells = this.#cells;
    cells[at] = a;
    cells[at + 1] = b;
    cells[at + 2] = c;
    cells[at + 3] = d;
  }

  /** Something happened that cannot be said as one change: nobody can catch up. */
  forget(): void {
    this.count += kept + 1;
  }

  /** Whether all is known that came after so many changes. */
  reaches(count: number): boolean {
    return this.count - count <= kept;
  }

  /** @param nth from 0 */
  at(nth: number, field: number): number {
    return this.#cells[fields * (nth % kept) + field]!;
  }
}
