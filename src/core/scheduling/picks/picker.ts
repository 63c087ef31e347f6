import type { Facts, TaskView } from '../../strategies/strategy.ts';
import type { MaxFree } from '../max-free.ts';
import type { PoolSlot } from '../pool-slot.ts';
import type { PickRecord } from './pick-record.ts';

/** Pools in base order. */
export interface Leaves {
  readonly pools: readonly PoolSlot[];
  /** What their rule says of each. */
  readonly bases: readonly number[];
  /** Slots a task may take now. */
  readonly room: MaxFree;
}

/** How one rule chooses a leaf, with what it keeps to do so without looking at all. */
export interface Picker {
  /** Others may have seen what came and went: it wants to hear of every change of room. */
  readonly sharesTurns?: true;
  /** The leaves are others, or in another order. */
  arrange(leaves: Leaves): void;
  /** The room of one leaf changed, maybe back to what it was; `leaves.room` says so already. */
  roomChanged?(leaf: number): void;
  /** Fills the record, which is clear. */
  pick(task: TaskView, slots: number, facts: Facts, record: PickRecord): void;
  /** The same without consequences; left out where picks have none. */
  trial?(task: TaskView, slots: number, facts: Facts, record: PickRecord): void;
  /** Trials go on from one another until `endTrials`. */
  beginTrials?(): void;
  endTrials?(): void;
}

/** The winner is there. */
export function taken(record: PickRecord, pool: PoolSlot, total: number): void {
  record.verdict = 'take';
  record.pool = pool;
  record.total = total;
}

export function second(record: PickRecord, pool: PoolSlot, total: number): void {
  record.runnerUp = pool;
  record.runnerUpTotal = total;
}
