// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, TaskView } from '../../strategies/strategy.ts';
import { loadOf } from './least-loaded.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';

/** Draws for one with room; then the next in base order from the last one drawn. */
const mostDraws = 8;

/** The less loaded of two drawn at random, ties to the first in base order. Both may be the same pool. */
export class TwoChoices implements Picker {
  #leaves: Leaves | undefined;

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
  }

  pick(_task: TaskView, slots: number, facts: Facts, record: PickRecord): void {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    if (room.most < slots) return;
    const one = this.#draw(slots, facts);
    const other = this.#draw(slots, facts);
    const [oneLoad, otherLoad] = [loadOf(pools[one]!), loadOf(pools[other]!)];
    const isOne = oneLoad < otherLoad || (oneLoad === otherLoad && one <= other);
    taken(record, pools[isOne ? one : other]!, isOne ? oneLoad : otherLoad);
    if (one !== other) second(record, pools[isOne ? other : one]!, isOne ? otherLoad : oneLoad);
  }

  #draw(slots: number, facts: Facts): number {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    let leaf = 0;
    for (let draws = 0; draws < mostDraws; draws++) {
      leaf = Math.floor(facts.random() * pools.length);
      if (room.at(leaf) >= slots) return leaf;
    }
    const next = room.firstFit(slots, leaf);
    return next === -1 ? room.firstFit(slots) : next;
  }
}
