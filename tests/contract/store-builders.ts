import type { PoolSpec } from '../../src/core/domain/pool.ts';
import type { TaskSpec } from '../../src/core/domain/task.ts';
import type { TaskTypeSpec } from '../../src/core/domain/task-type.ts';
import type { TenantSpec } from '../../src/core/domain/tenant.ts';
import type { Seq, TaskId } from '../../src/core/domain/units.ts';
import type { Verdict } from '../../src/core/domain/verdict.ts';
import type { Simulation, StrategyEpoch } from '../../src/core/ports/catalogue-store.ts';
import type { Store } from '../../src/core/ports/store.ts';
import type { Claim, Settlement, Submission } from '../../src/core/ports/task-store.ts';

/** Wall time at which tests begin. */
export const noon = Date.UTC(2026, 2, 1, 12);

let ids = 0;

/** A uuid v7 in form, counting up. */
export function anId(): TaskId {
  return `01950000-0000-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;
}

export function aSpec(changes: Partial<TaskSpec> = {}): TaskSpec {
  return {
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
    estimateMs: null,
    deadline: null,
    maxCost: null,
    runAt: null,
    timeoutMs: 60_000,
    maxAttempts: 3,
    metadata: null,
    payload: null,
    ...changes,
  };
}

export function aSubmission(spec: Partial<TaskSpec> = {}, changes: Partial<Submission> = {}): Submission {
  return {
    id: anId(),
    spec: aSpec(spec),
    at: noon,
    initiatedBy: 'server-1',
    retryOf: null,
    dependsOn: null,
    idempotency: null,
    simulation: null,
    ...changes,
  };
}

export function aClaim(seq: Seq, changes: Partial<Claim> = {}): Claim {
  const attempt = changes.attempt ?? 1;
  const why = {
    ...{
      by: 'price',
      unit: 'per unit of work',
      wins: 'lower',
      total: 0.5,
      terms: [['load', 'share', 1, 0.5, null]],
      runner_up: ['other', 0.6],
    },
    ...{ ranked: 0, partial: false, ring: 'home', spilled: false, considered: 2, full: 1, out: { region: 3 } },
  };
  const details = { worker_pool: 'local', algorithm: 'fifo', region: 'us-east', cost_per_unit: 0.5, attempt, epoch: 1, why };
  return { seq, attempt, at: noon + 10, pool: 'local', handledBy: 'server-1', algorithm: 'fifo', details, ...changes };
}

export function aSettlement(seq: Seq, verdict: Verdict, changes: Partial<Settlement> = {}): Settlement {
  return { seq, attempt: 1, at: noon + 50, durationMs: 40, cost: 0.5, verdict, ...changes };
}

export const succeed: Verdict = { verb: 'succeed', result: { answer: 42 } };
export const fail: Verdict = { verb: 'fail', error: { code: 'handler_failed', message: 'no' }, outcome: 'failed' };

export function aPool(changes: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name: 'local',
    region: 'us-east',
    resourceType: 'cpu',
    costPerUnit: 0.5,
    capacity: 10,
    executor: 'function',
    types: ['*'],
    speed: 1,
    carbonGramsPerKwh: null,
    cooling: null,
    state: 'active',
    typeLimits: { wait: 2 },
    labels: { zone: 'a', gpu_memory_gb: 24 },
    simulated: null,
    ...changes,
  };
}

export function aType(changes: Partial<TaskTypeSpec> = {}): TaskTypeSpec {
  return {
    name: 'hash',
    description: 'SHA-256 of the payload',
    requires: ['cost'],
    limitTotal: null,
    limitPerTenant: 4,
    limitWaiting: 100,
    rate: { perSecond: 10, burst: 3 },
    betweenTenants: 'round_robin',
    bundle: { network: true, memoryMb: 64, processes: 8, diskMb: 10, keepHours: 2 },
    timeoutMs: 60_000,
    maxAttempts: 3,
    resourceType: null,
    origin: 'api',
    ...changes,
  };
}

export function aTenant(changes: Partial<TenantSpec> = {}): TenantSpec {
  return {
    name: 'acme',
    maxRunning: 8,
    guaranteed: 2,
    borrow: 4,
    weight: 1,
    maxWaiting: 50,
    rate: { perSecond: 10, burst: 3 },
    spend: { limit: 12.5, window: 'day' },
    typeLimits: { hash: 2 },
    ...changes,
  };
}

export function anEpoch(changes: Partial<StrategyEpoch> = {}): Omit<StrategyEpoch, 'epoch'> {
  const usual = { epoch: 0, name: 'fifo', params: { ageing: 2 }, seed: 7, since: noon, by: 'operator', reason: null };
  const { epoch: _epoch, ...epoch } = { ...usual, ...changes };
  return epoch;
}

export function aSimulation(changes: Partial<Simulation> = {}): Simulation {
  return {
    id: 'sim-1',
    input: { task_count: 3 },
    tasksCreated: 0,
    taskCount: 3,
    startTime: noon,
    endTime: null,
    status: 'running',
    ...changes,
  };
}

/** Submits tasks and returns their seqs. */
export async function submitted(store: Store, ...specs: Partial<TaskSpec>[]): Promise<Seq[]> {
  const receipts = await store.submitTasks(specs.map((spec) => aSubmission(spec)));
  return receipts.map((receipt) => {
    if (receipt.kind !== 'accepted') throw new Error(`not accepted: ${receipt.kind}`);
    return receipt.task.seq;
  });
}

/** Submits a task and claims it. */
export async function running(store: Store, spec: Partial<TaskSpec> = {}): Promise<Seq> {
  const [seq] = await submitted(store, spec);
  await store.claimTasks([aClaim(seq!)]);
  return seq!;
}
