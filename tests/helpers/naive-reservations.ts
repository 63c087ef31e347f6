import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';
import type { ReservationRules } from '../../src/core/strategies/strategy.ts';

/** What runs, as far as reservations care. */
export interface NaiveRun {
  readonly task: TaskEntry;
  readonly pool: number;
  readonly startedAt: number;
  /** How long it was expected to take there. */
  readonly expectedMs: number;
}

interface Kept {
  readonly need: string;
  readonly task: TaskEntry;
  readonly pool: number;
  isFirm: boolean;
  promised: number;
}

/** A pool as one task sees it. */
interface Opening {
  readonly at: number;
  readonly extra: number;
}

/** The rule of reservations written for reading: everything is worked out when it is asked. */
export class NaiveReservations {
  #rules: ReservationRules | undefined;
  readonly #pools: ReadonlyMap<number, PoolEntry>;
  readonly #running: ReadonlyMap<number, NaiveRun>;
  readonly #startedAt = new Map<string, number>();
  #kept: Kept[] = [];

  constructor(pools: ReadonlyMap<number, PoolEntry>, running: ReadonlyMap<number, NaiveRun>) {
    this.#pools = pools;
    this.#running = running;
  }

  /** A strategy begins. */
  restart(rules: ReservationRules | undefined): void {
    this.#rules = rules;
    this.#kept = [];
  }

  cancelled(seq: number): void {
    this.#kept = this.#kept.filter((kept) => kept.task.seq !== seq);
  }

  get all(): readonly Kept[] {
    return this.#kept;
  }

  /** @param serves pools that a task may use; `undefined`: it waits no more, or has other needs */
  begin(
    now: number,
    isOverdue: (task: TaskEntry) => boolean,
    serves: (seq: number, need: string) => ((pool: PoolEntry) => boolean) | undefined,
  ): void {
    this.nobodyIsFirst();
    this.#kept = this.#kept.filter((kept) => {
      const pool = this.#pools.get(kept.pool);
      if (
        pool === undefined ||
        pool.state !== 'active' ||
        pool.capacity < kept.task.slots ||
        serves(kept.task.seq, kept.need)?.(pool) !== true
      )
        return false;
      const { at } = this.#opening(kept.task, pool, now);
      if (at > Math.max(kept.promised, now)) return false;
      kept.promised = at;
      kept.isFirm ||= isOverdue(kept.task);
      return true;
    });
  }

  /** Who is first now, nobody knows: in EASY the reservation is theirs. */
  nobodyIsFirst(): void {
    if (this.#rules?.patience.mostMs === 0) this.#kept = [];
  }

  started(need: string, now: number): void {
    this.#startedAt.set(need, now);
    this.#kept = this.#kept.filter((kept) => kept.need !== need);
  }

  /** Runs `work` and forgets what it kept. */
  trial<T>(work: () => T): T {
    const before = this.#kept.map((kept) => ({ ...kept }));
    const result = work();
    this.#kept = before;
    return result;
  }

  has = (need: string) => this.#kept.some((kept) => kept.need === need);

  /** The first task of a need found no room in these rings of pools: maybe one is kept for it from now on. */
  refused(task: TaskEntry, need: string, isFirm: boolean, rings: readonly (readonly PoolEntry[])[], estimateMs: number, now: number): void {
    if (this.#rules === undefined || this.has(need)) return;
    const { patience, share } = this.#rules;
    const patienceMs = Math.min(patience.mostMs, Math.max(patience.leastMs, patience.estimates * estimateMs));
    if (Math.max(task.readyAt, this.#startedAt.get(need) ?? -Infinity) + patienceMs > now) return;
    if (this.#kept.length >= Math.max(1, Math.floor(share * this.#pools.size))) return;
    if (this.#kept.some((kept) => rings.flat().some((pool) => pool.id === kept.pool))) return;
    const choices = rings.flatMap((pools, ring) =>
      pools
        .filter((pool) => pool.state === 'active' && pool.capacity >= task.slots && pool.typeLimits[task.type] !== 0)
        .map((pool) => ({ pool, ring, at: this.#opening(task, pool, now).at, missing: task.slots - this.#free(pool) }))
        .map((choice) => (choice.at === Infinity ? choice : { ...choice, missing: 0 })),
    );
    choices.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at) || a.missing - b.missing || a.ring - b.ring || a.pool.id - b.pool.id);
    const [best] = choices;
    if (best !== undefined) this.#kept.push({ need, task, pool: best.pool.id, isFirm, promised: best.at });
  }

  /** Slots of a pool that a task of the need may take. */
  roomFor(need: string, task: TaskEntry, pool: PoolEntry, estimateMs: number, now: number): number {
    const free = this.#free(pool);
    const kept = this.#kept.find((one) => one.pool === pool.id && one.need !== need);
    if (kept === undefined) return free;
    const { at, extra } = this.#opening(kept.task, pool, now);
    const expectedMs = (estimateMs / pool.speed) * (this.#rules?.margin ?? 1);
    const endsInTime = at !== Infinity && now + (kept.isFirm ? Math.max(expectedMs, task.timeoutMs) : expectedMs) <= at;
    if (endsInTime) return free;
    // Beside it there is room for others, but not under a cap of its own type.
    const isUnderItsCap = task.type === kept.task.type && pool.typeLimits[task.type] !== undefined;
    return isUnderItsCap ? 0 : Math.min(free, extra);
  }

  /** How long a task of the need may take to be let onto a pool kept for another. */
  longest(need: string, slots: number, pools: readonly PoolEntry[], hasSpace: (pool: PoolEntry) => boolean, now: number): number {
    const limits = this.#kept.map((kept) => {
      const pool = pools.find((one) => one.id === kept.pool);
      if (pool === undefined || kept.need === need || !hasSpace(pool) || this.#free(pool) < slots) return 0;
      const { at } = this.#opening(kept.task, pool, now);
      return at === Infinity ? 0 : ((at - now) / (this.#rules?.margin ?? 1)) * pool.speed * (1 + 1e-9);
    });
    return Math.max(0, ...limits);
  }

  #free = (pool: PoolEntry) => pool.capacity - sum(this.#on(pool).map(({ task }) => task.slots));
  #on = (pool: PoolEntry) => [...this.#running.values()].filter((run) => run.pool === pool.id);

  #opening(task: TaskEntry, pool: PoolEntry, now: number): Opening {
    const unknown = { at: Infinity, extra: 0 };
    const most = pool.typeLimits[task.type] ?? Infinity;
    if (most === 0) return unknown;
    const runs = this.#on(pool).map((run) => ({ run, end: endOf(run, now) }));
    for (const at of [now, ...runs.map(({ end }) => end)].toSorted((a, b) => a - b)) {
      const left = runs.filter(({ end }) => end > at || end === Infinity);
      const free = pool.capacity - sum(left.map(({ run }) => run.task.slots));
      const alike = left.filter(({ run }) => run.task.type === task.type).length;
      if (at < Infinity && free >= task.slots && alike < most) return { at, extra: free - task.slots };
    }
    return unknown;
  }
}

/** Twice as long as it was expected, and again, until that is to come. */
function endOf({ startedAt, expectedMs }: NaiveRun, now: number): number {
  let ms = expectedMs;
  while (startedAt + ms <= now) ms *= 2;
  return startedAt + ms;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
