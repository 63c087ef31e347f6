// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Ms } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import type { Shape } from './need.ts';
import { mostRows, SeqIndex } from './seq-index.ts';

const pageBits = 12;
const pageRows = 1 << pageBits;
const rowMask = pageRows - 1;
// A handle is a row and the stamp of its use: 24 + 8 bits. Together with the sequence number it cannot be mistaken.
const handleRowBits = 24;
const handleRowMask = (1 << handleRowBits) - 1;
const noRow = -1;
/** The estimate that costs no memory. */
const usualEstimateMs: Ms = 60_000;
/** The limit that costs no memory. */
const usualTimeoutMs: Ms = 60_000;

/** Columns of 4,096 tasks. Pages never move, so growing copies nothing. The last five columns exist where a task of the page needs them. */
class TaskPage {
  readonly seq = new Float64Array(pageRows);
  readonly since = new Float64Array(pageRows);
  readonly cost = new Float64Array(pageRows);
  readonly shape = new Int32Array(pageRows);
  /** Of a free row: the next free row. */
  readonly tenant = new Int32Array(pageRows);
  readonly attempt = new Int32Array(pageRows);
  readonly priority = new Uint8Array(pageRows);
  readonly stamp = new Uint8Array(pageRows);
  /** 1: the estimate is no more than the limit that would end the attempt. */
  readonly isGuess = new Uint8Array(pageRows);
  readonly backlogMs = new Float32Array(pageRows);
  estimateMs: Float64Array | undefined;
  timeoutMs: Float64Array | undefined;
  statedMs: Float64Array | undefined;
  deadline: Float64Array | undefined;
  maxCost: Float64Array | undefined;
}

/** The waiting tasks in columns: at most 55 bytes a task, and 40 more where all optional fields are used. Rows are recycled. */
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
    page.seq[i] = task.seq;
    page.since[i] = task.readyAt - this.#origin;
    page.cost[i] = task.cost;
    page.shape[i] = shape;
    page.tenant[i] = tenant;
    page.attempt[i] = task.attempt;
    page.priority[i] = task.priority;
    page.isGuess[i] = expectedMs === undefined ? 1 : 0;
    page.estimateMs = put(page.estimateMs, i, expectedMs ?? task.timeoutMs, usualEstimateMs);
    page.timeoutMs = put(page.timeoutMs, i, task.timeoutMs, usualTimeoutMs);
    page.statedMs = put(page.statedMs, i, task.estimateMs ?? Infinity, Infinity);
    page.deadline = put(page.deadline, i, task.deadline === null ? Infinity : task.deadline - this.#origin, Infinity);
    page.maxCost = put(page.maxCost, i, task.maxCost ?? Infinity, Infinity);
    this.#size++;
    return row;
  }

  /** Every handle to the row is a tombstone from now on. */
  remove(row: number): void {
    const page = this.#pages[row >>> pageBits]!;
    const i = row & rowMask;
    this.#index.remove(page.seq[i]!);
    page.seq[i] = 0;
    page.stamp[i] = page.stamp[i]! + 1;
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
    page.shape[row & rowMask] = shape;
    page.stamp[row & rowMask] = page.stamp[row & rowMask]! + 1;
  }

  handleOf(row: number): number {
    return ((this.#pages[row >>> pageBits]!.stamp[row & rowMask]! << handleRowBits) | row) >>> 0;
  }
  rowOfHandle(handle: number): number {
    return handle & handleRowMask;
  }
  /** Whether the entry (seq, handle) of a lane still means a waiting task. */
  isLive(seq: number, handle: number): boolean {
    const row = handle & handleRowMask;
    const page = this.#pages[row >>> pageBits];
    return page !== undefined && page.seq[row & rowMask] === seq && page.stamp[row & rowMask] === handle >>> handleRowBits;
  }

  /** 0 where the row is free. */
  seqAt(row: number): number {
    return this.#pages[row >>> pageBits]!.seq[row & rowMask]!;
  }
  shapeAt(row: number): number {
    return this.#pages[row >>> pageBits]!.shape[row & rowMask]!;
  }
  tenantAt(row: number): number {
    return this.#pages[row >>> pageBits]!.tenant[row & rowMask]!;
  }
  attemptAt(row: number): number {
    return this.#pages[row >>> pageBits]!.attempt[row & rowMask]!;
  }
  priorityAt(row: number): number {
    return this.#pages[row >>> pageBits]!.priority[row & rowMask]!;
  }
  costAt(row: number): number {
    return this.#pages[row >>> pageBits]!.cost[row & rowMask]!;
  }
  sinceAt(row: number): number {
    return this.#pages[row >>> pageBits]!.since[row & rowMask]!;
  }
  estimateMsAt(row: number): number {
    return this.#pages[row >>> pageBits]!.estimateMs?.[row & rowMask] ?? usualEstimateMs;
  }
  timeoutMsAt(row: number): Ms {
    return this.#pages[row >>> pageBits]!.timeoutMs?.[row & rowMask] ?? usualTimeoutMs;
  }
  /** What the task says of itself. */
  statedMsAt(row: number): Ms | null {
    const ms = this.#pages[row >>> pageBits]!.statedMs?.[row & rowMask] ?? Infinity;
    return ms === Infinity ? null : ms;
  }
  backlogMsAt(row: number): number {
    return this.#pages[row >>> pageBits]!.backlogMs[row & rowMask]!;
  }
  setBacklogMs(row: number, ms: Ms): void {
    this.#pages[row >>> pageBits]!.backlogMs[row & rowMask] = ms;
  }
  isGuessAt(row: number): boolean {
    return this.#pages[row >>> pageBits]!.isGuess[row & rowMask] === 1;
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
    this.#pages[row >>> pageBits]!.tenant[row & rowMask] = this.#free;
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
    return this.#need.slots;
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
