// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Ms } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import type { Shape } from './need.ts';
import { mostRows, SeqIndex } from './seq-index.ts';

const pageBits = 16;
const pageRows = 1 << pageBits;
const rowMask = pageRows - 1;
// A handle is a row and the stamp of its use: 24 + 8 bits. Together with the sequence number it cannot be mistaken.
const handleRowBits = 24;
const handleRowMask = (1 << handleRowBits) - 1;
const noRow = -1;
/** The limit that costs no memory. */
const usualTimeoutMs: Ms = 60_000;

// A row is one record of 64 bytes, a line of the processor's cache: who looks at a task mostly looks at several of its fields. Memory often
// begins 16 bytes into a line, so what is asked least lies in the last 16.
// 64-bit numbers, 8 a row:
const seqField = 0;
const sinceField = 1;
const costField = 2;
const estimateField = 3;
/** Infinity: it says nothing of itself. */
const statedField = 6;
// 32-bit numbers, 16 a row:
const shapeField = 8;
/** Of a free row: the next free row. */
const tenantField = 9;
const attemptField = 10;
const backlogField = 14;
// Bytes, 64 a row:
const priorityField = 44;
const stampField = 45;
/** 1: the estimate is no more than the limit that would end the attempt. */
const guessField = 46;

/** Records of 65,536 tasks; what is not used yet is not in memory yet. Pages never move, so growing copies nothing. The columns exist where a task of the page needs them. */
class TaskPage {
  readonly doubles = new Float64Array(pageRows * 8);
  readonly integers = new Int32Array(this.doubles.buffer);
  readonly floats = new Float32Array(this.doubles.buffer);
  readonly bytes = new Uint8Array(this.doubles.buffer);
  timeoutMs: Float64Array | undefined;
  deadline: Float64Array | undefined;
  maxCost: Float64Array | undefined;
}

/** The waiting tasks: 64 bytes a task, and 24 more where all optional fields are used. Rows are recycled. */
export class TaskTable {
  readonly #pages: TaskPage[] = [];
  readonly #index = new SeqIndex(this);
  readonly #origin: EpochMs;
  #rows = 0;
  #free = noRow;
  #size = 0;

  /** @param origin times are kept as differences to it. */
  constructor(origin: EpochMs) {
    this.#origin = origin;
  }

  get size(): number {
    return this.#size;
  }
  /** Rows 0 .. rows - 1 have been used. */
  get rows(): number {
    return this.#rows;
  }

  /** Row of a waiting task, or -1. */
  rowOf(seq: number): number {
    return this.#index.get(seq);
  }

  /**
   * @param expectedMs how long it is expected to run; `undefined`: only its limit is known
   * @returns the row. @throws Error when `seq` waits already, or 16,777,215 tasks wait.
   */
  add(task: Readonly<TaskEntry>, shape: number, tenant: number, expectedMs: Ms | undefined): number {
    const row = this.#take();
    if (!this.#index.add(task.seq, row)) {
      this.#putBack(row);
      throw new Error(`task ${task.seq} waits already`);
    }
    const page = this.#pages[row >>> pageBits]!;
    const i = row & rowMask;
    const { doubles, integers, bytes } = page;
    doubles[8 * i + seqField] = task.seq;
    doubles[8 * i + sinceField] = task.readyAt - this.#origin;
    doubles[8 * i + costField] = task.cost;
    doubles[8 * i + estimateField] = expectedMs ?? task.timeoutMs;
    doubles[8 * i + statedField] = task.estimateMs ?? Infinity;
    integers[16 * i + shapeField] = shape;
    integers[16 * i + tenantField] = tenant;
    integers[16 * i + attemptField] = task.attempt;
    bytes[64 * i + priorityField] = task.priority;
    bytes[64 * i + guessField] = expectedMs === undefined ? 1 : 0;
    page.timeoutMs = put(page.timeoutMs, i, task.timeoutMs, usualTimeoutMs);
    page.deadline = put(page.deadline, i, task.deadline === null ? Infinity : task.deadline - this.#origin, Infinity);
    page.maxCost = put(page.maxCost, i, task.maxCost ?? Infinity, Infinity);
    this.#size++;
    return row;
  }

  /** Every handle to the row is a tombstone from now on. */
  remove(row: number): void {
    const page = this.#pages[row >>> pageBits]!;
    const i = row & rowMask;
    this.#index.remove(page.doubles[8 * i + seqField]!);
    page.doubles[8 * i + seqField] = 0;
    page.bytes[64 * i + stampField]!++;
    this.#putBack(row);
    this.#size--;
  }

  /** Gives the memory of an emptied table back. All handles must be gone. */
  reset(): void {
    this.#pages.length = 0;
    this.#rows = 0;
    this.#free = noRow;
    this.#index.clear();
  }

  /** Puts a task into another shape; older handles to it are tombstones. */
  move(row: number, shape: number): void {
    const page = this.#pages[row >>> pageBits]!;
    page.integers[16 * (row & rowMask) + shapeField] = shape;
    page.bytes[64 * (row & rowMask) + stampField]!++;
  }

  handleOf(row: number): number {
    return ((this.#pages[row >>> pageBits]!.bytes[64 * (row & rowMask) + stampField]! << handleRowBits) | row) >>> 0;
  }
  rowOfHandle(handle: number): number {
    return handle & handleRowMask;
  }
  /** Whether the entry (seq, handle) of a lane still means a waiting task. */
  isLive(seq: number, handle: number): boolean {
    const row = handle & handleRowMask;
    const page = this.#pages[row >>> pageBits];
    if (page === undefined || page.doubles[8 * (row & rowMask) + seqField] !== seq) return false;
    return page.bytes[64 * (row & rowMask) + stampField] === handle >>> handleRowBits;
  }

  /** 0 where the row is free. */
  seqAt(row: number): number {
    return this.#pages[row >>> pageBits]!.doubles[8 * (row & rowMask) + seqField]!;
  }
  shapeAt(row: number): number {
    return this.#pages[row >>> pageBits]!.integers[16 * (row & rowMask) + shapeField]!;
  }
  tenantAt(row: number): number {
    return this.#pages[row >>> pageBits]!.integers[16 * (row & rowMask) + tenantField]!;
  }
  attemptAt(row: number): number {
    return this.#pages[row >>> pageBits]!.integers[16 * (row & rowMask) + attemptField]!;
  }
  priorityAt(row: number): number {
    return this.#pages[row >>> pageBits]!.bytes[64 * (row & rowMask) + priorityField]!;
  }
  costAt(row: number): number {
    return this.#pages[row >>> pageBits]!.doubles[8 * (row & rowMask) + costField]!;
  }
  sinceAt(row: number): number {
    return this.#pages[row >>> pageBits]!.doubles[8 * (row & rowMask) + sinceField]!;
  }
  estimateMsAt(row: number): number {
    return this.#pages[row >>> pageBits]!.doubles[8 * (row & rowMask) + estimateField]!;
  }
  timeoutMsAt(row: number): Ms {
    return this.#pages[row >>> pageBits]!.timeoutMs?.[row & rowMask] ?? usualTimeoutMs;
  }
  /** What the task says of itself. */
  statedMsAt(row: number): Ms | null {
    const ms = this.#pages[row >>> pageBits]!.doubles[8 * (row & rowMask) + statedField]!;
    return ms === Infinity ? null : ms;
  }
  backlogMsAt(row: number): number {
    return this.#pages[row >>> pageBits]!.floats[16 * (row & rowMask) + backlogField]!;
  }
  setBacklogMs(row: number, ms: Ms): void {
    this.#pages[row >>> pageBits]!.floats[16 * (row & rowMask) + backlogField] = ms;
  }
  isGuessAt(row: number): boolean {
    return this.#pages[row >>> pageBits]!.bytes[64 * (row & rowMask) + guessField] === 1;
  }
  deadlineAt(row: number): number {
    return this.#pages[row >>> pageBits]!.deadline?.[row & rowMask] ?? Infinity;
  }
  maxCostAt(row: number): number {
    return this.#pages[row >>> pageBits]!.maxCost?.[row & rowMask] ?? Infinity;
  }

  #take(): number {
    if (this.#free !== noRow) {
      const row = this.#free;
      this.#free = this.tenantAt(row);
      return row;
    }
    if (this.#rows >= mostRows) throw new Error(`more than ${this.#rows} waiting tasks`);
    const row = this.#rows++;
    if (row >>> pageBits === this.#pages.length) this.#pages.push(new TaskPage());
    return row;
  }

  #putBack(row: number): void {
    this.#pages[row >>> pageBits]!.integers[16 * (row & rowMask) + tenantField] = this.#free;
    this.#free = row;
  }
}

/** Writes to a column that is only made for the first value other than `usual`. */
function put(column: Float64Array | undefined, i: number, value: number, usual: number): Float64Array | undefined {
  if (column === undefined && value === usual) return undefined;
  const target = column ?? new Float64Array(pageRows).fill(usual);
  target[i] = value;
  return target;
}

/** What a strategy sees of a task: one object moved from row to row, because one per look would be garbage. */
export class TaskCursor implements TaskView {
  readonly #table: TaskTable;
  readonly #shapes: readonly (Shape | undefined)[];
  row = 0;

  constructor(table: TaskTable, shapes: readonly (Shape | undefined)[]) {
    this.#table = table;
    this.#shapes = shapes;
  }

  at(row: number): this {
    this.row = row;
    return this;
  }

  get seq(): number {
    return this.#table.seqAt(this.row);
  }
  get tenant(): number {
    return this.#table.tenantAt(this.row);
  }
  get type(): number {
    return this.#need.type.id;
  }
  get priority(): number {
    return this.#table.priorityAt(this.row);
  }
  get cost(): number {
    return this.#table.costAt(this.row);
  }
  get slots(): number {
    const { slots, parts } = this.#need;
    return parts * slots;
  }
  get parts(): number {
    return this.#need.parts;
  }
  get since(): number {
    return this.#table.sinceAt(this.row);
  }
  get deadline(): number {
    return this.#table.deadlineAt(this.row);
  }
  get estimateMs(): number {
    return this.#table.estimateMsAt(this.row);
  }
  get backlogMs(): number {
    return this.#table.backlogMsAt(this.row);
  }
  get timeoutMs(): number {
    return this.#table.timeoutMsAt(this.row);
  }
  get attempt(): number {
    return this.#table.attemptAt(this.row);
  }
  get region(): number {
    return this.#need.region;
  }

  get #need() {
    return this.#shapes[this.#table.shapeAt(this.row)]!.need;
  }
}
