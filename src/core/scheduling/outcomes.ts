import type { Learn, RunOutcome } from '../strategies/strategy.ts';

/** Enough that the oldest counts nothing where old observations fade, and told again in a millisecond or two. */
const remembered = 4_096;

/**
 * The latest attempts that ended by themselves, for whatever strategy wants to learn from them: one that is put in force knows at once what
 * happened under those before it.
 */
export class Outcomes {
  readonly #ring: RunOutcome[] = [];
  #next = 0;
  #listener: Learn | undefined;

  add(outcome: RunOutcome): void {
    this.#ring[this.#next] = outcome;
    this.#next = (this.#next + 1) % remembered;
    this.#listener?.outcome(outcome);
  }

  /** From now on this one is told; before, what there was. */
  tell(learn: Learn | undefined): void {
    this.#listener = learn;
    if (learn !== undefined) this.teach(learn);
  }

  teach(learn: Learn): void {
    learn.restart();
    const oldest = this.#ring.length < remembered ? 0 : this.#next;
    for (let i = 0; i < this.#ring.length; i++) {
      const outcome = this.#ring[(oldest + i) % this.#ring.length];
      if (outcome !== undefined) learn.outcome(outcome);
    }
  }
}
