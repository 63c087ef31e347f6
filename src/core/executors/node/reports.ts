import type { Attempt, AttemptOutcome, Outcome } from '../../domain/attempt.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Task } from '../../domain/task.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { type Lease, type LeaseKey, parseLeaseId } from './lease.ts';
import type { Node } from './node.ts';

/** What a node says of one lease. */
export interface Report {
  readonly lease: string;
  readonly outcome: Outcome;
}

/** `settled`: it is recorded as that, by this report or an equal one before. `kept`: it is a part, and others of its task still run. */
export type ReportAnswer =
  | { readonly kind: 'kept'; readonly lease: string }
  | { readonly kind: 'settled'; readonly lease: string; readonly outcome: AttemptOutcome }
  | { readonly kind: 'refused'; readonly lease: string; readonly code: ErrorCode; readonly message: string };

interface ReportsDeps {
  readonly clock: Pick<Clock, 'soon'>;
  readonly store: Pick<TaskStore, 'task' | 'attempts'>;
  /** The lease of that id, whoever holds it. */
  readonly find: (id: string) => { readonly node: Node; readonly lease: Lease } | undefined;
  readonly end: (lease: Lease, outcome: Outcome) => void;
}

/** Takes what nodes report: only of the attempt that runs, only from the node that has it, and once. */
export function createReports({ clock, store, find, end }: ReportsDeps) {
  async function report(node: Node, { lease: id, outcome }: Report): Promise<ReportAnswer> {
    const held = find(id);
    if (held === undefined) return ended(node, id, outcome);
    if (held.node.spec.id !== node.spec.id) return foreign(id, held.node.spec.id);
    const { lease } = held;
    if (lease.stage === 'delivered' || lease.stage === 'ready') take(node, lease, outcome);
    else if (lease.stage !== 'ending' || !isSame(lease.reported, outcome)) return lost(id);
    if (await othersRun(lease)) return { kind: 'kept', lease: id };
    const recorded = await lease.settled;
    return recorded === undefined || recorded === 'lost' ? lost(id) : { kind: 'settled', lease: id, outcome: recorded };
  }

  /** Asked when the turn is over: others may have been reported with it. */
  async function othersRun({ attempt: { part } }: Lease): Promise<boolean> {
    if (part === undefined) return false;
    await new Promise<void>((next) => clock.soon(next));
    return part.othersRun?.() === true;
  }

  function take(node: Node, lease: Lease, outcome: Outcome): void {
    lease.reported = outcome;
    node.done++;
    if (outcome.kind === 'failed') node.lastError = `${outcome.code}: ${outcome.message}`;
    end(lease, outcome.kind === 'stopped' && lease.stop === undefined && lease.isAdopted ? stoppedBefore : outcome);
  }

  /** The answer to the first report may have been lost, with or without the server: what is stored tells whether this one is the same. */
  async function ended(node: Node, id: string, outcome: Outcome): Promise<ReportAnswer> {
    const key = parseLeaseId(id);
    const task = key === undefined ? undefined : await store.task(key.taskId);
    if (key === undefined || task === undefined) return unknown(id);
    const attempt = (await store.attempts(task.seq)).find((one) => one.attempt === key.attempt && one.serverEpoch === key.epoch);
    const nodeId = attempt && holderOf(attempt, task, key.part);
    if (attempt === undefined || nodeId === null || nodeId === undefined) return lost(id);
    if (nodeId !== node.spec.id) return foreign(id, nodeId);
    const recorded = attempt.outcome;
    return recorded !== null && isRecordOf(outcome, recorded, task, key) ? { kind: 'settled', lease: id, outcome: recorded } : lost(id);
  }

  return report;
}

/** Why is not stored: this server would have said so by now, unless the clock was set meanwhile or another part failed. */
const stoppedBefore: Outcome = { kind: 'lost', message: 'An earlier start of the server had told its node to stop it.' };

/** Which node a part ran on is kept of the latest attempt; nobody waits for what is said of one before. */
function holderOf({ attempt, nodeId }: Attempt, task: Task, part: number | undefined): string | null | undefined {
  if (part === undefined) return task.parts === 1 ? nodeId : undefined;
  return task.attempt === attempt ? task.partNodes?.[part] : undefined;
}

function isRecordOf(outcome: Outcome, recorded: AttemptOutcome, task: Task, { attempt, part }: LeaseKey): boolean {
  if (recorded === 'cancelled') return true;
  // How the others ended decided over this one; only together they succeeded.
  if (part !== undefined) return recorded === 'succeeded' ? isResult(outcome, task, part) : recorded !== 'lost';
  if (recorded === 'succeeded') return outcome.kind === 'succeeded' && isSame(task.result, outcome.result);
  if (recorded === 'failed') {
    if (outcome.kind !== 'failed') return false;
    // The error of an attempt that was tried again is not kept with the task.
    return task.attempt !== attempt || task.error === null || (task.error.code === outcome.code && task.error.message === outcome.message);
  }
  if (recorded === 'timed_out') return outcome.kind !== 'succeeded';
  return recorded === 'released' && outcome.kind === 'released';
}

function isResult(outcome: Outcome, { result }: Task, part: number): boolean {
  return outcome.kind === 'succeeded' && Array.isArray(result) && isSame(result[part], outcome.result);
}

/** Both are JSON, and one is what the other was before it was stored. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function lost(lease: string): ReportAnswer {
  return { kind: 'refused', lease, code: 'lease_lost', message: `Lease ${lease} has ended. Stop the work and throw its result away.` };
}

function foreign(lease: string, node: string): ReportAnswer {
  return { kind: 'refused', lease, code: 'forbidden', message: `Lease ${lease} is of node ${node}; only that node may report it.` };
}

function unknown(lease: string): ReportAnswer {
  return { kind: 'refused', lease, code: 'not_found', message: `There is no lease ${lease.slice(0, 80)}.` };
}
