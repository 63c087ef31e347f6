import type { PlanAnswer, PlanQuestion, PlanToken } from '../../src/core/domain/plan.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';
import type { Facts, PlanRule, PoolView, Strategy, TaskView } from '../../src/core/strategies/strategy.ts';

/** What a plan looks at: everything as it is at the moment. */
export interface PlanWorld {
  readonly pools: ReadonlyMap<number, PoolEntry>;
  loadOf(pool: number): number;
  /** Whether the task may ever run there, and whether there is room for it now. */
  mayRun(task: TaskEntry, pool: PoolEntry): boolean;
  /** For a part, where it may go. */
  hasRoom(task: TaskEntry, pool: PoolEntry): boolean;
  /** The same, whatever the machines of the pool hold. */
  hasSlots(task: TaskEntry, pool: PoolEntry): boolean;
  needOf(task: TaskEntry): string;
  viewOf(task: TaskEntry): TaskView;
  poolViewOf(pool: PoolEntry): PoolView;
  facts(nowMs: number): Facts;
}

interface Row {
  readonly need: string;
  readonly kind: number;
  readonly first: TaskEntry;
  tasks: number;
}
export interface Token {
  readonly need: string;
  readonly kind: number;
  readonly cell: string;
  readonly slots: number;
  left: number;
}

const graceMs = 200;

/** The plan of the core written for reading: cells, claims and rows are worked out from nothing whenever somebody asks. */
export class NaivePlan {
  readonly #rule: PlanRule;
  readonly #strategy: Strategy;
  readonly #world: PlanWorld;
  #isNew = true;
  #poolsChanged = false;
  #resetAt = -Infinity;
  #tokens: Token[] = [];
  #claimsEndAt = -Infinity;
  #plannedUpTo = 0;
  #asked: { number: number; rows: Row[]; upTo: number } | undefined;
  #askedAt = -Infinity;
  #arrived = 0;
  #hasNews = true;
  readonly #freed = new Map<string, number>();

  constructor(strategy: Strategy, rule: PlanRule, world: PlanWorld) {
    this.#strategy = strategy;
    this.#rule = rule;
    this.#world = world;
  }

  changePools(): void {
    this.#poolsChanged = true;
  }

  enter(): void {
    this.#arrived++;
    this.#hasNews = true;
  }

  giveBack(pool: PoolEntry | undefined, slots: number): void {
    if (pool === undefined || this.#poolsChanged || this.#isNew) return;
    this.#freed.set(cellOf(pool), (this.#freed.get(cellOf(pool)) ?? 0) + slots);
    this.#hasNews = true;
  }

  advance(now: number): void {
    if (!this.#isNew && !this.#poolsChanged) return;
    if (this.#isNew || this.#plannedUpTo > 0) this.#resetAt = now;
    this.#isNew = this.#poolsChanged = false;
    this.#tokens = [];
    this.#plannedUpTo = 0;
    this.#asked = undefined;
    this.#hasNews = true;
    this.#freed.clear();
  }

  /** The pool for a task that would find room, as far as its tenant can pay; `undefined`: it waits all the same. */
  pick(task: TaskEntry, payable: TaskEntry, now: number): { pool: number; token: Token | undefined } | undefined {
    const view = this.#world.viewOf(task);
    const need = this.#world.needOf(task);
    const own = this.#tokens.filter((token) => token.need === need && token.left > 0);
    const kind = this.#rule.classOf(view);
    for (const token of [...own.filter((one) => one.kind === kind), ...own.filter((one) => one.kind !== kind)]) {
      const pool = this.#firstIn(token.cell, payable);
      if (pool !== undefined) return { pool, token };
    }
    const claimed = this.#claimsEndAt > now;
    if (own.length > 0 && claimed) return undefined;
    if (task.seq > this.#plannedUpTo && Math.max(view.since, this.#resetAt) + this.#rule.everyMs + graceMs > now) return undefined;
    const base = (cell: string) => this.#strategy.place.rules[0]!.base(this.#viewOf(cell), view.region, this.#world.facts(now));
    for (const cell of this.#cells().sort((a, b) => base(a) - base(b) || this.#poolsIn(a)[0]!.id - this.#poolsIn(b)[0]!.id)) {
      const claims = claimed ? this.#claimsOn(cell) : 0;
      const pool = this.#firstIn(cell, payable);
      if (pool !== undefined && this.#freeIn(cell) - claims >= task.slots) return { pool, token: undefined };
    }
    return undefined;
  }

  spend(token: Token | undefined): void {
    if (token !== undefined) token.left--;
  }

  /** It was spent on a part of a gang that does not start yet. */
  giveTokenBack(token: Token | undefined): void {
    if (token !== undefined) token.left++;
  }

  wantedAt(): number {
    if (!this.#hasNews) return Infinity;
    return this.#arrived >= this.#rule.maxTasks ? -Infinity : this.#askedAt + this.#rule.everyMs;
  }

  /** @param waiting in order, as far as quotas let them. */
  ask(waiting: readonly TaskEntry[], number: number, latest: number, now: number): PlanQuestion | undefined {
    this.advance(now);
    this.#hasNews = false;
    const cells = this.#cells();
    const expected = cells.map((cell) => {
      const freed = ((this.#freed.get(cell) ?? 0) * this.#rule.everyMs) / Math.max(this.#rule.everyMs, now - this.#askedAt);
      return Math.min(this.#slotsIn(cell) - this.#freeIn(cell), Math.floor(freed));
    });
    const capacity = cells.map((cell, i) => this.#freeIn(cell) + expected[i]!);
    const costOf = (task: TaskEntry, i: number): number => {
      const [pool] = this.#poolsIn(cells[i]!);
      if (capacity[i] === 0 || !this.#world.mayRun(task, pool!)) return Infinity;
      if (this.#firstIn(cells[i]!, task, this.#world.hasSlots) === undefined && (task.slots > 1 || expected[i] === 0)) return Infinity;
      return this.#rule.cost(this.#world.viewOf(task), this.#viewOf(cells[i]!), this.#world.facts(now));
    };
    const rows: (Row & { readonly costs: readonly number[] })[] = [];
    let [slots, tasks] = [sum(capacity), 0];
    if (slots === 0) return undefined;
    for (const task of waiting) {
      if (slots <= 0 || tasks >= this.#rule.maxTasks) break;
      const [need, kind] = [this.#world.needOf(task), this.#rule.classOf(this.#world.viewOf(task))];
      let row = rows.find((one) => one.need === need && one.kind === kind);
      if (row === undefined) {
        const costs = cells.map((_, i) => costOf(task, i));
        if (costs.every((cost) => cost === Infinity)) continue;
        row = { need, kind, first: task, tasks: 0, costs };
        rows.push(row);
      }
      row.tasks += task.parts;
      tasks++;
      slots -= task.parts * task.slots;
    }
    if (rows.length === 0) return undefined;
    this.#freed.clear();
    this.#askedAt = now;
    this.#arrived = 0;
    this.#asked = { number, rows, upTo: latest };
    const perSlot = rows.map(({ costs, first }) => costs.map((usd) => usd / (first.parts * first.slots)));
    const dearest = Math.max(0, ...perSlot.flat().filter((usd) => usd < Infinity));
    const exact = Number.MAX_SAFE_INTEGER / (8 * (cells.length + 1) * (rows.length + 1) * Math.max(dearest, 1e-9));
    const whole = (usd: number) => (usd === Infinity ? usd : Math.round(usd * Math.min(1e6, exact)));
    return {
      number,
      supply: Int32Array.from(rows, (row) => row.tasks * row.first.slots),
      capacity: Int32Array.from(capacity),
      cost: Float64Array.from(perSlot.flat(), whole),
      stay: Float64Array.from(rows, (_, i) => (whole(dearest) + 1) * (1 + rows.length - i)),
    };
  }

  apply({ number, row, cell, slots }: PlanAnswer, now: number): PlanToken[] | undefined {
    if (this.#asked?.number !== number || this.#poolsChanged) return undefined;
    const { rows, upTo } = this.#asked;
    const cells = this.#cells();
    this.#asked = undefined;
    this.#plannedUpTo = upTo;
    this.#claimsEndAt = now + this.#rule.everyMs + graceMs;
    const parts = [...row].map((at, i) => ({ row: rows[at]!, cell: cells[cell[i]!]!, slots: slots[i]! }));
    const counted = parts.map((part) => ({ ...part, tasks: Math.floor(part.slots / part.row.first.slots) }));
    for (const need of new Set(counted.map((part) => part.row.need))) {
      const ofNeed = counted.filter((part) => part.row.need === need);
      const ofGang = ofNeed[0]!.row.first.parts;
      for (const part of ofNeed.toReversed()) while (part.tasks > 0 && sum(ofNeed.map(({ tasks }) => tasks)) % ofGang > 0) part.tasks--;
    }
    const whole = counted.filter(({ tasks }) => tasks > 0);
    this.#tokens = whole.map((part) => ({
      ...{ need: part.row.need, kind: part.row.kind, cell: part.cell, slots: part.row.first.slots, left: part.tasks },
    }));
    return whole.map((part) => ({ like: part.row.first.seq, poolId: this.#poolsIn(part.cell)[0]!.id, tasks: part.tasks }));
  }

  #sorted = () => [...this.#world.pools.values()].sort((a, b) => a.id - b.id);
  #cells = () => [...new Set(this.#sorted().map(cellOf))];
  #poolsIn = (cell: string) => this.#sorted().filter((pool) => cellOf(pool) === cell);
  #viewOf = (cell: string) => this.#world.poolViewOf(this.#poolsIn(cell)[0]!);
  #slotsIn = (cell: string) => sum(this.#poolsIn(cell).map((pool) => (pool.state === 'active' ? pool.capacity : 0)));
  #freeIn = (cell: string) =>
    sum(this.#poolsIn(cell).map((pool) => (pool.state === 'active' ? Math.max(0, pool.capacity - this.#world.loadOf(pool.id)) : 0)));
  #claimsOn = (cell: string) => sum(this.#tokens.filter((token) => token.cell === cell).map((token) => token.left * token.slots));
  #firstIn = (cell: string, task: TaskEntry, hasRoom = this.#world.hasRoom) =>
    this.#poolsIn(cell).find((pool) => this.#world.mayRun(task, pool) && hasRoom(task, pool))?.id;
}

const cells = new WeakMap<PoolEntry, string>();

function cellOf(pool: PoolEntry): string {
  const cell = cells.get(pool) ?? likenessOf(pool);
  cells.set(pool, cell);
  return cell;
}

function likenessOf(pool: PoolEntry): string {
  const { region, resourceType, costPerUnit, speed, accepts, labels, typeLimits, runsParts = true, partNodes, id } = pool;
  const alike = [region, resourceType, costPerUnit, speed, accepts?.toSorted() ?? '*', Object.entries(labels).sort(), runsParts];
  return JSON.stringify([alike, Object.keys(typeLimits).length > 0 || partNodes !== undefined ? id : 0]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
