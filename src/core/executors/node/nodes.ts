import type { EpochMs, Ms } from '../../domain/units.ts';
import type { AttemptHandle } from '../../ports/executor.ts';
import type { HandlerReport } from '../thread.ts';
import type { NodeSpec, NodeState } from './node.ts';
import type { PollOptions } from './polls.ts';
import type { Report, ReportAnswer } from './reports.ts';

/** A node as it is seen. */
export interface LiveNode extends NodeSpec {
  readonly state: NodeState;
  /** Slots that its leases take. */
  readonly used: number;
  readonly registeredAt: EpochMs;
  readonly seenAt: EpochMs;
  /** Since its last heartbeat. */
  readonly silentForMs: Ms;
  /** Results it reported. */
  readonly done: number;
  readonly lastError: string | null;
  readonly leases: readonly HeldLease[];
}

export interface HeldLease {
  readonly id: string;
  readonly attempt: AttemptHandle;
  /** Why it is to stop; `undefined`: it is not. */
  readonly stop: string | undefined;
}

/** A lease that a node is to stop, and why: a reason of the engine, or `lease_lost`. */
export interface Stop {
  readonly lease: string;
  readonly reason: string;
}

export interface Registration {
  readonly session: string;
  readonly leaseMs: Ms;
  readonly heartbeatMs: Ms;
  readonly stops: readonly Stop[];
}

export interface Renewal {
  readonly state: NodeState;
  readonly leaseMs: Ms;
  readonly stops: readonly Stop[];
}

/** What a node gets from a poll. `giveBack` takes the leases back when its connection turned out to be gone. */
export interface Handed {
  readonly leases: readonly HeldLease[];
  readonly stops: readonly Stop[];
  giveBack(): void;
}

export interface NodeFilter {
  readonly pool?: string | undefined;
  readonly type?: string | undefined;
  readonly state?: NodeState | undefined;
}

/** What a node tells of a lease while it runs. */
export interface Note {
  readonly lease: string;
  readonly report: HandlerReport;
}

/**
 * Registered nodes and what they hold. All verbs throw TaskRouterError: `unknown_node` and `node_replaced` where a session is not the one
 * that holds, `draining` once the server stops.
 */
export interface Nodes {
  /** @param held leases it still has: those that are its own stay so, the rest of what it had is lost at once. @throws `quota_exceeded` */
  register(spec: NodeSpec, held: readonly string[]): Registration;
  /** Renews all leases of the node. What to stop is told until the node has reported it. */
  heartbeat(id: string, session: string, held: readonly string[]): Renewal;
  /** @param options with `held` it renews like a heartbeat, and the next is due when the poll ends */
  poll(id: string, session: string, options: PollOptions & { readonly held?: readonly string[] | undefined }): Promise<Handed>;
  /** Answer i belongs to report i, and is given after its COMMIT. */
  report(id: string, session: string, reports: readonly Report[]): Promise<readonly ReportAnswer[]>;
  /** The attempt of a lease that this node has; `ended` settles when its end is committed. @throws `lease_lost`, `forbidden` */
  held(id: string, session: string, lease: string): { readonly attempt: AttemptHandle; readonly ended: Promise<unknown> };
  /**
   * The part of a lease could begin: waits until all parts of its task can. @returns whether they can; `false` when the time is up
   * @throws `lease_lost`, `forbidden`
   */
  ready(id: string, session: string, lease: string, options: Pick<PollOptions, 'waitMs' | 'signal'>): Promise<boolean>;
  /** @returns those of leases that the node does not hold. */
  note(id: string, session: string, notes: readonly Note[]): readonly string[];
  /** A draining node ends what it has and gets nothing new. @throws `not_found` */
  setDraining(id: string, isDraining: boolean): LiveNode;
  /** What it holds is lost. @param session only if it still holds; `undefined`: whoever it is. @throws `not_found` */
  remove(id: string, session: string | undefined): void;
  /** In order of their names, those that were lost last. */
  all(filter?: NodeFilter): readonly LiveNode[];
  get(id: string): LiveNode | undefined;
}
