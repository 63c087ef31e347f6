import type { AttemptOutcome } from '../../src/core/domain/attempt.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';

interface Ended {
  readonly expected: number;
  readonly real: number;
}

/** What runs of late took by what was expected of them, worked out from all of them, as of the last moment of ranking. */
export class NaiveWork {
  readonly #ends: Ended[] = [];
  #rankedAt = -Infinity;
  /** As of `#rankedAt`. */
  ratio = 1;

  ended({ slots: ofPart, parts, estimateMs, timeoutMs }: TaskEntry, outcome: AttemptOutcome | undefined, workMs: number): void {
    if (outcome === undefined || ['lost', 'released', 'cancelled'].includes(outcome)) return;
    const slots = parts * ofPart;
    this.#ends.push({ expected: Math.max(1, slots * (estimateMs ?? timeoutMs)), real: Math.max(1, Math.round(slots * workMs)) });
  }

  /** A strategy begins: whatever it ranks, it ranks now. */
  restart(at: number): void {
    this.#rankedAt = -Infinity;
    this.rank(at);
  }

  rank(at: number): void {
    if (at <= this.#rankedAt) return;
    this.#rankedAt = at;
    const [first] = this.#ends;
    if (first === undefined) return;
    const mean = (of: (end: Ended) => number) =>
      this.#ends.reduce((average, end, i) => average + (of(end) - average) * Math.max(1 / 256, 1 / (i + 6)), first.expected);
    this.ratio = mean(({ real }) => real) / mean(({ expected }) => expected);
  }
}
