import type { AttemptOutcome, Outcome } from '../domain/attempt.ts';
import type { EndedParent } from '../domain/dependency.ts';
import type { ExecutorName, PartNodes, Pool } from '../domain/pool.ts';
import type { Task } from '../domain/task.ts';
import type { Seq } from '../domain/units.ts';

/** One attempt handed to an executor, after its COMMIT. */
export interface AttemptHandle {
  readonly task: Task;
  /** `task.attempt`, the fencing token. */
  readonly attempt: number;
  readonly pool: Pool;
  /** Which part of the task this is, where it has several: all have the same task and attempt, and their own pool. */
  readonly part?: Part | undefined;
  /** Tasks it depends on, all of which have ended. */
  readonly parents: readonly EndedParent[];
  /** Raised on timeout, deadline, cancel and forced shutdown; made on first use. */
  readonly signal: AbortSignal;
  /**
   * Calls `listener` once when `signal` is raised, at once when it is already: for executors with nothing to hand a signal to, as making
   * one costs more than a short attempt. Returns how to take the listener away.
   */
  onStop(listener: () => void): () => void;
  /** Where the work had to wait for a thread: it begins now, and its time limit counts from here. */
  begun?(): void;
  /** The work says how far it is. @param ratio 0 to 1 */
  progressed?(ratio: number, note: string | null): void;
  /** It runs on another machine from here on: the end of this server does not stop it, and the next one adopts it. */
  away?(): void;
  /** Calls `listener` once when its end is committed; with `undefined` where somebody else had ended it before. */
  onSettled(listener: (outcome: AttemptOutcome | undefined) => void): void;
}

/** One of several parts: what MPI calls rank and size. */
export interface Part {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** Of these, those that the same executor runs, this one included. All are handed to it in one turn. */
  readonly together: number;
  /** It could begin now: whatever it needs is laid down. Settles when all parts could that are to be waited for; left out: none is. */
  ready?(): Promise<void>;
  /** Whether others have not ended yet. Of what has just ended itself, to be asked in the next turn. */
  othersRun?(): boolean;
}

/** What the nodes of a pool offer. */
export interface PoolRoom {
  readonly slots: number;
  /** Attempts of a type that fit at once. */
  most(type: string): number;
  /** Slots of the largest node that runs the type, or of the largest of all: a task fits into one node or into none. */
  widest(type?: string): number;
  /** The nodes that take new work and run parts; `undefined`: there are none that take any. */
  partNodes(): readonly PartNodes[] | undefined;
}

/** What an attempt wants of a node. */
export interface NodeWish {
  readonly seq: Seq;
  /** Which part of the task it is for, where that has several. */
  readonly part: number | undefined;
  readonly pool: string;
  readonly type: string;
  readonly slots: number;
}

/**
 * Attempts that outlive the server. A stop reaches them through their node, so it may take as long as a lease; after `close` those that
 * are away never settle.
 */
export interface Remote {
  /** What a pool holds now, instead of a capacity of its own. */
  room(pool: string): PoolRoom;
  /**
   * Keeps room for an attempt that is about to be claimed, so that one COMMIT says who runs it. `run` takes what was kept; `unreserve` gives
   * it back. `undefined`: there is no room that its turn has come for; it may begin all the same, and waits for a node then.
   * @param wishes one, or those of all parts that nodes are to run: all of them get room or none does
   * @returns the node of each
   */
  reserve(wishes: readonly NodeWish[]): readonly string[] | undefined;
  /** It does not begin. */
  unreserve(seq: Seq): void;
  /** Calls `listener` at once when the room of a pool changed. */
  onRoom(listener: (pool: string) => void): void;
  /** Instead of `run`, for an attempt, or a part of one, that an earlier server handed to `node`. @param serverEpoch the start that opened it */
  adopt(attempt: AttemptHandle, node: string, serverEpoch: number): Promise<Outcome>;
  /** What was told to stop for the end of the server, and was not confirmed, ends as stopped: its node hears of that when it comes back. */
  giveUp(): void;
}

/**
 * Runs attempts of the pools that name it. Owns no capacity: the engine never hands over more than a pool holds.
 * `run` never rejects and settles exactly once; after `signal` is raised the work has ended within 2 s, and it settles when what was left of it is
 * kept.
 */
export interface Executor {
  readonly name: ExecutorName;
  /** Types it can run, or `undefined` for any. Fixed once the server is ready. */
  readonly types: readonly string[] | undefined;
  /** Why it can run nothing on this machine, a sentence that says what to do; its pools are as paused. Fixed once the server is ready. */
  readonly unfit?: string | undefined;
  run(attempt: AttemptHandle): Promise<Outcome>;
  /** Parts that it runs tell when they could begin (`Part.ready`), and others wait for that. */
  readonly tellsReady?: boolean;
  /** Of an executor whose attempts run on other machines. */
  readonly remote?: Remote;
  /** Stops what still runs and gives threads and timers back. */
  close(): Promise<void>;
}
