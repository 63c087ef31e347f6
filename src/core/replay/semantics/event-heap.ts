// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
/**
 * Events to come, earliest first; of equal ones the one entered first. A binary heap in typed arrays: an object per event would cost more
 * than the simulation.
 */
export class EventHeap {
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #jobs = new Int32Array(64);
  #size = 0;
  #entered = 0;

  /** When the first is due, Infinity when there is none. */
  get nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  push(time: number, job: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#entered++;
    let i = this.#size++;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.#times[up]! <= time) break; // equal ones were entered before
      this.#put(i, this.#times[up]!, this.#orders[up]!, this.#jobs[up]!);
      i = up;
    }
    this.#put(i, time, order, job);
  }

  /** Takes the first out. Only of a heap that is not empty. @returns its job */
  pop(): number {
    const job = this.#jobs[0]!;
    const size = --this.#size;
    const time = this.#times[size]!;
    const order = this.#orders[size]!;
    let i = 0;
    for (let child = 1; child < size; child = 2 * i + 1) {
      if (child + 1 < size && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!)) child++;
      if (!this.#isBefore(child, time, order)) break;
      this.#put(i, this.#times[child]!, this.#orders[child]!, this.#jobs[child]!);
      i = child;
    }
    this.#put(i, time, order, this.#jobs[size]!);
    return job;
  }

  #isBefore(i: number, time: number, order: number): boolean {
    return this.#times[i]! < time || (this.#times[i] === time && this.#orders[i]! < order);
  }

  #put(i: number, time: number, order: number, job: number): void {
    this.#times[i] = time;
    this.#orders[i] = order;
    this.#jobs[i] = job;
  }

  #grow(): void {
    const room = 2 * this.#size;
    const [times, orders, jobs] = [new Float64Array(room), new Float64Array(room), new Int32Array(room)];
    times.set(this.#times);
    orders.set(this.#orders);
    jobs.set(this.#jobs);
    this.#times = times;
    this.#orders = orders;
    this.#jobs = jobs;
  }
}
