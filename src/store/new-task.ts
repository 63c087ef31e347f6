import type { Dependencies } from '../core/domain/dependency.ts';
import type { Task } from '../core/domain/task.ts';
import type { Seq } from '../core/domain/units.ts';
import type { Submission } from '../core/ports/task-store.ts';

/** A task as it is the moment it is accepted. Written out field by field: one object shape, and no cost for a spread on the hot path. */
export function newTask(submission: Submission, seq: Seq, version: number, dependsOn: Dependencies | null = null): Task {
  const { spec, at } = submission;
  const isTimed = spec.runAt !== null && spec.runAt > at;
  const waits = submission.dependsOn?.waits === true;
  return {
    seq,
    id: submission.id,
    tenant: spec.tenant,
    type: spec.type,
    status: isTimed || waits ? 'delayed' : 'queued',
    priority: spec.priority,
    cost: spec.cost,
    region: spec.region,
    regions: spec.regions,
    regionMode: spec.regionMode,
    resourceType: spec.resourceType,
    constraints: spec.constraints,
    slots: spec.slots,
    parts: spec.parts,
    estimateMs: spec.estimateMs,
    deadline: spec.deadline,
    maxCost: spec.maxCost,
    runAt: spec.runAt,
    timeoutMs: spec.timeoutMs,
    maxAttempts: spec.maxAttempts,
    metadata: spec.metadata,
    payload: spec.payload,
    attempt: 0,
    attemptsUsed: 0,
    enqueuedAt: at,
    readyAt: isTimed ? (spec.runAt ?? at) : at,
    dueAt: isTimed ? spec.runAt : null,
    startedAt: null,
    completedAt: null,
    pool: null,
    placement: null,
    nodeId: null,
    partNodes: null,
    initiatedBy: submission.initiatedBy,
    handledBy: null,
    algorithmUsed: null,
    actualCost: null,
    result: null,
    error: null,
    cancelRequestedAt: null,
    retryOf: submission.retryOf,
    dependsOn,
    version,
  };
}
