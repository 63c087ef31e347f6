import type { ResourceType } from '../domain/task.ts';
import { type Demand, reachOf } from './demand.ts';
import type { PoolSet } from './pool-set.ts';
import type { Turns } from './turns.ts';

/** Attempts of one type that run for one tenant, and the shapes that wait for that number to fall. */
export interface TenantGate {
  readonly tenant: number;
  running: number;
  readonly shapes: Map<Need, Shape>;
  /** Of a tenant with limits of its own. */
  account: TenantAccount | undefined;
  /** Attempts of this type that may run for it; Infinity: no limit. */
  most: number;
  /** Tasks. */
  waiting: number;
}

/** What a tenant may run over all types. */
export interface TenantAccount {
  /** Infinity: no limit. */
  most: number;
  /** While it runs fewer attempts than this, its tasks go before those of all others. */
  guaranteed: number;
  running: number;
  /** By type, in place of its limit for each tenant. */
  typeLimits: Readonly<Record<string, number>>;
  readonly gates: Set<TenantGate>;
}

/** A task type as scheduling sees it: its limits and what counts against them. */
export interface TypeGate {
  readonly id: number;
  readonly name: string;
  /** Infinity: no limit. */
  total: number;
  perTenant: number;
  running: number;
  /** The total is used up, so its needs are set aside. */
  full: boolean;
  /** Its tenants take turns. */
  turns: Turns | undefined;
  /** By tenant; only those that run something or have shapes of their own. */
  readonly tenants: Map<number, TenantGate>;
  needs: Need[];
}

/** Where a need is: nothing to look at, to be looked at, waiting for room, or set aside with its type. */
export type NeedState = 'idle' | 'active' | 'parked' | 'gated';

/** Waiting tasks that the same pools fit: decided, parked and explained together. */
export class Need {
  readonly id: number;
  readonly type: TypeGate;
  readonly demand: Demand;
  readonly resourceType: ResourceType | null;
  readonly region: number;
  /** Of one part. */
  readonly slots: number;
  /** Parts that start together, all or none; 1: no gang. */
  readonly parts: number;
  readonly priceCap: number;
  /** Regions of its first ring; `undefined`: it has no home. */
  readonly reach: readonly number[] | undefined;
  readonly shapes: (Shape | undefined)[] = [];
  /** Places in `shapes` that were dropped. */
  readonly freeEntries: number[] = [];
  waiting = 0;
  state: NeedState = 'idle';
  /** Of the best of its lanes that nothing holds; rank Infinity: there is none. */
  headRank = Number.POSITIVE_INFINITY;
  headKey = 0;
  headSeq = 0;
  /** Sets whose room woke it: when it has been looked at, the next of their parked needs gets its turn. */
  tickets: readonly PoolSet[] = [];
  /** When anything of it started last, from the core's origin. */
  startedMs = Number.NEGATIVE_INFINITY;
  /** The timer last set for its patience. */
  patienceMs = Number.POSITIVE_INFINITY;
  /** Rings it waits in while parked. */
  parkedIn = 0;
  /** When its next ring opens while parked; Infinity: no ring is closed. */
  dueAt = Number.POSITIVE_INFINITY;
  /** The timer last set for it. */
  timerAt = Number.POSITIVE_INFINITY;

  constructor(id: number, type: TypeGate, demand: Demand) {
    this.id = id;
    this.type = type;
    this.demand = demand;
    this.resourceType = demand.resourceType;
    this.region = demand.region;
    this.slots = demand.slots;
    this.parts = demand.parts;
    this.priceCap = demand.priceCap;
    this.reach = reachOf(demand);
  }
}

/** The tasks of a need that pass the same gates. */
export interface Shape {
  readonly id: number;
  readonly need: Need;
  /** Place among the need's shapes. */
  readonly entry: number;
  /** The tenant's gate; `undefined`: its type has no limit per tenant. */
  readonly gate: TenantGate | undefined;
  waiting: number;
  /** The gate is full. */
  held: boolean;
}

/** A quota stops the tasks of the shape. */
export function isFull({ gate }: Shape): boolean {
  if (gate === undefined) return false;
  return gate.running >= gate.most || (gate.account !== undefined && gate.account.running >= gate.account.most);
}
