import { getEventListeners } from 'node:events';
import type { EndedParent } from '../../src/core/domain/dependency.ts';
import type { Pool } from '../../src/core/domain/pool.ts';
import type { Task } from '../../src/core/domain/task.ts';
import type { AttemptHandle, Part } from '../../src/core/ports/executor.ts';

const task: Task = {
  seq: 1,
  id: '01900000-0000-7000-8000-000000000001',
  tenant: 'default',
  type: 'hash',
  priority: 5,
  cost: 1,
  region: 'us-east',
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
  status: 'processing',
  attempt: 1,
  attemptsUsed: 1,
  enqueuedAt: 0,
  readyAt: 0,
  dueAt: null,
  startedAt: 0,
  completedAt: null,
  pool: 'pool',
  nodeId: null,
  partNodes: null,
  initiatedBy: 'server',
  handledBy: 'server',
  algorithmUsed: 'fifo',
  actualCost: null,
  result: null,
  error: null,
  cancelRequestedAt: null,
  retryOf: null,
  dependsOn: null,
  version: 1,
};

const pool: Pool = {
  id: 1,
  name: 'pool',
  region: 'us-east',
  resourceType: 'cpu',
  costPerUnit: 1,
  capacity: 4,
  executor: 'function',
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

export interface TestAttempt extends AttemptHandle {
  abort(): void;
  /** What was said of how far it is. */
  readonly said: [ratio: number, note: string | null][];
  /** Listeners that whoever ran it has left on its signal. */
  listeners(): number;
}

/** An attempt as the engine hands it over, with a hand on its signal. */
export function anAttempt(
  overrides: { task?: Partial<Task>; pool?: Partial<Pool>; attempt?: number; parents?: readonly EndedParent[]; part?: Part } = {},
): TestAttempt {
  const attempt = overrides.attempt ?? 1;
  const controller = new AbortController();
  const said: TestAttempt['said'] = [];
  return {
    task: { ...task, attempt, ...overrides.task },
    attempt,
    pool: { ...pool, ...overrides.pool },
    part: overrides.part,
    parents: overrides.parents ?? [],
    signal: controller.signal,
    onStop(listener) {
      if (controller.signal.aborted) listener();
      else controller.signal.addEventListener('abort', listener, { once: true });
      return () => controller.signal.removeEventListener('abort', listener);
    },
    onSettled() {},
    said,
    progressed: (ratio, note) => said.push([ratio, note]),
    abort: () => controller.abort(),
    listeners: () => getEventListeners(controller.signal, 'abort').length,
  };
}

/** One turn of the event loop: messages, timers and promises that are ready have their say. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Turns until `condition` holds; the test's own time limit ends it when it never does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
