/** The largest of values that come and go. */
export class Largest {
  readonly #counts = new Map<number, number>();
  #value = 0;

  /** 0 when there is none, or none above it. */
  get value(): number {
    return this.#value;
  }

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#value = Math.max(this.#value, value);
  }

  remove(value: number): void {
    const count = this.#counts.get(value) ?? 0;
    if (count > 1) this.#counts.set(value, count - 1);
    else this.#counts.delete(value);
    if (count > 1 || value !== this.#value) return;
    this.#value = 0;
    for (const left of this.#counts.keys()) this.#value = Math.max(this.#value, left);
  }
}
