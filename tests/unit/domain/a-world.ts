import type { Attempt } from '../../../src/core/domain/attempt.ts';
import type { EventType, LogEntry } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import type { Pool } from '../../../src/core/domain/pool.ts';
import type { Task } from '../../../src/core/domain/task.ts';
import { type TaskType, unlimitedType } from '../../../src/core/domain/task-type.ts';
import type { EngineSnapshot, History, World, WorldRows } from '../../../src/core/domain/world.ts';

export const idOf = (seq: number): string => `task-${seq}`;

export function aTask(overrides: Partial<Task> = {}): Task {
  const seq = overrides.seq ?? 1;
  return {
    seq,
    id: idOf(seq),
    tenant: 'default',
    type: 'hash',
    priority: 5,
    cost: 1,
    region: null,
    regions: null,
    regionMode: 'prefer',
    resourceType: null,
    constraints: null,
    slots: 1,
    parts: 1,
    placement: null,
    estimateMs: null,
    deadline: null,
    maxCost: null,
    runAt: null,
    timeoutMs: 60_000,
    maxAttempts: 3,
    metadata: null,
    payload: null,
    status: 'queued',
    attempt: 0,
    attemptsUsed: 0,
    enqueuedAt: 0,
    readyAt: 0,
    dueAt: null,
    startedAt: null,
    completedAt: null,
    pool: null,
    nodeId: null,
    partNodes: null,
    initiatedBy: 'server',
    handledBy: null,
    algorithmUsed: null,
    actualCost: null,
    result: null,
    error: null,
    cancelRequestedAt: null,
    retryOf: null,
    dependsOn: null,
    version: 1,
    ...overrides,
  };
}

export function anAttempt(overrides: Partial<Attempt> = {}): Attempt {
  return { taskSeq: 1, attempt: 1, pool: 'p', nodeId: null, serverEpoch: 1, startedAt: 0, endedAt: null, outcome: null, ...overrides };
}

export const aPool: Pool = {
  id: 1,
  name: 'p',
  region: 'us-east',
  resourceType: 'cpu',
  costPerUnit: 1,
  capacity: 2,
  executor: 'simulated',
  types: ['*'],
  speed: 1,
  carbonGramsPerKwh: null,
  cooling: null,
  state: 'active',
  typeLimits: {},
  labels: {},
  simulated: null,
  version: 1,
};

export const aType: TaskType = {
  name: 'hash',
  description: '',
  requires: [],
  ...unlimitedType,
  timeoutMs: 60_000,
  maxAttempts: 3,
  resourceType: null,
  origin: 'api',
  version: 1,
};

/** One row a line: what happened, to which task (0: none), with which details. They get seqs from 1, or `floor`. */
export function aLog(
  lines: readonly (readonly [type: EventType, task: number, details?: JsonObject, at?: number])[],
  floor = 1,
): LogEntry[] {
  return lines.map(([type, task, details = {}, at = 0], i) => ({
    seq: floor + i,
    at,
    type,
    taskSeq: task === 0 ? null : task,
    taskId: task === 0 ? null : idOf(task),
    details,
  }));
}

export const opened: JsonObject = { worker_pool: 'p', algorithm: 'fifo', attempt: 1, epoch: 1 };

/** A sound world: task 1 completed on pool `p`, task 2 runs there, task 3 waits, task 4 backs off. */
export function aWorld(
  changes: { rows?: Partial<WorldRows>; memory?: Partial<EngineSnapshot>; history?: Partial<History>; atRest?: boolean } = {},
): World & { readonly memory: EngineSnapshot; readonly history: History } {
  const entries = aLog([
    ['server_started', 0],
    ['type_added', 0, { type: 'hash', limit_total: 2, limit_per_tenant: 2 }],
    ['pool_added', 0, { worker_pool: 'p', capacity: 2, state: 'active', type_limits: {} }],
    ['algorithm_switched', 0, { algorithm: 'fifo', epoch: 1 }],
    ['created', 1],
    ['created', 2],
    ['scheduled', 1, opened],
    ['scheduled', 2, opened],
    ['completed', 1, { attempt: 1 }, 10],
    ['created', 3],
    ['created', 4],
    ['scheduled', 4, opened],
    ['retried', 4, { attempt: 1, due_at: new Date(1_000).toISOString() }],
  ]);
  const running = { status: 'processing', attempt: 1, attemptsUsed: 1, pool: 'p' } as const;
  return {
    rows: {
      serverEpoch: 1,
      tasks: [
        aTask({ ...running, seq: 1, status: 'completed', version: 9, completedAt: 10 }),
        aTask({ ...running, seq: 2, version: 8 }),
        aTask({ seq: 3, version: 10 }),
        aTask({ ...running, seq: 4, status: 'delayed', version: 13, dueAt: 1_000 }),
      ],
      attempts: [
        anAttempt({ endedAt: 10, outcome: 'succeeded' }),
        anAttempt({ taskSeq: 2 }),
        anAttempt({ taskSeq: 4, endedAt: 0, outcome: 'failed' }),
      ],
      pools: [aPool],
      types: [aType],
      tenants: [],
      log: { entries, floor: 1, head: entries.length, chainHolds: true },
      byStatus: { delayed: 1, queued: 1, processing: 1, completed: 1, failed: 0, cancelled: 0 },
      ...changes.rows,
    },
    memory: {
      ready: true,
      order: [3],
      rebuilt: [3],
      pools: [{ name: 'p', capacity: 2, load: 1 }],
      running: [2],
      deciding: 0,
      submitting: 0,
      due: 0,
      kept: new Set(),
      waiting: { tenant: new Map([['default', 2]]), type: new Map([['hash', 2]]) },
      idle: false,
      ...changes.memory,
    },
    history: {
      exchanges: [1, 2, 3, 4].map((seq) => ({
        kind: 'submit',
        tenant: 'default',
        idempotency: { key: `key-${seq}`, fingerprint: 'a' },
        at: 0,
        answer: { id: idOf(seq) },
      })),
      reports: [
        { seq: 1, attempt: 1, answer: 'settled' },
        { seq: 4, attempt: 1, answer: 'unknown' },
        { seq: 4, attempt: 1, answer: 'stale' },
      ],
      streams: [{ after: 0, seqs: [1, 2, 3] }],
      restarts: [{ startedMs: 5, readyMs: 1_000 }],
      retention: { maxAgeMs: 1_000, maxTasks: 100 },
      latestNow: 500,
      ...changes.history,
    },
    now: 500,
    atRest: changes.atRest ?? false,
  };
}

/** The same world with rows appended to its log, and its head moved. */
export function withRows(world: World, lines: Parameters<typeof aLog>[0]): World {
  const log = world.rows.log;
  if (log === undefined) throw new Error('this world has no log');
  const entries = [...log.entries, ...aLog(lines, log.head + 1)];
  return { ...world, rows: { ...world.rows, log: { ...log, entries, head: entries.length } } };
}
