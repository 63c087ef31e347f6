/** Weight of a run, once there were many. */
const smoothing = 1 / 256;
/** Runs that are taken to have been as expected, before the first. */
const assumedRuns = 5;

/**
 * What the runs of late really took by what was expected of them, both as work: one that takes many slots for long counts for more. Expected
 * run times lean one way for a whole house (users ask for more than they need, limits for far more), so what all that waits will take is
 * known better than what each of it will.
 */
export class WorkRatio {
  #runs = 0;
  #expected = 1;
  #real = 1;

  /** 1: as expected, or nothing has run yet. > 0. */
  get value(): number {
    return this.#real / this.#expected;
  }

  /** Slot-milliseconds at speed 1, each > 0. */
  ended(expected: number, real: number): void {
    if (this.#runs === 0) {
      this.#expected = expected;
      this.#real = expected;
    }
    this.#runs++;
    const weight = Math.max(smoothing, 1 / (this.#runs + assumedRuns));
    this.#expected += (expected - this.#expected) * weight;
    this.#real += (real - this.#real) * weight;
  }
}
