// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Backfill } from './backfill.ts';
import type { PoolEntry } from './contracts.ts';
import type { Epochs } from './epochs.ts';
import type { Gates } from './gates.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolChange, PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { WaitingRoom } from './waiting-room.ts';

interface PoolChangeDeps {
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly epochs: Epochs;
  readonly ready: ReadyQueue;
  readonly room: WaitingRoom;
  readonly lanes: LaneKeeper;
  readonly backfill: Backfill;
}

/** Pools that come, go or change: whoever waits for them is looked at again, with the pools and prices there are now. */
export class PoolChanges {
  readonly #deps: PoolChangeDeps;

  constructor(deps: PoolChangeDeps) {
    this.#deps = deps;
  }

  set(entry: PoolEntry): void {
    const { pools, backfill } = this.#deps;
    const change = pools.set(entry);
    backfill.poolChanged(pools.get(entry.id)!);
    this.#changed(change);
  }

  /** @throws Error for an unknown pool or one that runs something. */
  remove(id: number): void {
    const { pools, backfill } = this.#deps;
    backfill.poolGoes(pools.get(id));
    this.#changed(pools.remove(id));
  }

  /** The need may belong to other pools from now on, or is about to go. */
  dropRings(need: Need): void {
    const { epochs, lanes } = this.#deps;
    lanes.freeIn(epochs.layout.setsOf(need));
    epochs.layout.dropRings(need);
    epochs.next?.layout.dropRings(need);
  }

  #changed({ sets, repriced, reclassed, relabelled }: PoolChange): void {
    const { needs, gates, epochs, ready, room, lanes } = this.#deps;
    epochs.next?.layout.lanes.capacityChanged();
    if (epochs.layout.lanes.capacityChanged()) ready.headsChanged();
    for (const name of reclassed) for (const need of gates.type(name).needs) this.#reroute(need);
    if (relabelled) for (const need of needs.needs) if (need?.demand.constraints !== undefined) this.#reroute(need);
    for (const set of sets) this.#wakeAll(set);
    lanes.freeIn(sets);
    lanes.allPayAgain(); // other pools, other prices
    if (!repriced) return;
    for (const need of [...needs.needs]) {
      if (need !== undefined && need.waiting > 0 && need.priceCap !== Number.POSITIVE_INFINITY) room.relane(need);
    }
  }

  /** Pools change seldom and in many ways: every need that waits there is looked at again. */
  #wakeAll(set: PoolSet): void {
    const { needs, ready } = this.#deps;
    for (const id of set.lot.parked()) ready.wake(needs.needs[id]!);
  }

  #reroute(need: Need): void {
    this.#deps.lanes.freeOf(need);
    this.#deps.ready.detach(need);
    this.dropRings(need);
  }
}
