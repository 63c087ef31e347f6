import type { JsonObject } from './json.ts';
import type { TaskStatus } from './task-status.ts';
import type { EpochMs, Seq, TaskId } from './units.ts';

/**
 * What the log can say about a task, and the status each entry leaves it in (`null`: unchanged).
 * Folding a task's entries through this table gives its status: the log and the task table cannot drift apart unseen.
 * `created` leaves a task `delayed` when its details carry `run_at` or `waits_for`.
 */
export const taskEvents = {
  created: 'queued',
  queued: 'queued',
  scheduled: 'processing',
  leased: null,
  cancel_requested: null,
  retried: 'delayed',
  lost: 'delayed',
  released: 'queued',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<string, TaskStatus | null>;
export type TaskEventType = keyof typeof taskEvents;

/** Entries that concern no task; their `task_id` on the wire is `system`. */
export const systemEvents = [
  'server_started',
  'algorithm_switched',
  'pool_added',
  'pool_changed',
  'pool_removed',
  'type_added',
  'type_changed',
  'type_removed',
  'tenant_added',
  'tenant_changed',
  'tenant_removed',
  'node_joined',
  'node_left',
  'node_lost',
  'simulation_started',
  'simulation_ended',
  'planned',
  'inputs_noted',
  'replay_started',
  'replay_ended',
  'key_added',
  'key_removed',
  'wait_bound_passed',
  'operation_started',
  'operation_ended',
  'pool_cooled',
] as const;
export type SystemEventType = (typeof systemEvents)[number];

export type NodeEventType = Extract<SystemEventType, `node_${string}`>;

export type EventType = TaskEventType | SystemEventType;

/** One committed row of the log. `seq` has no gaps from the retention floor to the head. */
export interface LogEntry {
  readonly seq: number;
  readonly at: EpochMs;
  readonly type: EventType;
  readonly taskSeq: Seq | null;
  readonly taskId: TaskId | null;
  readonly details: JsonObject;
}

export function isTaskEvent(type: EventType): type is TaskEventType {
  return Object.hasOwn(taskEvents, type);
}

/** Status after `entry`, given the status before it (`undefined`: the task did not exist). */
export function foldStatus(before: TaskStatus | undefined, entry: Pick<LogEntry, 'type' | 'details'>): TaskStatus | undefined {
  if (!isTaskEvent(entry.type)) return before;
  if (entry.type === 'created') return 'run_at' in entry.details || 'waits_for' in entry.details ? 'delayed' : 'queued';
  return taskEvents[entry.type] ?? before;
}
