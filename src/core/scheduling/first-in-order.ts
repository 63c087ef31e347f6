import type { Strict } from '../strategies/strategy.ts';
import type { Need } from './need.ts';
import { ParkedNeeds } from './parked-needs.ts';
import { isBefore } from './ready-queue.ts';

/** Who may not be overtaken, where nothing may overtake the first in order: the first parked need that some pool could serve. */
export class FirstInOrder {
  readonly #parked: ParkedNeeds;
  #strict: Strict = 'shape';
  /** Where it stopped the latest round. */
  blocker: Need | undefined;

  constructor(needs: readonly (Need | undefined)[]) {
    this.#parked = new ParkedNeeds(needs);
  }

  get isStrict(): boolean {
    return this.#strict === 'global';
  }

  follow(strict: Strict): void {
    this.#strict = strict;
    this.#parked.clear();
    this.blocker = undefined;
  }

  parked(need: Need): void {
    if (this.isStrict) this.#parked.add(need);
  }

  left(need: Need): void {
    if (this.#parked.size > 0) this.#parked.remove(need);
  }

  first(): Need | undefined {
    return this.#parked.first();
  }

  /** Whether the need will be the first once it is parked as it stands now. */
  wouldBe(need: Need): boolean {
    const first = this.#parked.first();
    return this.isStrict && (first === undefined || !isBefore(first, need));
  }
}
