import type { Seq } from './units.ts';

/**
 * A batch of tasks as a transportation problem. Rows: waiting tasks alike in needs and price, counted in slots. Cells: pools that are the
 * same to every task. Costs are integers.
 */
export interface PlanQuestion {
  /** Names the question in its answer. */
  readonly number: number;
  /** Slots that are asked for, by row. */
  readonly supply: Int32Array<ArrayBuffer>;
  /** Slots there are, by cell. */
  readonly capacity: Int32Array<ArrayBuffer>;
  /** Of a slot, row by row; Infinity where the row may not go. */
  readonly cost: Float64Array<ArrayBuffer>;
  /** Of a slot that goes nowhere, by row. */
  readonly stay: Float64Array<ArrayBuffer>;
}

/** Entry i: so many slots of a row to a cell. */
export interface PlanAnswer {
  readonly number: number;
  readonly row: Int32Array<ArrayBuffer>;
  readonly cell: Int32Array<ArrayBuffer>;
  readonly slots: Int32Array<ArrayBuffer>;
  /** No other plan costs less; false when the time for it was over. */
  readonly optimal: boolean;
}

/** A plan that came into force: all that is needed to decide once more as it said. */
export interface PlanInForce {
  readonly epoch: number;
  readonly tokens: readonly PlanToken[];
}

/** A part of a plan in words that outlive it: so many tasks that need what this one does go to pools like this one. */
export interface PlanToken {
  readonly like: Seq;
  readonly poolId: number;
  readonly tasks: number;
}
