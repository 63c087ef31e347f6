// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PlanAnswer, PlanQuestion, PlanToken } from '../domain/plan.ts';
import type { Ms, Seq } from '../domain/units.ts';
import type { Facts, PlaceRule, PlanRule, TaskView } from '../strategies/strategy.ts';
import { type Cell, Cells } from './cells.ts';
import type { Need } from './need.ts';
import { expectedSlots, type PlanRow, QuestionBuilder } from './plan-question.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';

/** What a solver may take before tasks stop waiting for it. */
export const planGraceMs: Ms = 200;

/** So many tasks of a row may still go to a cell, or so many parts of its gangs. */
interface Token {
  readonly row: PlanRow;
  readonly cell: Cell;
  left: number;
}

/** A task of a need asks for a pool; `set` is what it may use. */
export interface PlanRequest {
  readonly need: Need;
  readonly set: PoolSet;
  readonly task: TaskView;
}

/** A question under way. */
interface Asked {
  readonly number: number;
  readonly rows: readonly PlanRow[];
  /** Tasks up to here were accepted before it. */
  readonly upTo: Seq;
}

/**
 * The plan in force, as tokens: so many tasks of a need and class to a cell. Decisions spend them; the slots they stand for are kept from
 * others. Who has no token takes what is left, cheapest first, and who came after the last question waits for the next answer: not longer
 * than `everyMs` and a grace, so a solver that is late or dead stops nothing. A change of pools voids the plan. Times are from the core's
 * origin.
 */
export class PlanBook {
  /** Until when the task that was refused last had better wait. */
  refusedUntil: Ms = 0;
  readonly #rule: PlanRule;
  readonly #base: PlaceRule;
  readonly #pools: PoolIndex;
  readonly #facts: Facts & { readonly nowMs: Ms };
  #cells = new Cells([]);
  #version = -1;
  #inBaseOrder = new WeakMap<PoolSet, readonly Cell[]>();
  #tokens = new Map<Need, Token[]>();
  /** Slots that tokens stand for, by cell. */
  #claimed = new Int32Array(0);
  #claimsEndAt: Ms = Number.NEGATIVE_INFINITY;
  #plannedUpTo: Seq = 0;
  /** Tasks that were there then wait for a plan from then on. */
  #resetAt: Ms = Number.NEGATIVE_INFINITY;
  #picked: Token | undefined;
  /** Of the gang that was picked for last, by part. */
  #parts: (Token | undefined)[] = [];
  /** While its parts are being placed. */
  #taken: (Token | undefined)[] = [];
  // Since the last question.
  #asked: Asked | undefined;
  #askedAt: Ms = Number.NEGATIVE_INFINITY;
  #arrived = 0;
  #hasNews = true;

  constructor(rule: PlanRule, base: PlaceRule, pools: PoolIndex, facts: Facts & { readonly nowMs: Ms }) {
    this.#rule = rule;
    this.#base = base;
    this.#pools = pools;
    this.#facts = facts;
  }

  // --- events ---

  /** To be told before deciding. */
  advance(): void {
    if (this.#version === this.#pools.version) return;
    // Pools that change all the time must not keep tasks waiting all the time.
    if (this.#version === -1 || this.#plannedUpTo > 0) this.#resetAt = this.#facts.nowMs;
    this.#version = this.#pools.version;
    this.#cells = new Cells(this.#pools.all());
    this.#inBaseOrder = new WeakMap();
    this.#claimed = new Int32Array(this.#cells.all.length);
    this.#tokens.clear();
    this.#plannedUpTo = 0;
    this.#asked = undefined;
    this.#hasNews = true;
  }

  /** A task joined the queue. */
  entered(): void {
    this.#arrived++;
    this.#hasNews = true;
  }

  /** A task of the need starts on the pool that was picked for it last. @returns whether it spent the last token of its need */
  started(need: Need, pool: PoolSlot): boolean {
    this.#cells.of(pool).refresh(pool);
    const token = need.parts === 1 ? this.#picked : this.#parts.shift();
    this.#picked = undefined;
    if (token === undefined) return false;
    this.#spend(token, need, 1);
    return this.#tokens.get(need)?.every(({ left }) => left === 0) === true;
  }

  gaveBack(pool: PoolSlot, slots: number): void {
    if (this.#version !== this.#pools.version) return;
    const cell = this.#cells.of(pool);
    cell.refresh(pool);
    cell.freed += slots;
    this.#hasNews = true;
  }

  // --- deciding ---

  /** The pool for a task that could fit somewhere; `undefined`: it waits, until `refusedUntil` unless room comes. */
  pick(request: PlanRequest): PoolSlot | undefined {
    const tokens = this.#tokens.get(request.need) ?? [];
    this.#picked = tokenFor(request, this.#rule.classOf(request.task), tokens);
    return this.#picked === undefined ? this.#without(request, tokens) : poolIn(this.#picked.cell, request.need);
  }

  /** What `pick` would answer now, after `advance`; nothing is another for it but `refusedUntil`. */
  trial(request: PlanRequest): PoolSlot | undefined {
    const book = this.asOfNow();
    const picked = book.#picked;
    const pool = book.pick(request);
    book.#picked = picked;
    this.refusedUntil = book.refusedUntil;
    return pool;
  }

  /** The plan that a task would find that is looked at now. */
  asOfNow(): PlanBook {
    return this.#version === this.#pools.version ? this : this.#next();
  }

  // --- gangs: tokens and room as they are once some parts have gone ---

  /** The next picks are for parts of one gang, each followed by `takePart`. */
  beginParts(isTrial: boolean): void {
    if (!isTrial) this.#parts = [];
    this.#taken = [];
  }

  /** A part is where it was picked to go; what runs there is told already. */
  takePart(need: Need, pool: PoolSlot): void {
    const token = this.#picked;
    this.#picked = undefined;
    if (token !== undefined) this.#spend(token, need, 1);
    this.#taken.push(token);
    this.#cells.of(pool).refresh(pool);
  }

  /** Nothing is taken yet, as far as pools go. @param isOver the gang does not start; else `started` is next, for every part */
  putBackParts(need: Need, pools: readonly PoolSlot[], isOver: boolean): void {
    for (const token of this.#taken) if (token !== undefined) this.#spend(token, need, -1);
    for (const pool of pools) this.#cells.of(pool).refresh(pool);
    if (!isOver) this.#parts = this.#taken;
    this.#taken = [];
  }

  #spend(token: Token, need: Need, tokens: 1 | -1): void {
    token.left -= tokens;
    this.#claimed[token.cell.index]! -= tokens * need.slots;
  }

  /** As it will be when it has heard of the latest change of pools. */
  #next(): PlanBook {
    const next = new PlanBook(this.#rule, this.#base, this.#pools, this.#facts);
    next.#version = this.#version;
    next.#plannedUpTo = this.#plannedUpTo;
    next.#resetAt = this.#resetAt;
    next.#claimsEndAt = this.#claimsEndAt;
    next.advance();
    return next;
  }

  /** Who has no token waits for one that may come, else takes what is left. */
  #without(request: PlanRequest, tokens: readonly Token[]): PoolSlot | undefined {
    this.refusedUntil = this.#patience(request.task, tokens);
    if (this.refusedUntil > this.#facts.nowMs) return undefined;
    this.refusedUntil = this.#claimsEndAt;
    return this.#leftover(request);
  }

  /** Whether room in this pool may help a task that was refused. */
  helps(need: Need, pool: PoolSlot): boolean {
    const cell = this.#cells.of(pool);
    if (this.#unclaimed(cell) > 0) return true;
    return this.#tokens.get(need)?.some((token) => token.left > 0 && token.cell === cell) === true;
  }

  /** Until when a task waits for a token: for one of its own to come true, or for the plan that knows it. */
  #patience(task: TaskView, tokens: readonly Token[]): Ms {
    if (tokens.some((token) => token.left > 0) && this.#claimsEndAt > this.#facts.nowMs) return this.#claimsEndAt;
    if (task.seq <= this.#plannedUpTo) return Number.NEGATIVE_INFINITY;
    return Math.max(task.since, this.#resetAt) + this.#rule.everyMs + planGraceMs;
  }

  /** Cheapest first, of what no token stands for. */
  #leftover({ need, set }: PlanRequest): PoolSlot | undefined {
    for (const cell of this.#cellsFor(set, need)) {
      if (this.#unclaimed(cell) < need.slots) continue;
      const pool = poolIn(cell, need);
      if (pool !== undefined) return pool;
    }
    return undefined;
  }

  #unclaimed(cell: Cell): number {
    return this.#claimsEndAt > this.#facts.nowMs ? cell.free - this.#claimed[cell.index]! : cell.free;
  }

  #cellsFor(set: PoolSet, need: Need): readonly Cell[] {
    const known = this.#inBaseOrder.get(set);
    if (known !== undefined) return known;
    const base = ({ pools }: Cell) => this.#base.base(pools[0]!, need.region, this.#facts);
    const cells = this.#cells.all.filter((cell) => set.admits(cell.pools[0]!)).sort((a, b) => base(a) - base(b) || a.index - b.index);
    this.#inBaseOrder.set(set, cells);
    return cells;
  }

  // --- planning ---

  /** When a plan should be asked for; Infinity: nothing has changed. */
  wantedAt(): Ms {
    if (!this.#hasNews) return Number.POSITIVE_INFINITY;
    return this.#arrived >= this.#rule.maxTasks ? Number.NEGATIVE_INFINITY : this.#askedAt + this.#rule.everyMs;
  }

  /**
   * @param waiting the tasks in order
   * @param number of the question, new every time
   * @param latest task that was ever there
   * @returns `undefined` when there is nothing to plan.
   */
  ask(waiting: Iterable<PlanRequest>, number: number, latest: Seq): PlanQuestion | undefined {
    const { nowMs } = this.#facts;
    const elapsedMs = nowMs - this.#askedAt;
    const capacity = Int32Array.from(this.#cells.all, (cell) => cell.free + expectedSlots(cell, this.#rule.everyMs, elapsedMs));
    this.#hasNews = false;
    if (capacity.every((slots) => slots === 0)) return undefined;
    const builder = new QuestionBuilder(this.#rule, this.#facts, this.#cells.all, capacity);
    for (const { task, need, set } of waiting) if (!builder.add(task, need, set)) break;
    if (builder.rows.length === 0) return undefined;
    for (const cell of this.#cells.all) cell.freed = 0;
    this.#askedAt = nowMs;
    this.#arrived = 0;
    this.#asked = { number, rows: builder.rows, upTo: latest };
    return builder.build(number);
  }

  /** Puts the answer to the last question in force. @returns what it says; `undefined`: pools have changed, or another was asked. */
  apply({ number, row, cell, slots }: PlanAnswer): readonly PlanToken[] | undefined {
    if (this.#asked?.number !== number || this.#version !== this.#pools.version) return undefined;
    const said: PlanToken[] = [];
    const { rows, upTo } = this.#asked;
    this.#asked = undefined;
    this.#tokens.clear();
    this.#claimed.fill(0);
    const counts = wholeTasks(
      Array.from(row, (of) => rows[of]!.need),
      slots,
    );
    for (const [i, tasks] of counts.entries()) {
      if (tasks === 0) continue;
      const of = rows[row[i]!]!;
      const tokens = this.#tokens.get(of.need) ?? [];
      tokens.push({ row: of, cell: this.#cells.all[cell[i]!]!, left: tasks });
      this.#tokens.set(of.need, tokens);
      this.#claimed[cell[i]!]! += tasks * of.need.slots;
      said.push({ like: of.first, poolId: this.#cells.all[cell[i]!]!.pools[0]!.id, tasks });
    }
    this.#plannedUpTo = upTo;
    this.#claimsEndAt = this.#facts.nowMs + this.#rule.everyMs + planGraceMs;
    return said;
  }
}

/**
 * Tasks of each entry of an answer, or parts of gangs. Entries are in the order of the queue: of a need whose gangs have room for some of the parts of
 * the last one, that one gets none, as it could not start and would keep the room from others.
 * @param needs of each entry
 * @param slots of each entry
 */
function wholeTasks(needs: readonly Need[], slots: Int32Array): number[] {
  const counts = needs.map((need, i) => Math.floor(slots[i]! / need.slots));
  const left = new Map<Need, number>();
  for (const [i, need] of needs.entries()) left.set(need, ((left.get(need) ?? 0) + counts[i]!) % need.parts);
  for (let i = needs.length - 1; i >= 0; i--) {
    const over = Math.min(counts[i]!, left.get(needs[i]!)!);
    counts[i]! -= over;
    left.set(needs[i]!, left.get(needs[i]!)! - over);
  }
  return counts;
}

/** One that is left and can be spent now: of its own class, else of another. */
function tokenFor({ need, set }: PlanRequest, kind: number, tokens: readonly Token[]): Token | undefined {
  const isOpen = ({ left, cell }: Token) => left > 0 && set.admits(cell.pools[0]!) && poolIn(cell, need) !== undefined;
  return (
    tokens.find((token) => token.row.class === kind && isOpen(token)) ?? tokens.find((token) => token.row.class !== kind && isOpen(token))
  );
}

function poolIn(cell: Cell, need: Need): PoolSlot | undefined {
  return cell.poolFor(need.slots, need.type.id);
}
