// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { Ms } from '../domain/units.ts';
import { Recent } from './recent.ts';
import { SeqIndex } from './seq-index.ts';

/** What is kept of a run, in one row: what a start writes and an end reads lies together in memory. */
const column = {
  // Asked at every end:
  seq: 0,
  pool: 1,
  slots: 2,
  type: 3,
  tenant: 4,
  /** 1: gpu. */
  kind: 5,
  startedAt: 6,
  charge: 7,
  work: 8,
  reserved: 9,
  // Asked now and then:
  expectedMs: 10,
  /** Infinity: nothing was stated. */
  statedMs: 11,
  units: 12,
} as const;
const columns = 13;
const none: readonly number[] = [];

/** What an attempt takes. Times are from the core's origin. */
export interface NewRun {
  readonly seq: number;
  /** Place of the pool. */
  readonly pool: number;
  readonly kind: ResourceType;
  readonly slots: number;
  /** Parts of a gang that they are for; 0: no gang. */
  readonly parts: number;
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

/**
 * Running attempts by sequence number, and what each holds: what `finish` has to give back. An attempt of a gang has a row for every pool
 * its parts are on; the first is found by its number and knows the others.
 */
export class RunTable {
  readonly #index = new SeqIndex(this);
  #room = 64;
  // Seq 0: the row is free.
  #cells = new Float64Array(columns * this.#room);
  // Only of gangs: parts by row, and the other rows by the first.
  readonly #parts = new Map<number, number>();
  readonly #others = new Map<number, number[]>();
  /** Starts and ends: pool, type, tenant, slots (below 0: given back). */
  readonly changes = new Recent();
  readonly #free: number[] = [];
  #rows = 0;

  /** @returns its row. @throws Error when it runs already. */
  add(run: NewRun): number {
    const row = this.#take();
    if (!this.#index.add(run.seq, row)) {
      this.#free.push(row);
      throw new Error(`task ${run.seq} runs already`);
    }
    this.#fill(row, run);
    return row;
  }

  /** More of an attempt, on another pool. @param first its row from `add` @returns the new one */
  addTo(first: number, run: NewRun): number {
    const row = this.#take();
    this.#fill(row, run);
    const others = this.#others.get(first);
    if (others === undefined) this.#others.set(first, [row]);
    else others.push(row);
    return row;
  }

  /** Its rows but the first. */
  othersOf(first: number): readonly number[] {
    return this.#others.size === 0 ? none : (this.#others.get(first) ?? none);
  }

  #take(): number {
    const row = this.#free.pop() ?? this.#rows++;
    if (row === this.#room) this.#grow();
    return row;
  }

  #fill(row: number, run: NewRun): void {
    const { seq, pool, kind, slots, parts, type, tenant } = run;
    if (parts > 0) this.#parts.set(row, parts);
    const cells = this.#cells;
    const at = columns * row;
    cells[at + column.seq] = seq;
    cells[at + column.pool] = pool;
    cells[at + column.slots] = slots;
    cells[at + column.type] = type;
    cells[at + column.tenant] = tenant;
    cells[at + column.kind] = kind === 'gpu' ? 1 : 0;
    cells[at + column.startedAt] = run.startedAt;
    cells[at + column.charge] = run.charge;
    cells[at + column.expectedMs] = run.expectedMs;
    cells[at + column.work] = run.work;
    cells[at + column.statedMs] = run.statedMs ?? Number.POSITIVE_INFINITY;
    cells[at + column.reserved] = run.reserved;
    cells[at + column.units] = run.units;
    this.changes.add(pool, type, tenant, slots);
  }

  /** @throws Error when it does not run: capacity has one owner, and giving back twice would lose count. */
  rowOf(seq: number): number {
    const row = this.#index.get(seq);
    if (row === -1) throw new Error(`task ${seq} does not run`);
    return row;
  }

  /** Rows below have been used. */
  get rowsUsed(): number {
    return this.#rows;
  }
  /** 0 where the row is free. */
  seqAt(row: number): number {
    return this.#cells[columns * row + column.seq]!;
  }
  poolAt(row: number): number {
    return this.#cells[columns * row + column.pool]!;
  }
  slotsAt(row: number): number {
    return this.#cells[columns * row + column.slots]!;
  }
  /** Parts of a gang that are there; 1: no gang, or one of its parts. */
  partsAt(row: number): number {
    return this.#parts.size === 0 ? 1 : (this.#parts.get(row) ?? 1);
  }
  /** Whether it is of a gang. */
  isPartAt(row: number): boolean {
    return this.#parts.size > 0 && this.#parts.has(row);
  }
  typeAt(row: number): number {
    return this.#cells[columns * row + column.type]!;
  }
  tenantAt(row: number): number {
    return this.#cells[columns * row + column.tenant]!;
  }

  /** Of the slots it took: the pool may have become another kind meanwhile. */
  kindAt(row: number): ResourceType {
    return this.#cells[columns * row + column.kind] === 1 ? 'gpu' : 'cpu';
  }
  /** From the core's origin. */
  startedAt(row: number): Ms {
    return this.#cells[columns * row + column.startedAt]!;
  }
  /** How long it was expected to take there; Infinity: nobody knows. */
  expectedMsAt(row: number): Ms {
    return this.#cells[columns * row + column.expectedMs]!;
  }
  /** Money set aside for it, in millionths. */
  reservedAt(row: number): number {
    return this.#cells[columns * row + column.reserved]!;
  }
  /** What the tenant was charged in advance. */
  chargeAt(row: number): number {
    return this.#cells[columns * row + column.charge]!;
  }

  /** Of work. */
  unitsAt(row: number): number {
    return this.#cells[columns * row + column.units]!;
  }

  workAt(row: number): number {
    return this.#cells[columns * row + column.work]!;
  }
  statedMsAt(row: number): Ms | null {
    const ms = this.#cells[columns * row + column.statedMs]!;
    return ms === Number.POSITIVE_INFINITY ? null : ms;
  }

  /** @param row from `add`; its other rows go with it */
  remove(row: number): void {
    this.#index.remove(this.#cells[columns * row + column.seq]!);
    if (this.#others.size > 0) {
      for (const other of this.othersOf(row)) this.#drop(other);
      this.#others.delete(row);
    }
    this.#drop(row);
  }

  #drop(row: number): void {
    this.changes.add(this.poolAt(row), this.typeAt(row), this.tenantAt(row), -this.slotsAt(row));
    this.#cells[columns * row + column.seq] = 0;
    if (this.#parts.size > 0) this.#parts.delete(row);
    this.#free.push(row);
  }

  /** Every running attempt, of a gang once for each of its pools: O(running). */
  *rows(): Iterable<number> {
    for (let row = 0; row < this.#rows; row++) if (this.#cells[columns * row + column.seq] !== 0) yield row;
  }

  /** Attempts of a type on a pool, parts of gangs counted one by one: O(running), for when a cap is new. */
  count(pool: number, type: number): number {
    let count = 0;
    this.each((row) => {
      if (this.poolAt(row) === pool && this.typeAt(row) === type) count += this.partsAt(row);
    });
    return count;
  }

  /** Visits every running attempt. */
  each(visit: (row: number) => void): void {
    for (let row = 0; row < this.#rows; row++) if (this.#cells[columns * row + column.seq] !== 0) visit(row);
  }

  #grow(): void {
    this.#room *= 2;
    const cells = new Float64Array(columns * this.#room);
    cells.set(this.#cells);
    this.#cells = cells;
  }
}
