import type { TaskBody } from '../../api/schemas/task.ts';
import { duration } from '../../core/domain/duration.ts';

/** What a person wants to know of one task, the most asked first. */
export function taskFields(task: TaskBody, page: string): Readonly<Record<string, unknown>> {
  return {
    task: task.seq,
    id: task.id,
    type: task.type,
    status: task.status,
    ...(task.progress === null ? {} : { progress: progressText(task.progress) }),
    pool: task.pool,
    ...(task.error === null ? {} : { error: `${task.error.code}: ${task.error.message}` }),
    result: task.result,
    tenant: task.tenant,
    priority: task.priority,
    cost: task.cost,
    paid: task.actual_cost,
    slots: task.slots,
    ...(task.parts === 1 ? {} : { parts: task.parts, placements: task.placements, nodes: task.placement_nodes }),
    region: task.region,
    regions: task.regions,
    resource_type: task.resource_type,
    constraints: task.constraints,
    accepted: task.enqueued_at,
    due: task.due_at,
    started: task.started_at,
    ended: task.completed_at,
    ...(task.started_at === null || task.completed_at === null
      ? {}
      : { ran: duration(Date.parse(task.completed_at) - Date.parse(task.started_at)) }),
    attempt: task.attempt === 0 ? null : `${task.attempt} of ${task.max_attempts}`,
    decided_by: task.algorithm_used,
    retry_of: task.retry_of,
    ...(task.depends_on.length === 0
      ? {}
      : { depends_on: task.depends_on.map(({ task: id, name }) => (name === id ? id : `${name}=${id}`)) }),
    payload: task.payload,
    page,
  };
}

function progressText({ ratio, note }: NonNullable<TaskBody['progress']>): string {
  return `${Math.floor(ratio * 100)} %${note === null ? '' : `, ${note}`}`;
}
