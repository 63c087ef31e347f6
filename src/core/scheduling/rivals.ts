// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Candidate } from './trial.ts';

/** Tasks counted one by one to say how many go first; behind more, only the first of all is told what room would do. */
const mostCounted = 4_096;

interface RivalDeps {
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly layout: () => Layout;
}

export interface Before {
  readonly tasks: number;
  readonly slots: number;
}

interface Branch {
  readonly after: Map<PoolSet, Branch>;
  before?: { readonly found: Before | undefined };
}

/** Who would take room before one waiting task. For one question: pools alike are many, and counting is not cheap. */
export class Rivals {
  readonly #deps: RivalDeps;
  readonly #candidate: Candidate;
  /** By the sets a pool is in, one after the other. */
  readonly #bySets: Branch = { after: new Map() };

  constructor(deps: RivalDeps, candidate: Candidate) {
    this.#deps = deps;
    this.#candidate = candidate;
  }

  /** Of those that wait for room in this pool. */
  in(pool: PoolSlot): Before | undefined {
    let branch = this.#bySets;
    for (const set of this.#deps.pools.setsOf(pool)) {
      const next = branch.after.get(set) ?? { after: new Map<PoolSet, Branch>() };
      branch.after.set(set, next);
      branch = next;
    }
    branch.before ??= { found: this.of(this.#waitingFor(pool)) };
    return branch.before.found;
  }

  /** Tasks of these needs that go before it, and the slots they want; `undefined`: there are some, and too many to count. */
  of(rivals: Iterable<Need>): Before | undefined {
    const { need: own, view, shape } = this.#candidate;
    const { lanes } = this.#deps.layout();
    const standing = lanes.standings.for(view, shape);
    const all = new Set([own, ...rivals]);
    let waiting = 0;
    for (const need of all) waiting += need.waiting;
    let tasks = 0;
    let slots = 0;
    for (const need of all) {
      if (waiting > mostCounted) {
        if (lanes.standings.isLedBefore(need, standing)) return undefined;
        continue;
      }
      const before = lanes.standings.countBefore(need, standing, mostCounted);
      if (before > 0 && need.parts > 1) return undefined; // it may take room in many places, or none yet
      tasks += before;
      slots += before * need.slots;
    }
    return { tasks, slots };
  }

  /** Needs that wait for room in this pool. */
  #waitingFor(pool: PoolSlot): ReadonlySet<Need> {
    const { pools, needs } = this.#deps;
    const found = new Set<Need>();
    for (const set of pools.setsOf(pool)) for (const id of set.lot.parked()) found.add(needs.needs[id]!);
    return found;
  }
}
