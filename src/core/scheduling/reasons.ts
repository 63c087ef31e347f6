import type { EpochMs, Seq } from '../domain/units.ts';

/** Who can clear a hold. */
export type ClearedBy = 'time' | 'capacity' | 'quota_owner' | 'submitter' | 'operator';

/** Why a task that is ready does not run, and who can change that. Where several hold, the one that lasts longest by itself is told. */
export const schedulingReasons = {
  /** Accepted, not yet looked at in this round. */
  not_yet_considered: 'time',
  /** Others of its lane are ahead. */
  behind_in_order: 'capacity',
  /** The pools that could run it are full. */
  no_capacity: 'capacity',
  /** It has several parts, which start together, and there is not room for all of them at once. */
  waiting_for_gang: 'capacity',
  /** There is room, and it is kept for a task that waits longer, which this one would delay. */
  reserved_for_older: 'capacity',
  /** Nothing may overtake the first in order (`strict: global`), and that one waits for room. */
  strict_order: 'capacity',
  /** The pools of its home region are full; it may go elsewhere when it has waited long enough. */
  waiting_for_home: 'time',
  /** There is room, and its strategy expects something better soon. */
  waiting_for_price: 'time',
  /** There is room, and its strategy plans: the next plan says where it goes, or the one in force keeps the room for others. */
  plan_pending: 'time',
  /** Its strategy keeps it for cleaner electricity. */
  waiting_for_carbon: 'time',
  /** As many attempts of its type run for its tenant as may. */
  tenant_type_limit: 'quota_owner',
  /** As many attempts run for its tenant as may. */
  tenant_limit: 'quota_owner',
  /** Its tenant may not spend more before its window ends. */
  spend_limit: 'quota_owner',
  /** As many attempts of its type run as may. */
  type_limit: 'operator',
  /** Attempts kept failing on the pools that could run it, and these take nothing for a while. */
  pool_cooling: 'time',
  /** All pools that could run it are paused, draining, without a live node, or unavailable. */
  pools_paused: 'operator',
  /** No pool takes its type, resource, required regions and constraints. */
  no_matching_pool: 'operator',
  /** It wants more slots than any pool has, or more parts than all have room for. */
  larger_than_any_pool: 'submitter',
  /** `max_cost` pays for no pool. */
  price_cap: 'submitter',
} as const satisfies Record<string, ClearedBy>;
export type SchedulingReason = keyof typeof schedulingReasons;

/** What a task needs and no pool has. */
export type MissingCause = 'type' | 'parts' | 'resource_type' | 'region' | 'label' | 'price' | 'slots';
/** What lasts longest by itself first: nobody changes a task once it was sent, and time passes anyway. */
const lasting: readonly ClearedBy[] = ['submitter', 'operator', 'quota_owner', 'capacity', 'time'];

/** The reason that lasts longest by itself first. */
export function byLasting(codes: readonly SchedulingReason[]): SchedulingReason[] {
  return codes.toSorted((a, b) => lasting.indexOf(schedulingReasons[a]) - lasting.indexOf(schedulingReasons[b]));
}

/** One reason why a waiting task waits. */
export interface Hold {
  readonly code: string;
  readonly clearedBy: ClearedBy;
  /** A sentence. */
  readonly summary: string;
  readonly until?: EpochMs;
  /** How much it takes, and how much there is: slots, attempts or money, as the code says. */
  readonly need?: number;
  readonly have?: number;
  /** Tasks of its lane that go first; only when the position was asked for. */
  readonly ahead?: number;
  /** The task it waits for. */
  readonly task?: Seq;
  /** What no pool has that the task needs, if that is why. */
  readonly missing?: MissingCause;
  readonly pools?: PoolCounts;
}

/** Pools by what they are to a task. */
export interface PoolCounts {
  readonly total: number;
  readonly mayRun: number;
  /** Of these, those without room for it. */
  readonly full: number;
  /** Those that may not, by the first cause. */
  readonly out: Readonly<Record<string, number>>;
}

/** A hold of this core; who clears it comes from the table. */
export function holdFor(code: SchedulingReason, summary: string, details: Partial<Hold> = {}): Hold {
  return { code, clearedBy: schedulingReasons[code], summary, ...details };
}
