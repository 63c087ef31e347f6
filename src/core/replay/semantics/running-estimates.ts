// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * The jobs that run and whose estimated end is still to come, in the order of those ends: what a shadow time is read from. They come in by
 * binary search and leave at the front when their estimate has passed, or from the middle when they end before it.
 */
export class RunningEstimates {
  #ends = new Float64Array(64);
  #processors = new Float64Array(64);
  #jobs = new Int32Array(64);
  #from = 0;
  #to = 0;

  add(end: number, processors: number, job: number): void {
    if (this.#to === this.#ends.length) this.#makeRoom();
    const at = this.#firstAfter(end);
    this.#ends.copyWithin(at + 1, at, this.#to);
    this.#processors.copyWithin(at + 1, at, this.#to);
    this.#jobs.copyWithin(at + 1, at, this.#to);
    this.#ends[at] = end;
    this.#processors[at] = processors;
    this.#jobs[at] = job;
    this.#to++;
  }

  /** Drops those whose estimated end is not after `now`. @returns their processors */
  dropUntil(now: number): number {
    let freed = 0;
    while (this.#from < this.#to && this.#ends[this.#from]! <= now) freed += this.#processors[this.#from++]!;
    return freed;
  }

  /** Drops a job that ended. @returns its processors, 0 when its estimate had passed already */
  drop(end: number, job: number): number {
    for (let at = this.#firstAfter(end) - 1; at >= this.#from && this.#ends[at] === end; at--) {
      if (this.#jobs[at] !== job) continue;
      const processors = this.#processors[at]!;
      this.#ends.copyWithin(at, at + 1, this.#to);
      this.#processors.copyWithin(at, at + 1, this.#to);
      this.#jobs.copyWithin(at, at + 1, this.#to);
      this.#to--;
      return processors;
    }
    return 0;
  }

  /**
   * When `needed` processors will be free if all run to their estimates, and how many are then: all that end at one time count together.
   * @param free now
   */
  shadow(needed: number, free: number, out: { time: number; free: number }): void {
    let at = this.#from;
    out.time = Number.POSITIVE_INFINITY;
    out.free = free;
    while (out.free < needed && at < this.#to) {
      out.time = this.#ends[at]!;
      while (at < this.#to && this.#ends[at] === out.time) out.free += this.#processors[at++]!;
    }
  }

  /** The first place whose end is after `end`. */
  #firstAfter(end: number): number {
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! <= end) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves what is left to the front, into larger arrays when they are more than half full. */
  #makeRoom(): void {
    const count = this.#to - this.#from;
    const room = count * 2 > this.#ends.length ? this.#ends.length * 2 : this.#ends.length;
    const ends = new Float64Array(room);
    const processors = new Float64Array(room);
    const jobs = new Int32Array(room);
    ends.set(this.#ends.subarray(this.#from, this.#to));
    processors.set(this.#processors.subarray(this.#from, this.#to));
    jobs.set(this.#jobs.subarray(this.#from, this.#to));
    this.#ends = ends;
    this.#processors = processors;
    this.#jobs = jobs;
    this.#from = 0;
    this.#to = count;
  }
}
