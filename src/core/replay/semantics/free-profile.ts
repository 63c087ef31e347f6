// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Free processors over time, from now to for ever: the times at which the number changes, ascending, and the number from each on. The last
 * stretch never ends.
 */
export class FreeProfile {
  #times = new Float64Array(64);
  #free = new Float64Array(64);
  #from = 0;
  #to = 1;

  constructor(machine: number) {
    this.#times[0] = Number.NEGATIVE_INFINITY;
    this.#free[0] = machine;
  }

  /** Forgets what was before `now`. */
  trim(now: number): void {
    while (this.#from + 1 < this.#to && this.#times[this.#from + 1]! <= now) this.#from++;
  }

  /**
   * The earliest time from `now` on from which `processors` are free for `duration`.
   * @param booked start of a booking the same job has already, which does not stand in its own way; it is the answer when nothing earlier
   * will do
   */
  earliest(now: number, processors: number, duration: number, booked = Number.POSITIVE_INFINITY): number {
    let candidate = now;
    for (let i = this.#indexAt(now); candidate < booked; i++) {
      const end = i + 1 < this.#to ? this.#times[i + 1]! : Number.POSITIVE_INFINITY;
      if (this.#free[i]! < processors) candidate = end;
      // From its booking on, the job's own processors are enough.
      else if (end >= candidate + duration || end >= booked) return candidate;
    }
    return booked;
  }

  /** Takes `processors` out from `from` to `to`; negative gives them back. */
  take(from: number, to: number, processors: number): void {
    if (!(to > from)) return;
    const first = this.#split(from);
    const last = this.#split(to);
    for (let i = first; i < last; i++) this.#free[i]! -= processors;
    this.#join(last);
    this.#join(first);
  }

  /** The stretch that holds `time`. */
  #indexAt(time: number): number {
    let low = this.#from;
    let high = this.#to;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! <= time) low = middle;
      else high = middle;
    }
    return low;
  }

  /** @returns the stretch that begins at `time`, made if there is none. */
  #split(time: number): number {
    if (this.#to === this.#times.length) this.#makeRoom();
    const at = this.#indexAt(time);
    if (this.#times[at] === time) return at;
    this.#times.copyWithin(at + 2, at + 1, this.#to);
    this.#free.copyWithin(at + 2, at + 1, this.#to);
    this.#times[at + 1] = time;
    this.#free[at + 1] = this.#free[at]!;
    this.#to++;
    return at + 1;
  }

  /** Makes one of two neighbours that became alike. */
  #join(at: number): void {
    if (at <= this.#from || at >= this.#to || this.#free[at] !== this.#free[at - 1]) return;
    this.#times.copyWithin(at, at + 1, this.#to);
    this.#free.copyWithin(at, at + 1, this.#to);
    this.#to--;
  }

  /** Moves what is left to the front, into larger arrays when they are more than half full. */
  #makeRoom(): void {
    const count = this.#to - this.#from;
    const room = count * 2 > this.#times.length ? this.#times.length * 2 : this.#times.length;
    const times = new Float64Array(room);
    const free = new Float64Array(room);
    times.set(this.#times.subarray(this.#from, this.#to));
    free.set(this.#free.subarray(this.#from, this.#to));
    this.#times = times;
    this.#free = free;
    this.#from = 0;
    this.#to = count;
  }
}
