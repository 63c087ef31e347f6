import type { EpochMs, Ms } from '../../domain/units.ts';
import type { NodeWish } from '../../ports/executor.ts';
import type { Lease } from './lease.ts';

/** What a node says of itself when it registers. */
export interface NodeSpec {
  /** Unique among live nodes, chosen by the node; `node_id` and `handled_by` of what it runs. */
  readonly id: string;
  readonly pool: string;
  /** Task types it runs; `*` is any. */
  readonly types: readonly string[];
  /** >= 1. */
  readonly slots: number;
  /** It runs parts of tasks of several: it looks at which one a lease is for. */
  readonly runsParts: boolean;
  /** Program and version, for people. */
  readonly agent: string | null;
}

/** `silent`: not heard of for longer than between two heartbeats; `lost`: for longer than its lease. */
export type NodeState = 'live' | 'silent' | 'draining' | 'lost';

/** A poll that waits for something to say. */
export interface Poll {
  readonly most: number;
  /** In this turn, when all that is news is there. */
  isToBeAnswered: boolean;
  answer(): void;
  refuse(error: Error): void;
}

export interface Node {
  spec: NodeSpec;
  /** Fences programs of the same name: the latest to register holds it. `undefined`: awaited since a restart of the server. */
  session: string | undefined;
  registeredAt: EpochMs;
  /** For show. */
  seenAt: EpochMs;
  /** Monotonic; what counts. */
  seenMs: Ms;
  /** Monotonic: not heard of until then, it is silent. */
  dueMs: Ms;
  isDraining: boolean;
  isSilent: boolean;
  /** Out of the registry: what it held ends. */
  isGone: boolean;
  /** Slots that its leases take, and those kept for leases to be. */
  used: number;
  readonly leases: Map<string, Lease>;
  /** Room kept for attempts whose claim is on its way to the store. */
  readonly reserved: Set<NodeWish>;
  /** Leases it has not fetched yet, in order. */
  outbox: Lease[];
  /** Stops that no poll has told it yet. */
  stops: Lease[];
  poll: Poll | undefined;
  done: number;
  lastError: string | null;
}

export function createNode(spec: NodeSpec, session: string | undefined, now: EpochMs, nowMs: Ms): Node {
  return {
    ...{ spec, session, registeredAt: now, seenAt: now, seenMs: nowMs, dueMs: nowMs },
    ...{ isDraining: false, isSilent: session === undefined, isGone: false },
    ...{ used: 0, leases: new Map(), reserved: new Set(), outbox: [], stops: [], poll: undefined, done: 0, lastError: null },
  };
}

/** It takes new work. */
export function isOpen(node: Node): boolean {
  return !node.isSilent && !node.isDraining && !node.isGone;
}

export function stateOf(node: Node): NodeState {
  if (node.isGone) return 'lost';
  if (node.isSilent) return 'silent';
  return node.isDraining ? 'draining' : 'live';
}
