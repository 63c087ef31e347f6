// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, TaskView } from '../../strategies/strategy.ts';
import type { PickRecord } from './pick-record.ts';
import { type Leaves, type Picker, second, taken } from './picker.ts';

/** The first in base order that has room. */
export class FirstFit implements Picker {
  #leaves: Leaves | undefined;

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
  }

  pick(_task: TaskView, slots: number, _facts: Facts, record: PickRecord): void {
    const { pools, bases, room } = this.#leaves!; // arranged before it is asked
    const leaf = room.firstFit(slots);
    if (leaf === -1) return;
    taken(record, pools[leaf]!, bases[leaf]!);
    record.full = leaf;
    const next = room.firstFit(slots, leaf + 1);
    if (next !== -1) second(record, pools[next]!, bases[next]!);
  }
}
