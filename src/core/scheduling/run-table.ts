// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';
import { SeqIndex } from './seq-index.ts';

const fields = 5;

/** Running attempts by sequence number, and what each holds: what `finish` has to give back. */
export class RunTable {
  readonly #index = new SeqIndex(this);
  #room = 64;
  // 0: the row is free.
  #seqs = new Float64Array(this.#room);
  #held = new Int32Array(fields * this.#room);
  #startedAt = new Float64Array(this.#room);
  #charges = new Float64Array(this.#room);
  readonly #free: number[] = [];
  #rows = 0;

  /** @throws Error when it runs already. */
  add(seq: number, pool: number, kind: ResourceType, slots: number, type: number, tenant: number, startedAt: Ms, charge: number): void {
    const row = this.#free.pop() ?? this.#rows++;
    if (row === this.#room) this.#grow();
    if (!this.#index.add(seq, row)) {
      this.#free.push(row);
      throw new Error(`task ${seq} runs already`);
    }
    const at = fields * row;
    this.#seqs[row] = seq;
    this.#held[at] = pool;
    this.#held[at + 1] = slots;
    this.#held[at + 2] = type;
    this.#held[at + 3] = tenant;
    this.#held[at + 4] = kind === 'gpu' ? 1 : 0;
    this.#startedAt[row] = startedAt;
    this.#charges[row] = charge;
  }

  /** @throws Error when it does not run: capacity has one owner, and giving back twice would lose count. */
  rowOf(seq: number): number {
    const row = this.#index.get(seq);
    if (row === -1) throw new Error(`task ${seq} does not run`);
    return row;
  }

  seqAt(row: number): number {
    return this.#seqs[row]!;
  }
  poolAt(row: number): number {
    return this.#held[fields * row]!;
  }
  slotsAt(row: number): number {
    return this.#held[fields * row + 1]!;
  }
  typeAt(row: number): number {
    return this.#held[fields * row + 2]!;
  }
  tenantAt(row: number): number {
    return this.#held[fields * row + 3]!;
  }

  /** Of the slots it took: the pool may have become another kind meanwhile. */
  kindAt(row: number): ResourceType {
    return this.#held[fields * row + 4] === 1 ? 'gpu' : 'cpu';
  }
  /** From the core's origin. */
  startedAt(row: number): Ms {
    return this.#startedAt[row]!;
  }
  /** What the tenant was charged in advance. */
  chargeAt(row: number): number {
    return this.#charges[row]!;
  }

  remove(row: number): void {
    this.#index.remove(this.#seqs[row]!);
    this.#seqs[row] = 0;
    this.#free.push(row);
  }

  /** Attempts of a type on a pool: O(running), for when a cap is new. */
  count(pool: number, type: number): number {
    let count = 0;
    this.each((row) => {
      if (this.poolAt(row) === pool && this.typeAt(row) === type) count++;
    });
    return count;
  }

  /** Visits every running attempt. */
  each(visit: (row: number) => void): void {
    for (let row = 0; row < this.#rows; row++) if (this.#seqs[row] !== 0) visit(row);
  }

  #grow(): void {
    this.#room *= 2;
    const seqs = new Float64Array(this.#room);
    const held = new Int32Array(fields * this.#room);
    seqs.set(this.#seqs);
    const startedAt = new Float64Array(this.#room);
    const charges = new Float64Array(this.#room);
    held.set(this.#held);
    startedAt.set(this.#startedAt);
    charges.set(this.#charges);
    this.#seqs = seqs;
    this.#held = held;
    this.#startedAt = startedAt;
    this.#charges = charges;
  }
}
