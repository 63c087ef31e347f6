// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
const stretchBits = 6;
const stretch = 1 << stretchBits;
const none = Number.POSITIVE_INFINITY;

/**
 * The waiting jobs in the order they are tried in for backfilling, in columns that are walked from the front: nothing is quicker for the
 * tens of jobs that mostly wait. What keeps it quick for tens of thousands are the fewest processors and the shortest estimate of each
 * stretch of 64 places, by which a stretch with nothing to start in it is passed over. Who leaves is a hole until the next clearing.
 */
export class CandidateList {
  readonly #byEstimate: boolean;
  #rows = new Int32Array(stretch);
  /** Infinity in a hole. */
  #processors = new Float64Array(stretch);
  #estimates = new Float64Array(stretch);
  /** Of each stretch, or less; made exact when it is walked to no avail. */
  #fewest = new Float64Array(1).fill(none);
  #shortest = new Float64Array(1).fill(none);
  /** All places before are holes. */
  #from = 0;
  #to = 0;
  #holes = 0;

  /** @param byEstimate shortest estimate first and equal ones as they came; else all as they came */
  constructor(byEstimate: boolean) {
    this.#byEstimate = byEstimate;
  }

  /** A place found before does not hold afterwards. */
  add(row: number, processors: number, estimate: number): void {
    if (this.#to === this.#rows.length) this.#clear();
    const at = this.#byEstimate ? this.#firstPlace(estimate, true) : this.#to;
    if (at < this.#to) this.#shiftFrom(at);
    this.#rows[at] = row;
    this.#processors[at] = processors;
    this.#estimates[at] = estimate;
    const last = this.#to++ >> stretchBits;
    if (processors < this.#fewest[last]!) this.#fewest[last] = processors;
    if (estimate < this.#shortest[last]!) this.#shortest[last] = estimate;
  }

  /** Takes out a job that started without having been found here. */
  remove(row: number, estimate: number): void {
    let place = this.#byEstimate ? this.#firstPlace(estimate, false) : this.#from;
    while (this.#rows[place] !== row) place++;
    this.take(place);
  }

  /** Takes out the job at a place. */
  take(place: number): void {
    this.#processors[place] = none;
    this.#holes++;
    while (this.#from < this.#to && this.#processors[this.#from] === none) this.#from++;
  }

  rowAt(place: number): number {
    return this.#rows[place]!;
  }

  /** The first place from `after` + 1 on whose job fits `free` processors and either `extra` or, by its estimate, `time`; -1: none. */
  next(after: number, free: number, time: number, extra: number): number {
    for (let place = Math.max(after + 1, this.#from); place < this.#to; ) {
      const at = place >> stretchBits;
      const end = Math.min(this.#to, (at + 1) << stretchBits);
      if (this.#fewest[at]! <= free && (this.#fewest[at]! <= extra || this.#shortest[at]! <= time)) {
        const found = this.#walk(place, end, free, time, extra);
        if (found !== -1) return found;
      }
      place = end;
    }
    return -1;
  }

  #walk(from: number, end: number, free: number, time: number, extra: number): number {
    const processors = this.#processors;
    const estimates = this.#estimates;
    let fewest = none;
    let shortest = none;
    for (let place = from; place < end; place++) {
      const needed = processors[place]!;
      if (needed <= free && (needed <= extra || estimates[place]! <= time)) return place;
      if (needed < fewest) fewest = needed;
      if (needed !== none && estimates[place]! < shortest) shortest = estimates[place]!;
    }
    if ((from & (stretch - 1)) === 0) {
      this.#fewest[from >> stretchBits] = fewest;
      this.#shortest[from >> stretchBits] = shortest;
    }
    return -1;
  }

  /** By binary search, holes included: the first place whose estimate is not shorter, or with `behindEqual` longer. */
  #firstPlace(estimate: number, behindEqual: boolean): number {
    let low = this.#from;
    let high = this.#to;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#estimates[middle]!;
      if (other < estimate || (behindEqual && other === estimate)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes a place free. Nothing is known of the stretches that moved. */
  #shiftFrom(place: number): void {
    this.#rows.copyWithin(place + 1, place, this.#to);
    this.#processors.copyWithin(place + 1, place, this.#to);
    this.#estimates.copyWithin(place + 1, place, this.#to);
    this.#fewest.fill(Number.NEGATIVE_INFINITY, place >> stretchBits);
    this.#shortest.fill(Number.NEGATIVE_INFINITY, place >> stretchBits);
  }

  /** Closes the holes, and makes more room when they were fewer than half. */
  #clear(): void {
    const live = this.#to - this.#holes;
    const room = 2 * live > this.#rows.length ? 2 * this.#rows.length : this.#rows.length;
    const [rows, processors, estimates] = [this.#rows, this.#processors, this.#estimates];
    if (room > rows.length) {
      this.#rows = new Int32Array(room);
      this.#processors = new Float64Array(room);
      this.#estimates = new Float64Array(room);
    }
    let count = 0;
    for (let place = this.#from; place < this.#to; place++) {
      if (processors[place] === none) continue;
      this.#rows[count] = rows[place]!;
      this.#processors[count] = processors[place]!;
      this.#estimates[count] = estimates[place]!;
      count++;
    }
    this.#from = 0;
    this.#to = count;
    this.#holes = 0;
    this.#fewest = new Float64Array(room >> stretchBits).fill(none);
    this.#shortest = new Float64Array(room >> stretchBits).fill(none);
    this.#fewest.fill(Number.NEGATIVE_INFINITY, 0, (count + stretch - 1) >> stretchBits);
    this.#shortest.fill(Number.NEGATIVE_INFINITY, 0, (count + stretch - 1) >> stretchBits);
  }
}
