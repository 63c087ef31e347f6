import type { Json, JsonObject } from '../../core/domain/json.ts';
import type { Task } from '../../core/domain/task.ts';
import { statusName } from './codes.ts';
import type { Symbols } from './symbols.ts';
import { uuidText } from './uuid-bytes.ts';

/** A task as it lies in the file, in the order of `taskColumns`. Read as an array: objects by column name cost twice as much. */
export type TaskRow = readonly [
  seq: number,
  id: Buffer,
  status: number,
  tenant: number,
  type: number,
  priority: number,
  cost: number,
  region: number | null,
  regionMode: number | null,
  resourceType: number | null,
  slots: number,
  estimateMs: number | null,
  deadline: number | null,
  maxCost: number | null,
  runAt: number | null,
  timeoutMs: number,
  maxAttempts: number,
  metadata: string | null,
  payload: string | null,
  initiatedBy: number,
  retryOf: Buffer | null,
  enqueuedAt: number,
  readyAt: number | null,
  dueAt: number | null,
  version: number,
  attempt: number,
  attemptsUsed: number,
  startedAt: number | null,
  completedAt: number | null,
  pool: number | null,
  nodeId: number | null,
  handledBy: number | null,
  algorithmUsed: number | null,
  actualCost: number | null,
  result: string | null,
  errorCode: string | null,
  errorMessage: string | null,
  cancelRequestedAt: number | null,
];

export const taskColumns = [
  'seq',
  'id',
  'status',
  'tenant',
  'type',
  'priority',
  'cost',
  'region',
  'region_mode',
  'resource_type',
  'slots',
  'estimate_ms',
  'deadline',
  'max_cost',
  'run_at',
  'timeout_ms',
  'max_attempts',
  'metadata',
  'payload',
  'initiated_by',
  'retry_of',
  'enqueued_at',
  'ready_at',
  'due_at',
  'version',
  'attempt',
  'attempts_used',
  'started_at',
  'completed_at',
  'pool',
  'node_id',
  'handled_by',
  'algorithm_used',
  'actual_cost',
  'result',
  'error_code',
  'error_message',
  'cancel_requested_at',
] as const;

/** How many of `taskColumns` a submit writes; the rest keep their defaults. */
export const submittedColumns = taskColumns.indexOf('attempt');

export function decodeTask(row: TaskRow, symbols: Symbols): Task {
  const [seq, id, status, tenant, type, priority, cost, region, regionMode, resourceType, slots, estimateMs, deadline, maxCost] = row;
  return {
    seq,
    id: uuidText(id),
    tenant: symbols.nameOf(tenant),
    type: symbols.nameOf(type),
    status: statusName(status),
    priority,
    cost,
    region: symbols.optionalNameOf(region),
    regionMode: decodeRegionMode(regionMode),
    resourceType: decodeResourceType(resourceType),
    slots,
    estimateMs,
    deadline,
    maxCost,
    runAt: row[14],
    timeoutMs: row[15],
    maxAttempts: row[16],
    metadata: decodeJson(row[17]) as JsonObject | null,
    payload: decodeJson(row[18]),
    attempt: row[25],
    attemptsUsed: row[26],
    enqueuedAt: row[21],
    readyAt: row[22] ?? row[21],
    dueAt: row[23],
    startedAt: row[27],
    completedAt: row[28],
    pool: symbols.optionalNameOf(row[29]),
    nodeId: symbols.optionalNameOf(row[30]),
    initiatedBy: symbols.nameOf(row[19]),
    handledBy: symbols.optionalNameOf(row[31]),
    algorithmUsed: symbols.optionalNameOf(row[32]),
    actualCost: row[33],
    result: decodeJson(row[34]),
    error: row[35] === null ? null : { code: row[35], message: row[36] ?? '' },
    cancelRequestedAt: row[37],
    retryOf: row[20] === null ? null : uuidText(row[20]),
    version: row[24],
  };
}

export function encodeJson(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function decodeJson(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json);
}

export const encodeRegionMode = (mode: Task['regionMode']): number | null => (mode === 'prefer' ? null : 1);
export const decodeRegionMode = (code: number | null): Task['regionMode'] => (code === null ? 'prefer' : 'require');

export const encodeResourceType = (type: Task['resourceType']): number | null => (type === null ? null : type === 'cpu' ? 0 : 1);
export const decodeResourceType = (code: number | null): Task['resourceType'] => (code === null ? null : code === 0 ? 'cpu' : 'gpu');
