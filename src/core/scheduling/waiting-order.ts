import type { Seq } from '../domain/units.ts';
import type { Epochs } from './epochs.ts';
import { byStanding, type Standing } from './lane.ts';
import type { TaskTable } from './task-table.ts';
import type { WaitingRoom } from './waiting-room.ts';

interface WaitingOrderDeps {
  readonly table: TaskTable;
  readonly room: WaitingRoom;
  readonly epochs: Epochs;
}

/** Every waiting task in the order in which it would start were there room for all, those that sleep last: O(n log n). */
export function waitingOrder({ table, room, epochs }: WaitingOrderDeps): readonly Seq[] {
  const { lanes, sleepers } = epochs.layout;
  const waiting: Standing[] = [];
  for (let row = 0; row < table.rows; row++) {
    const seq = table.seqAt(row);
    if (seq === 0) continue;
    const until = sleepers.untilOf(seq);
    waiting.push(until === undefined ? lanes.standings.of(row, room.shapeAt(row)) : { rank: Number.POSITIVE_INFINITY, key: until, seq });
  }
  return waiting.sort(byStanding).map(({ seq }) => seq);
}
