import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { ReadyQueue } from './ready-queue.ts';
import type { Reservation, Reservations } from './reservations.ts';

interface KeptWakesDeps {
  readonly pools: PoolIndex;
  readonly needs: readonly (Need | undefined)[];
  readonly ready: ReadyQueue;
  readonly reservations: Reservations;
}

/** Wakes needs for room that is kept: it is no room to those who wake for room. */
export class KeptWakes {
  readonly #deps: KeptWakesDeps;

  constructor(deps: KeptWakesDeps) {
    this.#deps = deps;
  }

  /** Parts of a gang may fit beside what is kept, and the others into it: no room to all, and room to some gang. */
  gangsFor(pool: PoolSlot): void {
    const { reservations, ready, pools, needs } = this.#deps;
    for (const set of pools.setsOf(pool)) {
      for (const id of set.lot.parkedGangs()) {
        const need = needs[id];
        if (need !== undefined && reservations.mayFit(need, set)) ready.wake(need);
      }
    }
  }

  /** Whoever might end in time there is looked at. */
  othersFor({ need: owner, rooms }: Reservation): void {
    const { ready, pools, needs } = this.#deps;
    for (const { pool } of rooms) {
      for (const set of pools.setsOf(pool)) {
        for (const id of set.lot.parked(pool.free)) {
          const need = needs[id];
          if (need !== undefined && need !== owner) ready.wake(need);
        }
      }
    }
  }
}
