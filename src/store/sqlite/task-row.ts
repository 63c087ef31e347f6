import type { Json, JsonObject } from '../../core/domain/json.ts';
import type { Task, TaskError, TaskSpec } from '../../core/domain/task.ts';
import { statusName } from './codes.ts';
import type { Symbols } from './symbols.ts';
import { uuidText } from './uuid-bytes.ts';

/** A task as it lies in the file, in the order of `taskColumns`. Read as an array: objects by column name cost twice as much. */
export type TaskRow = readonly [...QueuedRow, ...StateRow];

/** What a claim must read of a queued task; the rest it knows. */
export type QueuedRow = readonly [
  id: Buffer,
  tenant: number,
  type: number,
  priority: number,
  cost: number,
  region: number | null,
  slots: number,
  timeoutMs: number,
  maxAttempts: number,
  rare: string | null,
  metadata: string | null,
  payload: string | null,
  initiatedBy: number,
  enqueuedAt: number,
  readyAt: number | null,
  version: number,
  attemptsUsed: number,
  actualCost: number | null,
  error: string | null,
];

type StateRow = readonly [
  seq: number,
  status: number,
  attempt: number,
  dueAt: number | null,
  startedAt: number | null,
  completedAt: number | null,
  pool: number | null,
  handledBy: number | null,
  algorithmUsed: number | null,
  result: string | null,
  cancelRequestedAt: number | null,
  node: number | null,
  placement: string | null,
  partNodes: string | null,
];

export const queuedColumns = `id, tenant, type, priority, cost, region, slots, timeout_ms, max_attempts, rare, metadata, payload,
  initiated_by, enqueued_at, ready_at, version, attempts_used, actual_cost, error`;
const stateColumns = `seq, status, attempt, due_at, started_at, completed_at, pool, handled_by, algorithm_used, result, cancel_requested_at,
  node, placement, part_nodes`;
export const taskColumns = `${queuedColumns}, ${stateColumns}`;

/** Where `seq` is in a TaskRow. */
export const seqIndex = 19;

export function decodeTask(row: TaskRow, symbols: Symbols): Task {
  const state = row.slice(seqIndex) as unknown as StateRow; // the columns after those of QueuedRow
  const [seq, status, attempt, dueAt, startedAt, completedAt, pool, handledBy, algorithmUsed, result, cancelRequestedAt] = state;
  const [node, placement, partNodes] = state.slice(11) as [number | null, string | null, string | null]; // those behind the others
  return taskOf(row as unknown as QueuedRow, symbols, {
    seq,
    status: statusName(status),
    attempt,
    attemptsUsed: row[16],
    dueAt,
    startedAt,
    completedAt,
    pool: symbols.optionalNameOf(pool),
    placement: decodePlacement(placement, symbols),
    nodeId: symbols.optionalNameOf(node),
    partNodes: decodePartNodes(partNodes, symbols),
    handledBy: symbols.optionalNameOf(handledBy),
    algorithmUsed: symbols.optionalNameOf(algorithmUsed),
    result: decodeJson(result),
    cancelRequestedAt,
    version: row[15],
  });
}

/** What changes in the life of a task. */
export type TaskState = Pick<
  Task,
  | 'seq'
  | 'status'
  | 'attempt'
  | 'attemptsUsed'
  | 'dueAt'
  | 'startedAt'
  | 'completedAt'
  | 'pool'
  | 'placement'
  | 'nodeId'
  | 'partNodes'
  | 'handledBy'
  | 'algorithmUsed'
  | 'result'
  | 'cancelRequestedAt'
  | 'version'
>;

/** Written out field by field: every task has the same object shape, and no spread is paid for on the hot path. */
export function taskOf(row: QueuedRow, symbols: Symbols, state: TaskState): Task {
  const rare = decodeRare(row[9]);
  return {
    seq: state.seq,
    id: uuidText(row[0]),
    tenant: symbols.nameOf(row[1]),
    type: symbols.nameOf(row[2]),
    status: state.status,
    priority: row[3],
    cost: row[4],
    region: symbols.optionalNameOf(row[5]),
    regions: rare.regions ?? null,
    regionMode: rare.regionMode ?? 'prefer',
    resourceType: rare.resourceType ?? null,
    constraints: rare.constraints ?? null,
    slots: row[6],
    parts: rare.parts ?? 1,
    estimateMs: rare.estimateMs ?? null,
    deadline: rare.deadline ?? null,
    maxCost: rare.maxCost ?? null,
    runAt: rare.runAt ?? null,
    timeoutMs: row[7],
    maxAttempts: row[8],
    metadata: decodeJson(row[10]) as JsonObject | null,
    payload: decodeJson(row[11]),
    attempt: state.attempt,
    attemptsUsed: state.attemptsUsed,
    enqueuedAt: row[13],
    readyAt: row[14] ?? row[13],
    dueAt: state.dueAt,
    startedAt: state.startedAt,
    completedAt: state.completedAt,
    pool: state.pool,
    placement: state.placement,
    nodeId: state.nodeId,
    partNodes: state.partNodes,
    initiatedBy: symbols.nameOf(row[12]),
    handledBy: state.handledBy,
    algorithmUsed: state.algorithmUsed,
    actualCost: row[17],
    result: state.result,
    error: decodeJson(row[18]) as unknown as TaskError | null,
    cancelRequestedAt: state.cancelRequestedAt,
    retryOf: rare.retryOf ?? null,
    dependsOn: rare.dependsOn ?? null,
    version: state.version,
  };
}

/** Fields that few tasks have: together in one column, by name, and only those that are not the usual. */
export type Rare = Partial<
  Pick<TaskSpec, 'regions' | 'regionMode' | 'resourceType' | 'constraints' | 'estimateMs' | 'deadline' | 'maxCost' | 'runAt' | 'parts'> &
    Pick<Task, 'retryOf' | 'dependsOn'>
>;

const nothingRare: Rare = {};

export function decodeRare(text: string | null): Rare {
  return text === null ? nothingRare : (JSON.parse(text) as Rare);
}

export function encodeRare(task: Task): string | null {
  const { regions, regionMode, resourceType, constraints, parts, estimateMs, deadline, maxCost, runAt, retryOf, dependsOn } = task;
  const isUsual =
    regions === null &&
    regionMode === 'prefer' &&
    resourceType === null &&
    constraints === null &&
    parts === 1 &&
    estimateMs === null &&
    deadline === null &&
    maxCost === null &&
    runAt === null &&
    retryOf === null &&
    dependsOn === null;
  if (isUsual) return null;
  const where = {
    regions,
    ...(regionMode === 'prefer' ? {} : { regionMode }),
    resourceType,
    constraints,
    ...(parts === 1 ? {} : { parts }),
  };
  const rare = { ...where, estimateMs, deadline, maxCost, runAt, retryOf, dependsOn };
  return JSON.stringify(Object.fromEntries(Object.entries(rare).filter(([, value]) => value !== null)));
}

/** Pools by part, as numbers of their names. */
export function encodePlacement(parts: readonly string[], symbols: Symbols): string {
  return JSON.stringify(parts.map((pool) => symbols.codeOf(pool)));
}

export function decodePlacement(text: string | null, symbols: Symbols): readonly string[] | null {
  return text === null ? null : (JSON.parse(text) as number[]).map((code) => symbols.nameOf(code));
}

/** Nodes by part, likewise. */
export function encodePartNodes(nodes: readonly (string | null)[], symbols: Symbols): string {
  return JSON.stringify(nodes.map((node) => symbols.optionalCodeOf(node)));
}

function decodePartNodes(text: string | null, symbols: Symbols): readonly (string | null)[] | null {
  return text === null ? null : (JSON.parse(text) as (number | null)[]).map((code) => symbols.optionalNameOf(code));
}

export function encodeJson(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}

export function decodeJson(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json);
}
