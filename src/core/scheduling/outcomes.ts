// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Learn, PoolKind, RunOutcome } from '../strategies/strategy.ts';

/** Enough that the oldest counts nothing where old observations fade, and told again in a millisecond or two. */
const remembered = 4_096;
/** Numbers kept of each. */
const fields = 5;

/**
 * The latest attempts that ended by themselves, for whatever strategy wants to learn from them: one that is put in force knows at once what
 * happened under those before it.
 */
export class Outcomes {
  // In numbers, because objects that live this long and no longer are the costliest of all to collect.
  readonly #cells = new Float64Array(fields * remembered);
  readonly #pools: PoolKind[] = [];
  #next = 0;
  #listener: Learn | undefined;

  add(outcome: RunOutcome): void {
    const { type, slots, units, succeeded, runMs } = outcome;
    const at = fields * this.#next;
    this.#cells[at] = type;
    this.#cells[at + 1] = slots;
    this.#cells[at + 2] = units;
    this.#cells[at + 3] = succeeded ? 1 : 0;
    this.#cells[at + 4] = runMs;
    this.#pools[this.#next] = outcome.pool;
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
    const count = this.#pools.length;
    const oldest = count < remembered ? 0 : this.#next;
    for (let i = 0; i < count; i++) learn.outcome(this.#at((oldest + i) % count));
  }

  #at(entry: number): RunOutcome {
    const at = fields * entry;
    return {
      type: this.#cells[at]!,
      slots: this.#cells[at + 1]!,
      units: this.#cells[at + 2]!,
      pool: this.#pools[entry]!,
      succeeded: this.#cells[at + 3] === 1,
      runMs: this.#cells[at + 4]!,
    };
  }
}
