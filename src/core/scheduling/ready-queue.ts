// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../domain/units.ts';
import type { Lane, Standing } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import type { Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PoolSet } from './pool-set.ts';
import { WinnerTree } from './winner-tree.ts';

const never = Number.POSITIVE_INFINITY;
const none: readonly PoolSet[] = [];
const nobody: Standing = { rank: never, key: 0, seq: 0 };

/** Who follows what is parked. */
export interface ParkWatch {
  /** It was parked, or its head changed while it was. */
  parked(need: Need): void;
  /** It is not parked any more. */
  left(need: Need): void;
  /** Whether one of its heads may use room that is no room to all. */
  mayFit(need: Need): boolean;
  /** There may be such room. */
  readonly keepsRoom: boolean;
}

/**
 * Which need to look at next, and which needs wait for what. Nothing here polls: a need leaves `parked` when a set it waits on gets room,
 * when its next ring opens, or when another task becomes its head.
 *
 * Room in some sets wakes only the best of the needs parked there. That need carries the sets as tickets: whatever becomes of it once it
 * is looked at, or when its head gets worse before, they come back and the next one is woken if room is left. So for every parked need with
 * room in one of its sets there is an active need with a better head that holds a ticket of that set.
 */
export class ReadyQueue {
  readonly #needs: readonly (Need | undefined)[];
  readonly #ringsOf: (need: Need) => readonly Ring[];
  readonly #firstOf: (need: Need) => Standing | undefined;
  readonly #watch: ParkWatch;
  readonly #top = new WinnerTree();
  /** Key: when a ring opens; handle: the need. */
  readonly #timers = new LaneHeap();
  /** Lanes to look at in place of the first one of their need, whose head may not use the room there is. */
  readonly #instead = new Map<Need, Lane>();

  /** @param firstOf the best of a need's lanes that nothing holds */
  constructor(
    needs: readonly (Need | undefined)[],
    ringsOf: (need: Need) => readonly Ring[],
    firstOf: (need: Need) => Standing | undefined,
    watch: ParkWatch,
  ) {
    this.#needs = needs;
    this.#ringsOf = ringsOf;
    this.#firstOf = firstOf;
    this.#watch = watch;
  }

  /** The active need with the best head. */
  best(): Need | undefined {
    const id = this.#top.best();
    return id === -1 ? undefined : this.#needs[id];
  }

  /** A lane to look at in place of the need's first. */
  insteadOf(need: Need): Lane | undefined {
    return this.#instead.size === 0 ? undefined : this.#instead.get(need);
  }

  /** It wants to hear also of lanes that are not the first of their need: they may go where the first may not. */
  get heedsAll(): boolean {
    return this.#instead.size > 0 || this.#watch.keepsRoom;
  }

  /** To be called after the first of the need's lanes may have changed. */
  headChanged(need: Need): void {
    const first = this.#firstOf(need);
    const { rank, key, seq } = first ?? nobody;
    if (this.#instead.size > 0) this.#instead.delete(need);
    if (rank === need.headRank && key === need.headKey && seq === need.headSeq) {
      if (need.state === 'parked' && this.#watch.mayFit(need)) this.#activate(need); // for the head of another of its lanes
      return;
    }
    const isWorse =
      rank > need.headRank || (rank === need.headRank && (key > need.headKey || (key === need.headKey && seq > need.headSeq)));
    need.headRank = rank;
    need.headKey = key;
    need.headSeq = seq;
    if (first === undefined) this.#rest(need, 'idle');
    else if (need.state === 'idle') this.#activate(need);
    else if (need.state === 'active') {
      this.#top.set(need.id, rank, key, seq);
      if (isWorse) this.#returnTickets(need);
    } else if (need.state === 'parked') this.#parkedHeadChanged(need);
  }

  /** After lanes of many needs may have changed. */
  headsChanged(): void {
    for (const need of this.#needs) if (need !== undefined) this.headChanged(need);
  }

  /** Gives an active need its turn as `lane`: what its first lane wants is no use looking for. */
  tryInstead(need: Need, lane: Lane): void {
    this.#instead.set(need, lane);
    need.headRank = lane.rank;
    need.headKey = lane.key;
    need.headSeq = lane.seq;
    this.#top.set(need.id, lane.rank, lane.key, lane.seq);
    this.#returnTickets(need);
  }

  /** Nothing in its first `openRings` rings has room; the next one opens at `dueAt`. */
  park(need: Need, openRings: number, dueAt: EpochMs): void {
    this.#top.clear(need.id);
    need.state = 'parked';
    need.parkedIn = openRings;
    need.dueAt = dueAt;
    show(need, this.#widestOf(need));
    if (dueAt !== never && need.timerAt !== dueAt) {
      need.timerAt = dueAt;
      this.#timers.push(dueAt, need.id, need.id);
    }
    this.#watch.parked(need);
    this.#returnTickets(need);
  }

  /** Its type's total is used up. */
  gate(need: Need): void {
    this.#rest(need, 'gated');
  }

  /** Looks at it again, whatever it waited for. */
  wake(need: Need): void {
    if (need.state === 'parked' || need.state === 'gated') this.#activate(need);
  }

  /** Room in some sets may have grown. One need is woken for all of them: it goes before whoever waits in any. */
  roomIn(sets: readonly PoolSet[]): void {
    let best: Need | undefined;
    for (const set of sets) {
      const id = set.bestParked();
      if (id === -1) continue;
      const need = this.#needs[id]!;
      if (best === undefined || isBefore(need, best)) best = need;
    }
    if (best === undefined) return;
    this.#activate(best);
    // The list of a pool never changes, and a need that has tickets already seldom gets others.
    best.tickets = best.tickets.length === 0 ? sets : [...best.tickets, ...sets];
  }

  /** Wakes the needs whose ring has opened. */
  fire(now: EpochMs): void {
    while (this.#timers.headKey <= now) {
      const need = this.#needs[this.#timers.headHandle];
      if (need !== undefined && need.timerAt === this.#timers.headKey) {
        need.timerAt = never;
        this.wake(need);
      }
      this.#timers.pop();
    }
  }

  nextDueAt(): EpochMs {
    for (; this.#timers.size > 0; this.#timers.pop()) {
      const at = this.#timers.headKey;
      const need = this.#needs[this.#timers.headHandle];
      if (need === undefined || need.timerAt !== at) continue;
      if (need.state === 'parked' && need.dueAt === at) return at;
      need.timerAt = never;
    }
    return never;
  }

  /** All rings are new: forgets every stop and looks at every need again. */
  restart(): void {
    this.#instead.clear();
    while (this.#timers.size > 0) this.#timers.pop();
    for (const need of this.#needs) {
      if (need === undefined) continue;
      const first = this.#firstOf(need);
      const { rank, key, seq } = first ?? nobody;
      need.tickets = none;
      need.parkedIn = 0;
      need.dueAt = never;
      need.timerAt = never;
      need.headRank = rank;
      need.headKey = key;
      need.headSeq = seq;
      need.state = first === undefined ? 'idle' : 'active';
      this.#top.set(need.id, rank, key, seq);
    }
  }

  /** The need is about to lose its rings. Active ones stay so, the others are looked at again. */
  detach(need: Need): void {
    this.#returnTickets(need);
    this.wake(need);
  }

  #parkedHeadChanged(need: Need): void {
    const rings = this.#ringsOf(need);
    const widest = need.parkedIn === 0 ? undefined : rings[need.parkedIn - 1];
    if (mayOpen(rings) || widest?.set.hasRoomFor(need) === true || this.#watch.mayFit(need)) this.#activate(need);
    else {
      show(need, widest);
      this.#watch.parked(need);
    }
  }

  /**
   * Of the rings it waits in, the last. It holds all pools of those before it, so that is where it waits: room in any of them is room there,
   * and whoever gives room back says so to every set of the pool.
   */
  #widestOf(need: Need): Ring | undefined {
    return need.parkedIn === 0 ? undefined : this.#ringsOf(need)[need.parkedIn - 1];
  }

  #activate(need: Need): void {
    if (need.state === 'parked') this.#unpark(need);
    need.state = 'active';
    this.#top.set(need.id, need.headRank, need.headKey, need.headSeq);
  }

  #rest(need: Need, state: 'idle' | 'gated'): void {
    if (need.state === 'active') this.#top.clear(need.id);
    if (need.state === 'parked') this.#unpark(need);
    need.state = state;
    this.#returnTickets(need);
  }

  #unpark(need: Need): void {
    const ring = this.#widestOf(need);
    if (ring !== undefined) ring.place.row.heads.clear(ring.place.entry);
    need.parkedIn = 0;
    need.dueAt = never;
    this.#watch.left(need);
  }

  #returnTickets(need: Need): void {
    if (need.tickets.length === 0) return;
    const sets = need.tickets;
    need.tickets = none;
    this.roomIn(sets);
  }
}

/** The head of a need, where it waits. */
function show({ headRank, headKey, headSeq }: Need, ring: Ring | undefined): void {
  ring?.place.row.heads.set(ring.place.entry, headRank, headKey, headSeq);
}

/** Another head may have waited long enough for a ring that is closed to this one, or not long enough. */
function mayOpen(rings: readonly Ring[]): boolean {
  for (let i = 0; i < rings.length; i++) if (rings[i]!.openAfterMs > 0) return true;
  return false;
}

/** Whether the head of `a` goes before that of `b`. */
export function isBefore(a: Need, b: Need | undefined): boolean {
  if (b === undefined) return true;
  if (a.headRank !== b.headRank) return a.headRank < b.headRank;
  return a.headKey < b.headKey || (a.headKey === b.headKey && a.headSeq < b.headSeq);
}
