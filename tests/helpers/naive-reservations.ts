import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry } from '../../src/core/scheduling/core.ts';
import type { ReservationRules } from '../../src/core/strategies/strategy.ts';
import { partsBeside, partsOnNodes } from './parts-on-nodes.ts';

/** What runs, as far as reservations care. */
export interface NaiveRun {
  readonly task: TaskEntry;
  /** By part. */
  readonly pools: readonly number[];
  readonly startedAt: number;
  /** How long it was expected to take there. */
  readonly expectedMs: number;
}

/** So many parts will go there. */
interface Room {
  readonly pool: number;
  readonly parts: number;
}

interface Kept {
  readonly need: string;
  readonly task: TaskEntry;
  readonly rooms: readonly Room[];
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
      const isOpen = kept.rooms.every(({ pool: id, parts }) => {
        const pool = this.#pools.get(id);
        if (pool === undefined || pool.state !== 'active' || pool.capacity < parts * kept.task.slots) return false;
        if (partsOnNodes(pool, kept.task) < parts) return false;
        return serves(kept.task.seq, kept.need)?.(pool) === true;
      });
      if (!isOpen) return false;
      const at = this.#shadowOf(kept, now);
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
    const keptPools = this.#kept.flatMap((kept) => kept.rooms).length;
    if (keptPools >= Math.max(1, Math.floor(share * this.#pools.size))) return;
    if (this.#kept.some((kept) => rings.flat().some((pool) => kept.rooms.some((room) => room.pool === pool.id)))) return;
    if (task.parts > 1) {
      const best = this.#roomsFor(task, rings, now);
      if (best !== undefined) this.#kept.push({ need, task, rooms: best.rooms, isFirm, promised: best.at });
      return;
    }
    const choices = rings.flatMap((pools, ring) =>
      pools
        .filter((pool) => pool.state === 'active' && pool.capacity >= task.slots && pool.typeLimits[task.type] !== 0)
        .map((pool) => ({ pool, ring, at: this.#opening(task, 1, pool, now).at, missing: task.slots - this.#free(pool) }))
        .map((choice) => (choice.at === Infinity ? choice : { ...choice, missing: 0 })),
    );
    choices.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at) || a.missing - b.missing || a.ring - b.ring || a.pool.id - b.pool.id);
    const [best] = choices;
    if (best !== undefined) this.#kept.push({ need, task, rooms: [{ pool: best.pool.id, parts: 1 }], isFirm, promised: best.at });
  }

  /** For a gang: the first moment at which all its parts fit into the pools of a ring, and there the pools with room for most. */
  #roomsFor(task: TaskEntry, rings: readonly (readonly PoolEntry[])[], now: number): { at: number; rooms: Room[] } | undefined {
    const choices = rings.flatMap((pools) => {
      const active = pools.filter((pool) => pool.state === 'active');
      const ends = active.flatMap((pool) => this.#on(pool).map((run) => endOf(run, now)));
      for (const at of [now, ...ends].filter((end) => end < Infinity).toSorted((a, b) => a - b)) {
        const parts = (pool: PoolEntry) => this.#partsAt(task, pool, now, at);
        const rooms = filled(task.parts, active, parts, parts);
        if (rooms !== undefined) return [{ at, rooms }];
      }
      const most = (pool: PoolEntry) => Math.min(pool.typeLimits[task.type] ?? Infinity, partsOnNodes(pool, task));
      const empty = (pool: PoolEntry) => Math.min(Math.floor(pool.capacity / task.slots), most(pool));
      const rooms = filled(task.parts, active, empty, (pool) => this.#partsAt(task, pool, now, now));
      return rooms === undefined ? [] : [{ at: Infinity, rooms }];
    });
    return choices.reduce<(typeof choices)[0] | undefined>((best, one) => (best === undefined || one.at < best.at ? one : best), undefined);
  }

  #partsAt(task: TaskEntry, pool: PoolEntry, now: number, at: number): number {
    const left = this.#on(pool).filter((run) => endOf(run, now) > at);
    const alike = left.filter((run) => run.task.type === task.type).length;
    const free = pool.capacity - sum(left.map((run) => run.task.slots));
    const fit = Math.min(Math.floor(free / task.slots), partsBeside(pool, task, tasksOf(left)));
    return Math.max(0, Math.min(fit, (pool.typeLimits[task.type] ?? Infinity) - alike));
  }

  /** When the task can start with all of its parts. */
  #shadowOf({ task, rooms }: Pick<Kept, 'task' | 'rooms'>, now: number): number {
    return Math.max(...rooms.map(({ pool, parts }) => this.#opening(task, parts, this.#pools.get(pool)!, now).at));
  }

  /**
   * Slots of a pool that a task of the need may take.
   * @param runMs how long it would run
   */
  roomFor(need: string, task: TaskEntry, pool: PoolEntry, runMs: number, now: number): number {
    const free = this.#free(pool);
    const kept = this.#keptFrom(need, task, pool, runMs, now);
    if (kept === undefined) return free;
    const at = this.#shadowOf(kept, now);
    const { parts } = kept.rooms.find((room) => room.pool === pool.id)!;
    const extra = at === Infinity ? 0 : this.#opening(kept.task, parts, pool, now, at).extra;
    // Beside it there is room for others, but not under a cap of its own type.
    const isUnderItsCap = task.type === kept.task.type && pool.typeLimits[task.type] !== undefined;
    return isUnderItsCap ? 0 : Math.min(free, extra);
  }

  /** How many parts of a gang may go there, as far as they leave the machines to those that are kept. */
  placesFor(need: string, task: TaskEntry, pool: PoolEntry, runMs: number, now: number): number {
    const kept = task.parts === 1 ? undefined : this.#keptFrom(need, task, pool, runMs, now);
    const at = kept === undefined ? Infinity : this.#shadowOf(kept, now);
    if (kept === undefined || kept.task.parts === 1 || at === Infinity) return Infinity;
    const { parts } = kept.rooms.find((room) => room.pool === pool.id)!;
    const then = tasksOf(this.#on(pool).filter((run) => endOf(run, now) > at));
    const leaves = (more: number) => partsBeside(pool, kept.task, [...then, ...Array.from({ length: more }, () => task)]) >= parts;
    let most = 0;
    while (most < task.parts && leaves(most + 1)) most++;
    return most;
  }

  /** What is kept there for another, unless the task ends in time. */
  #keptFrom(need: string, task: TaskEntry, pool: PoolEntry, runMs: number, now: number): Kept | undefined {
    const kept = this.#kept.find((one) => one.need !== need && one.rooms.some((room) => room.pool === pool.id));
    if (kept === undefined) return undefined;
    const at = this.#shadowOf(kept, now);
    const expectedMs = runMs * (this.#rules?.margin ?? 1);
    const endsInTime = at !== Infinity && now + (kept.isFirm ? Math.max(expectedMs, task.timeoutMs) : expectedMs) <= at;
    return endsInTime ? undefined : kept;
  }

  /** How long a task of the need may take to be let onto a pool kept for another. */
  longest(need: string, slots: number, pools: readonly PoolEntry[], hasSpace: (pool: PoolEntry) => boolean, now: number): number {
    const limits = this.#kept.map((kept) => {
      if (kept.need === need) return 0;
      const there = pools.filter((one) => kept.rooms.some((room) => room.pool === one.id) && hasSpace(one) && this.#free(one) >= slots);
      const at = this.#shadowOf(kept, now);
      const speed = Math.max(0, ...there.map((pool) => pool.speed));
      return at === Infinity ? 0 : ((at - now) / (this.#rules?.margin ?? 1)) * speed * (1 + 1e-9);
    });
    return Math.max(0, ...limits);
  }

  #free = (pool: PoolEntry) => pool.capacity - sum(this.#on(pool).map(({ task }) => task.slots));
  /** What runs there: of a gang once for every part. */
  #on = (pool: PoolEntry) => [...this.#running.values()].flatMap((run) => run.pools.filter((one) => one === pool.id).map(() => run));

  #opening(task: TaskEntry, parts: number, pool: PoolEntry, now: number, from = now): Opening {
    const unknown = { at: Infinity, extra: 0 };
    const most = pool.typeLimits[task.type] ?? Infinity;
    if (most === 0) return unknown;
    const runs = this.#on(pool).map((run) => ({ run, end: endOf(run, now) }));
    const wanted = parts * task.slots;
    for (const at of [from, ...runs.map(({ end }) => end).filter((end) => end > from)].toSorted((a, b) => a - b)) {
      const left = runs.filter(({ end }) => end > at || end === Infinity);
      const free = pool.capacity - sum(left.map(({ run }) => run.task.slots));
      const alike = left.filter(({ run }) => run.task.type === task.type).length;
      const held = partsBeside(pool, task, tasksOf(left.map(({ run }) => run)));
      if (at < Infinity && free >= wanted && alike + parts <= most && parts <= held) return { at, extra: free - wanted };
    }
    return unknown;
  }
}

function tasksOf(runs: readonly NaiveRun[]): TaskEntry[] {
  return runs.map(({ task }) => task);
}

/** The pools with the highest rank, as many as it takes. */
function filled(
  parts: number,
  pools: readonly PoolEntry[],
  room: (pool: PoolEntry) => number,
  rank: (pool: PoolEntry) => number,
): Room[] | undefined {
  const rooms: Room[] = [];
  for (const pool of pools.toSorted((a, b) => rank(b) - rank(a) || a.id - b.id)) {
    const here = Math.min(parts - sum(rooms.map((one) => one.parts)), Math.max(0, room(pool)));
    if (here > 0) rooms.push({ pool: pool.id, parts: here });
  }
  return sum(rooms.map((one) => one.parts)) === parts ? rooms : undefined;
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
