// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Facts, PlaceRule, RescoreRule, TaskView, Term } from '../../strategies/strategy.ts';
import { MaxFree } from '../max-free.ts';
import type { PoolSlot } from '../pool-slot.ts';
import type { PickRecord } from './pick-record.ts';
import type { Leaves, Picker } from './picker.ts';

/** Of the first few in base order, the one with the least sum of terms. */
export class Rescore implements Picker {
  readonly #terms: readonly Term[];
  readonly #count: number;
  readonly #countsFull: boolean;
  #leaves: Leaves | undefined;
  /** Slots of the pools that will have room again; only where those without count. */
  #able = new MaxFree([]);
  /** Values of the pool being compared; the arrays of the record take turns with it. */
  #values: Float64Array;

  constructor(rule: PlaceRule, { best, orWait = false }: RescoreRule) {
    this.#terms = rule.terms ?? [];
    this.#count = best;
    this.#countsFull = orWait;
    this.#values = new Float64Array(this.#terms.length);
  }

  arrange(leaves: Leaves): void {
    this.#leaves = leaves;
    if (this.#countsFull) this.#able = new MaxFree(leaves.pools.map((pool) => (pool.state === 'active' ? pool.capacity : 0)));
  }

  pick(task: TaskView, slots: number, facts: Facts, record: PickRecord): void {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    let winner = -1;
    let leaf = room.firstFit(slots);
    while (leaf !== -1 && record.compared < this.#count) {
      if (this.#compare(pools[leaf]!, task, facts, record)) {
        winner = leaf;
        record.full = leaf - record.compared + 1; // all before it with room have been compared
      }
      leaf = room.firstFit(slots, leaf + 1);
    }
    record.isPartial = leaf !== -1;
    if (winner === -1) return;
    record.verdict = 'take';
    if (this.#countsFull) this.#compareFull(task, slots, facts, record);
  }

  #compareFull(task: TaskView, slots: number, facts: Facts, record: PickRecord): void {
    const { pools, room } = this.#leaves!; // arranged before it is asked
    let leaf = this.#able.firstFit(slots);
    for (let n = 0; n < this.#count && leaf !== -1; n++) {
      // Equal ones go to who has room.
      if (room.at(leaf) < slots && this.#compare(pools[leaf]!, task, facts, record)) record.verdict = 'wait';
      leaf = this.#able.firstFit(slots, leaf + 1);
    }
  }

  /** @returns whether it is the best so far. */
  #compare(pool: PoolSlot, task: TaskView, facts: Facts, record: PickRecord): boolean {
    const values = this.#values;
    let total = 0;
    for (let i = 0; i < this.#terms.length; i++) {
      const term = this.#terms[i]!;
      values[i] = term.value(task, pool, facts);
      total += term.weight * values[i]!;
    }
    record.compared++;
    if (record.pool === undefined || total < record.total) {
      record.runnerUp = record.pool;
      record.runnerUpTotal = record.total;
      this.#values = record.runnerUpValues;
      record.runnerUpValues = record.values;
      record.pool = pool;
      record.total = total;
      record.values = values;
      return true;
    }
    if (record.runnerUp === undefined || total < record.runnerUpTotal) {
      record.runnerUp = pool;
      record.runnerUpTotal = total;
      this.#values = record.runnerUpValues;
      record.runnerUpValues = values;
    }
    return false;
  }
}
