// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs } from '../domain/units.ts';
import type { Standing } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import type { Ring } from './layout.ts';
import type { Need } from './need.ts';
import type { PoolSet } from './pool-set.ts';
import { WinnerTree } from './winner-tree.ts';

const never = Number.POSITIVE_INFINITY;
const nobody: Standing = { rank: never, key: 0, seq: 0 };

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
  readonly #top = new WinnerTree();
  /** Key: when a ring opens; handle: the need. */
  readonly #timers = new LaneHeap();

  /** @param firstOf the best of a need's lanes that nothing holds */
  constructor(
    needs: readonly (Need | undefined)[],
    ringsOf: (need: Need) => readonly Ring[],
    firstOf: (need: Need) => Standing | undefined,
  ) {
    this.#needs = needs;
    this.#ringsOf = ringsOf;
    this.#firstOf = firstOf;
  }

  /** The active need with the best head. */
  best(): Need | undefined {
    const id = this.#top.best();
    return id === -1 ? undefined : this.#needs[id];
  }

  /** To be called after the first of the need's lanes may have changed. */
  headChanged(need: Need): void {
    const first = this.#firstOf(need);
    const { rank, key, seq } = first ?? nobody;
    if (rank === need.headRank && key === need.headKey && seq === need.headSeq) return;
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

  /** Nothing in its first `openRings` rings has room; the next one opens at `dueAt`. */
  park(need: Need, openRings: number, dueAt: EpochMs): void {
    this.#top.clear(need.id);
    need.state = 'parked';
    need.parkedIn = openRings;
    need.dueAt = dueAt;
    const rings = this.#ringsOf(need);
    for (let i = 0; i < openRings; i++) setHead(rings[i]!, need);
    if (dueAt !== never && need.timerAt !== dueAt) {
      need.timerAt = dueAt;
      this.#timers.push(dueAt, need.id, need.id);
    }
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
      const id = set.lot.best(set.most);
      if (id === -1) continue;
      const need = this.#needs[id]!;
      if (best === undefined || isBefore(need, best)) best = need;
    }
    if (best === undefined) return;
    this.#activate(best);
    for (const set of sets) best.tickets.push(set);
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
    while (this.#timers.size > 0) this.#timers.pop();
    for (const need of this.#needs) {
      if (need === undefined) continue;
      const first = this.#firstOf(need);
      const { rank, key, seq } = first ?? nobody;
      need.tickets = [];
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
    // Another head may have waited long enough for a ring that is closed to this one, or not long enough.
    let look = rings.some((ring) => ring.openAfterMs > 0);
    for (let i = 0; i < need.parkedIn && !look; i++) look = rings[i]!.set.most >= need.slots;
    if (look) this.#activate(need);
    else for (let i = 0; i < need.parkedIn; i++) setHead(rings[i]!, need);
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
    const rings = this.#ringsOf(need);
    for (let i = 0; i < need.parkedIn; i++) rings[i]!.place.row.heads.clear(rings[i]!.place.entry);
    need.parkedIn = 0;
    need.dueAt = never;
  }

  #returnTickets(need: Need): void {
    if (need.tickets.length === 0) return;
    const sets = need.tickets;
    need.tickets = [];
    this.roomIn(sets);
  }
}

function isBefore(a: Need, b: Need): boolean {
  if (a.headRank !== b.headRank) return a.headRank < b.headRank;
  return a.headKey < b.headKey || (a.headKey === b.headKey && a.headSeq < b.headSeq);
}

function setHead(ring: Ring, need: Need): void {
  ring.place.row.heads.set(ring.place.entry, need.headRank, need.headKey, need.headSeq);
}
