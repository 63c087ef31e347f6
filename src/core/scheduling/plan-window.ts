// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { byStanding, type Lane, type Standing } from './lane.ts';
import { LaneHeap } from './lane-heap.ts';
import type { TenantAccount, TenantGate, TypeGate } from './need.ts';
import type { TaskTable } from './task-table.ts';

interface WindowDeps {
  readonly table: TaskTable;
  /** Where a lane's head stands among all, whatever holds it. */
  readonly standingOf: (lane: Lane) => Standing;
  /** The task can pay for some pool, and its tenant's money takes none of these from it. */
  readonly isRich: (lane: Lane, row: number) => boolean;
  /** Keys of tasks compare across lanes; else lanes take turns, the best head first. */
  readonly isExact: boolean;
}

/** A task at the front of its lane. */
export interface Waiting {
  readonly lane: Lane;
  readonly row: number;
}

/** The waiting tasks in the order in which they would start were there room for all, as far as quotas let them. */
export function* inOrder(lanes: Iterable<Lane>, { table, standingOf, isRich, isExact }: WindowDeps): Generator<Waiting> {
  const budget = createBudget();
  const fronts = Array.from(lanes, (lane) => ({ lane, front: new LaneFront(lane.heap, table) })).filter(({ front }) => front.row !== -1);
  const ranked = fronts
    .map((one) => ({ ...one, standing: standingOf(one.lane), taken: 0 }))
    .sort((a, b) => byStanding(a.standing, b.standing));
  // Tenants below their guarantee have a rank below all others.
  const preferred = new LaneHeap();
  const others = new LaneHeap();
  const enter = (i: number) => {
    const { front, standing, taken } = ranked[i]!;
    if (front.row !== -1) (standing.rank < 0 ? preferred : others).push(isExact ? front.key : taken, isExact ? front.seq : i, i);
  };
  for (const i of ranked.keys()) enter(i);
  for (;;) {
    const next = preferred.size > 0 ? preferred : others;
    if (next.size === 0) return;
    const i = next.headHandle;
    next.pop();
    const one = ranked[i]!;
    if (!isRich(one.lane, one.front.row) || !budget.take(one.lane)) continue;
    yield { lane: one.lane, row: one.front.row };
    one.front.next();
    one.taken++;
    enter(i);
  }
}

/** Walks a lane in order and leaves it as it is: the next task is always a child of one that was met. */
class LaneFront {
  /** -1: the lane ends here. */
  row = -1;
  key = 0;
  seq = 0;
  readonly #heap: LaneHeap;
  readonly #table: TaskTable;
  /** Handle: place in the lane. */
  readonly #met = new LaneHeap();

  constructor(heap: LaneHeap, table: TaskTable) {
    this.#heap = heap;
    this.#table = table;
    this.#meet(0);
    this.next();
  }

  next(): void {
    this.row = -1;
    while (this.row === -1 && this.#met.size > 0) {
      const place = this.#met.headHandle;
      this.#met.pop();
      for (let child = 4 * place + 1; child <= 4 * place + 4; child++) this.#meet(child);
      const [seq, handle] = [this.#heap.seqAt(place), this.#heap.handleAt(place)];
      if (!this.#table.isLive(seq, handle)) continue;
      this.row = this.#table.rowOfHandle(handle);
      this.key = this.#heap.keyAt(place);
      this.seq = seq;
    }
  }

  #meet(place: number): void {
    if (place < this.#heap.size) this.#met.push(this.#heap.keyAt(place), this.#heap.seqAt(place), place);
  }
}

/** What quotas leave, taken from as tasks are counted in. */
function createBudget() {
  const left = new Map<TypeGate | TenantGate | TenantAccount, number>();
  const leftOf = (gate: TypeGate | TenantGate | TenantAccount, most: number) => left.get(gate) ?? most - gate.running;
  return {
    /** @returns false when a quota is used up. */
    take({ shape: { gate, need } }: Lane): boolean {
      const { type } = need;
      const limits: [TypeGate | TenantGate | TenantAccount, number][] = [[type, leftOf(type, type.total)]];
      if (gate !== undefined) limits.push([gate, leftOf(gate, gate.most)]);
      if (gate?.account !== undefined) limits.push([gate.account, leftOf(gate.account, gate.account.most)]);
      if (limits.some(([, room]) => room <= 0)) return false;
      for (const [limited, room] of limits) left.set(limited, room - 1);
      return true;
    },
  };
}
