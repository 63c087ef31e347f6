// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, TaskView } from '../../strategies/strategy.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';

/** The one with the most free slots. */
export class MostFree implements Picker {
  #leaves: Leaves | undefined;

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
  }

  pick(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    const leaf = room.mostFree(slots);
    if (leaf === -1) return;
    const free = room.at(leaf);
    taken(record, pools[leaf]!, free);
    room.set(leaf, 0);
    const next = room.mostFree(slots);
    room.set(leaf, free);
    if (next !== -1) second(record, pools[next]!, room.at(next));
  }
}
