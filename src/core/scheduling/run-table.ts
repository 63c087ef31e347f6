// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';
import { SeqIndex } from './seq-index.ts';

const fields = 5;

/** What an attempt takes. Times are from the core's origin. */
export interface NewRun {
  readonly seq: number;
  /** Place of the pool. */
  readonly pool: number;
  readonly kind: ResourceType;
  readonly slots: number;
  /** Of work. */
  readonly units: number;
  readonly type: number;
  readonly tenant: number;
  readonly startedAt: Ms;
  /** How long it is expected to take there; Infinity: nobody knows. */
  readonly expectedMs: Ms;
  /** What the tenant was charged in advance. */
  readonly charge: number;
  /** What it adds to the backlog, in slot-milliseconds. */
  readonly work: number;
  /** How long its task said it would run. */
  readonly statedMs: Ms | null;
  /** Money set aside for it, in millionths. */
  readonly reserved: number;
}

/** Running attempts by sequence number, and what each holds: what `finish` has to give back. */
export class RunTable {
  readonly #index = new SeqIndex(this);
  #room = 64;
  // 0: the row is free.
  #seqs = new Float64Array(this.#room);
  #held = new Int32Array(fields * this.#room);
  #startedAt = new Float64Array(this.#room);
  #charges = new Float64Array(this.#room);
  #expected = new Float64Array(this.#room);
  #work = new Float64Array(this.#room);
  // Infinity: nothing was stated.
  #stated = new Float64Array(this.#room);
  #reserved = new Float64Array(this.#room);
  #units = new Float64Array(this.#room);
  readonly #free: number[] = [];
  #rows = 0;

  /** @returns its row. @throws Error when it runs already. */
  add(run: NewRun): number {
    const { seq, pool, kind, slots, type, tenant } = run;
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
    this.#startedAt[row] = run.startedAt;
    this.#charges[row] = run.charge;
    this.#expected[row] = run.expectedMs;
    this.#work[row] = run.work;
    this.#stated[row] = run.statedMs ?? Number.POSITIVE_INFINITY;
    this.#reserved[row] = run.reserved;
    this.#units[row] = run.units;
    return row;
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
  /** How long it was expected to take there; Infinity: nobody knows. */
  expectedMsAt(row: number): Ms {
    return this.#expected[row]!;
  }
  /** Money set aside for it, in millionths. */
  reservedAt(row: number): number {
    return this.#reserved[row]!;
  }
  /** What the tenant was charged in advance. */
  chargeAt(row: number): number {
    return this.#charges[row]!;
  }

  /** Of work. */
  unitsAt(row: number): number {
    return this.#units[row]!;
  }

  workAt(row: number): number {
    return this.#work[row]!;
  }
  statedMsAt(row: number): Ms | null {
    const ms = this.#stated[row]!;
    return ms === Number.POSITIVE_INFINITY ? null : ms;
  }

  remove(row: number): void {
    this.#index.remove(this.#seqs[row]!);
    this.#seqs[row] = 0;
    this.#free.push(row);
  }

  /** Every running attempt: O(running). */
  *rows(): Iterable<number> {
    for (let row = 0; row < this.#rows; row++) if (this.#seqs[row] !== 0) yield row;
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
    const held = new Int32Array(fields * this.#room);
    held.set(this.#held);
    this.#held = held;
    this.#seqs = this.#grown(this.#seqs);
    this.#startedAt = this.#grown(this.#startedAt);
    this.#charges = this.#grown(this.#charges);
    this.#expected = this.#grown(this.#expected);
    this.#work = this.#grown(this.#work);
    this.#stated = this.#grown(this.#stated);
    this.#reserved = this.#grown(this.#reserved);
    this.#units = this.#grown(this.#units);
  }

  #grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    const grown = new Float64Array(this.#room);
    grown.set(column);
    return grown;
  }
}
