import type { Progress } from '../../core/domain/attempt.ts';
import type { Constraint } from '../../core/domain/constraint.ts';
import { roundMoney } from '../../core/domain/cost.ts';
import type { Task } from '../../core/domain/task.ts';
import type { Hold } from '../../core/scheduling/reasons.ts';
import type { HoldBody } from '../schemas/hold.ts';
import type { TaskBody, TaskSummaryBody } from '../schemas/task.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

/** A task as the wire has it. The order of the keys is the schema's: the original's twelve first. */
export function taskView(task: Task, progress?: Progress | undefined): TaskBody {
  return Object.assign(fieldsOf(task, progress), { payload: task.payload, result: task.result });
}

export function taskSummaryView(task: Task, hold: Hold | undefined, progress: Progress | undefined): TaskSummaryBody {
  return Object.assign(fieldsOf(task, progress), { reason: hold === undefined ? null : holdView(hold) });
}

export function holdView(hold: Hold): HoldBody {
  return {
    code: hold.code,
    who: hold.clearedBy,
    summary: hold.summary,
    until: isoTimeOrNull(hold.until ?? null),
    need: hold.need ?? null,
    have: hold.have ?? null,
    task_seq: hold.task ?? null,
    ahead: hold.ahead ?? null,
  };
}

/** `values` is copied: the wire's types are not read-only. */
function constraintView(constraint: Constraint) {
  return 'values' in constraint ? { ...constraint, values: [...constraint.values] } : constraint;
}

function fieldsOf(task: Task, progress: Progress | undefined) {
  return {
    id: task.id,
    type: task.type,
    priority: task.priority,
    cost: roundMoney(task.cost),
    region: task.region,
    status: task.status,
    enqueued_at: isoTime(task.enqueuedAt),
    started_at: isoTimeOrNull(task.startedAt),
    completed_at: isoTimeOrNull(task.completedAt),
    worker_id: task.pool,
    algorithm_used: task.algorithmUsed,
    task_metadata: task.metadata,
    seq: task.seq,
    tenant: task.tenant,
    regions: task.regions === null ? null : [...task.regions],
    region_mode: task.regionMode,
    resource_type: task.resourceType,
    constraints: task.constraints === null ? null : task.constraints.map(constraintView),
    slots: task.slots,
    parts: task.parts,
    estimate_ms: task.estimateMs,
    deadline: isoTimeOrNull(task.deadline),
    max_cost: task.maxCost === null ? null : roundMoney(task.maxCost),
    run_at: isoTimeOrNull(task.runAt),
    due_at: isoTimeOrNull(task.dueAt),
    timeout_ms: task.timeoutMs,
    max_attempts: task.maxAttempts,
    attempt: task.attempt,
    attempts_used: task.attemptsUsed,
    pool: task.pool,
    placements: task.placement === null ? null : [...task.placement],
    node_id: task.nodeId,
    placement_nodes: task.partNodes === null ? null : [...task.partNodes],
    initiated_by: task.initiatedBy,
    handled_by: task.handledBy,
    progress: progress === undefined ? null : { ...progress, at: isoTime(progress.at) },
    actual_cost: task.actualCost === null ? null : roundMoney(task.actualCost),
    error: task.error,
    cancel_requested_at: isoTimeOrNull(task.cancelRequestedAt),
    retry_of: task.retryOf,
    depends_on: task.dependsOn === null ? [] : task.dependsOn.parents.map(({ id, name }) => ({ task: id, name })),
    on_parent_failure: task.dependsOn?.onFailure ?? null,
    version: task.version,
    metadata: task.metadata,
  };
}
