import type { AttemptOutcome, Outcome } from '../../domain/attempt.ts';
import type { TaskId } from '../../domain/units.ts';
import type { AttemptHandle } from '../../ports/executor.ts';

/** What a node says of an attempt that ended there, and what else it may end as. */
export type LeaseStage =
  /** No node has room for it yet. */
  | 'waiting'
  /** A node is chosen; the COMMIT that says so is out. */
  | 'recording'
  /** Committed, and its node has not fetched it yet: it can still be taken back. */
  | 'ready'
  /** Its node has it. */
  | 'delivered'
  /** Its end is on the way to the store. */
  | 'ending';

/** The right of a node to run one attempt, or one part of it; before it has a node, the wish for one. */
export interface Lease {
  /** `TASK.ATTEMPT.EPOCH`, and `.PART` of one of several: the attempt and the server start that opened it are the fence. */
  readonly id: string;
  readonly attempt: AttemptHandle;
  stage: LeaseStage;
  /** Why the node is to stop it. */
  stop: string | undefined;
  /** Monotonic: when it ends although its node never confirmed the stop. */
  stopByMs: number;
  /** Heartbeats in a row that did not list it. */
  missed: number;
  /** It was given out by an earlier start of the server, which may have told its node to stop it. */
  isAdopted: boolean;
  /** The outcome its node reported, until that is settled. */
  reported: Outcome | undefined;
  /** Takes its listener off the attempt. */
  leave: () => void;
  readonly resolve: (outcome: Outcome) => void;
  /** Settles with how the attempt is recorded; `undefined`: it had ended before. */
  readonly settled: Promise<AttemptOutcome | undefined>;
}

export interface LeaseKey {
  readonly taskId: TaskId;
  readonly attempt: number;
  readonly epoch: number;
  /** `undefined`: the attempt has one. */
  readonly part: number | undefined;
}

export function leaseIdOf({ taskId, attempt, epoch, part }: LeaseKey): string {
  const whole = `${taskId}.${attempt}.${epoch}`;
  return part === undefined ? whole : `${whole}.${part}`;
}

/** `undefined` for text that no server gave out. */
export function parseLeaseId(id: string): LeaseKey | undefined {
  const [, taskId, attempt, epoch, part] = /^([^.]{1,64})\.(\d{1,9})\.(\d{1,15})(?:\.(\d{1,2}))?$/.exec(id) ?? [];
  if (taskId === undefined) return undefined;
  return { taskId: taskId as TaskId, attempt: Number(attempt), epoch: Number(epoch), part: part === undefined ? undefined : Number(part) };
}

/** @param resolve settles the attempt's run; further calls do nothing, as of every promise */
export function createLease(attempt: AttemptHandle, epoch: number, resolve: (outcome: Outcome) => void): Lease {
  const id = leaseIdOf({ taskId: attempt.task.id, attempt: attempt.attempt, epoch, part: attempt.part?.index });
  const settled = new Promise<AttemptOutcome | undefined>((done) => attempt.onSettled(done));
  const fresh = { stage: 'waiting', stop: undefined, stopByMs: 0, missed: 0, isAdopted: false, reported: undefined } as const;
  return { id, attempt, ...fresh, leave() {}, resolve, settled };
}
