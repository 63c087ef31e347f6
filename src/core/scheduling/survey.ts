import { mostNodeSlots } from '../domain/pool.ts';
import type { EpochMs } from '../domain/units.ts';
import { passes } from './fit.ts';
import type { FitCheck } from './fit-checks.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { MissingCause } from './reasons.ts';
import type { SharedLists } from './shared-lists.ts';

/** Why a pool is out for a need; the first that applies, in this order. */
const causes = ['type', 'parts', 'resource_type', 'region', 'label', 'price', 'slots', 'state'] as const satisfies readonly FitCheck[];
type OutCause = (typeof causes)[number];

/** All pools sorted by what keeps them from a need, load aside. */
export interface Survey {
  readonly total: number;
  readonly mayRun: readonly PoolSlot[];
  readonly out: Readonly<Partial<Record<OutCause, number>>>;
  /** Why no pool could run it even if all were active and empty; `undefined` when one could. */
  readonly missing: MissingCause | undefined;
  /** Price of the cheapest pool that would do but for its price. */
  readonly cheapest: number;
  /** Slots of the largest task that a pool would take that would do but for its size. */
  readonly largest: number;
  /** Parts of its size that would fit were all pools that would do active and empty; 0 unless it is a gang. */
  readonly parts: number;
  /** When the first of those that only their state keeps out takes tasks again by itself; Infinity: none does. */
  readonly coolsUntil: EpochMs;
  /** Of the pools that would do but for their size, one has machines: a larger one may join it. */
  readonly mayGrow: boolean;
}

/**
 * Asks every pool: O(P), for a need at a time, again only after the pools changed.
 * @param lists in which an equal one may be found: needs are as many as clients like, lists of pools mostly few
 */
export function survey(need: Need, pools: PoolIndex, lists: SharedLists): Survey {
  const out: Partial<Record<OutCause, number>> = {};
  const mayRun: PoolSlot[] = [];
  let total = 0;
  let furthest = 0;
  let cheapest = Number.POSITIVE_INFINITY;
  let largest = 0;
  let parts = 0;
  let coolsUntil = Number.POSITIVE_INFINITY;
  let mayGrow = false;
  const asked = askedOf(need);
  for (const pool of pools.all()) {
    total++;
    const cause = causeOf(asked, need, pool, pools);
    if (cause === undefined) mayRun.push(pool);
    else out[cause] = (out[cause] ?? 0) + 1;
    if (cause === 'state') coolsUntil = Math.min(coolsUntil, pool.coolsUntil);
    const reached = cause === undefined ? causes.length : causes.indexOf(cause);
    furthest = Math.max(furthest, reached);
    if (reached >= causes.indexOf('price')) cheapest = Math.min(cheapest, pool.costPerUnit);
    if (reached >= causes.indexOf('slots')) {
      largest = Math.max(largest, pool.largestFor(need.type.id));
      mayGrow ||= pool.isOfMachines;
    }
    if (need.parts > 1 && reached > causes.indexOf('slots')) parts += pool.mostParts(need.type.id, need.slots);
  }
  const isTooMany = need.parts > 1 && furthest > causes.indexOf('slots') && parts < need.parts;
  const missing = isTooMany ? 'slots' : causes[furthest];
  return {
    ...{ total, mayRun: lists.shared(mayRun), out, missing: missing === 'state' ? undefined : missing },
    ...{ cheapest, largest, parts, mayGrow, coolsUntil },
  };
}

/** Machines alike that are not there yet. */
export interface Machines {
  readonly count: number;
  /** Of each, at least. */
  readonly slots: number;
}

/**
 * What would hold the task, or the parts of it that find no place on the machines that are there: one more machine, or one for each of those
 * parts where none may be large enough for all. `undefined`: none may be that large.
 */
export function machinesShort({ parts, slots }: Need, found: Pick<Survey, 'parts'>): Machines | undefined {
  if (slots > mostNodeSlots) return undefined;
  const count = parts - found.parts;
  return count * slots <= mostNodeSlots ? { count: 1, slots: count * slots } : { count, slots };
}

/** The pools that fail for `cause` or something later. */
export function poolsUpTo(cause: OutCause, need: Need, pools: PoolIndex): PoolSlot[] {
  const asked = askedOf(need);
  return [...pools.all()].filter((pool) => {
    const out = causeOf(asked, need, pool, pools);
    return out === undefined || causes.indexOf(out) >= causes.indexOf(cause);
  });
}

/** Those that a pool could fail for: most needs ask nothing of most of them, and ten thousand pools would be asked each. */
function askedOf({ demand, reach, parts, priceCap }: Need): readonly OutCause[] {
  const isAsked: Readonly<Record<OutCause, boolean>> = {
    type: true,
    parts: parts > 1,
    resource_type: demand.resourceType !== null,
    region: demand.stays && reach !== undefined,
    label: demand.constraints !== undefined,
    price: priceCap !== Number.POSITIVE_INFINITY,
    slots: true,
    state: true,
  };
  return causes.filter((cause) => isAsked[cause]);
}

function causeOf(asked: readonly OutCause[], need: Need, pool: PoolSlot, pools: PoolIndex): OutCause | undefined {
  for (const cause of asked) if (!passes(cause, need, pool, pools)) return cause;
  return undefined;
}
