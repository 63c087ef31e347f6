import type { AttemptOutcome, Outcome } from '../../domain/attempt.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Task } from '../../domain/task.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { type Lease, parseLeaseId } from './lease.ts';
import type { Node } from './node.ts';

/** What a node says of one lease. */
export interface Report {
  readonly lease: string;
  readonly outcome: Outcome;
}

/** `settled`: it is recorded as that, by this report or an equal one before. */
export type ReportAnswer =
  | { readonly kind: 'settled'; readonly lease: string; readonly outcome: AttemptOutcome }
  | { readonly kind: 'refused'; readonly lease: string; readonly code: ErrorCode; readonly message: string };

interface ReportsDeps {
  readonly store: Pick<TaskStore, 'task' | 'attempts'>;
  /** The lease of that id, whoever holds it. */
  readonly find: (id: string) => { readonly node: Node; readonly lease: Lease } | undefined;
  readonly end: (lease: Lease, outcome: Outcome) => void;
}

/** Takes what nodes report: only of the attempt that runs, only from the node that has it, and once. */
export function createReports({ store, find, end }: ReportsDeps) {
  async function report(node: Node, { lease: id, outcome }: Report): Promise<ReportAnswer> {
    const held = find(id);
    if (held === undefined) return ended(node, id, outcome);
    if (held.node !== node) return foreign(id, held.node.spec.id);
    const { lease } = held;
    if (lease.stage === 'delivered' || lease.stage === 'ready') take(node, lease, outcome);
    else if (lease.stage !== 'ending' || !isSame(lease.reported, outcome)) return lost(id);
    const recorded = await lease.settled;
    return recorded === undefined || recorded === 'lost' ? lost(id) : { kind: 'settled', lease: id, outcome: recorded };
  }

  function take(node: Node, lease: Lease, outcome: Outcome): void {
    lease.reported = outcome;
    node.done++;
    if (outcome.kind === 'failed') node.lastError = `${outcome.code}: ${outcome.message}`;
    end(lease, outcome);
  }

  /** The answer to the first report may have been lost, with or without the server: what is stored tells whether this one is the same. */
  async function ended(node: Node, id: string, outcome: Outcome): Promise<ReportAnswer> {
    const key = parseLeaseId(id);
    const task = key === undefined ? undefined : await store.task(key.taskId);
    if (key === undefined || task === undefined) return unknown(id);
    const attempt = (await store.attempts(task.seq)).find((one) => one.attempt === key.attempt && one.serverEpoch === key.epoch);
    if (attempt === undefined || attempt.nodeId === null) return lost(id);
    if (attempt.nodeId !== node.spec.id) return foreign(id, attempt.nodeId);
    const recorded = attempt.outcome;
    return recorded !== null && isRecordOf(outcome, recorded, task, key.attempt)
      ? { kind: 'settled', lease: id, outcome: recorded }
      : lost(id);
  }

  return report;
}

function isRecordOf(outcome: Outcome, recorded: AttemptOutcome, task: Task, attempt: number): boolean {
  if (recorded === 'cancelled') return true;
  if (recorded === 'succeeded') return outcome.kind === 'succeeded' && isSame(task.result, outcome.result);
  if (recorded === 'failed') {
    if (outcome.kind !== 'failed') return false;
    // The error of an attempt that was tried again is not kept with the task.
    return task.attempt !== attempt || task.error === null || (task.error.code === outcome.code && task.error.message === outcome.message);
  }
  if (recorded === 'timed_out') return outcome.kind !== 'succeeded';
  return recorded === 'released' && outcome.kind === 'released';
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
