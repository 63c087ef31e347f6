import type { ApiKey } from '../core/domain/api-key.ts';
import type { JsonObject } from '../core/domain/json.ts';
import type { Operation } from '../core/domain/operation.ts';
import type { Pool } from '../core/domain/pool.ts';
import type { Rate } from '../core/domain/quota.ts';
import type { Task, TaskError } from '../core/domain/task.ts';
import type { TaskType } from '../core/domain/task-type.ts';
import type { Tenant } from '../core/domain/tenant.ts';
import type { EpochMs } from '../core/domain/units.ts';
import type { RecordedPlan, Simulation, StrategyEpoch } from '../core/ports/catalogue-store.ts';
import type { Settlement, Submission } from '../core/ports/task-store.ts';
import type { SettleEffect } from './settle-rule.ts';

/** The `details` of each log entry: keys are the wire's words, times are ISO 8601. The same in every store. */

/** `run_at` or `waits_for` is there exactly when the task begins `delayed`: folding the log needs it. */
export function createdDetails(submission: Submission, { status, dueAt, dependsOn }: Task): JsonObject {
  const { spec, simulation, retryOf } = submission;
  if (status === 'queued' && simulation === null && retryOf === null && dependsOn === null)
    return { priority: spec.priority, region: spec.region };
  return {
    priority: spec.priority,
    region: spec.region,
    ...(dueAt === null ? {} : { run_at: iso(dueAt) }),
    ...(dependsOn === null
      ? {}
      : { [submission.dependsOn?.waits === true ? 'waits_for' : 'depends_on']: dependsOn.parents.map(({ id }) => id) }),
    ...(simulation === null ? {} : { simulation }),
    ...(retryOf === null ? {} : { retry_of: retryOf }),
  };
}

export function settledDetails(settlement: Settlement, effect: SettleEffect, actualCost: number): JsonObject {
  const { attempt, durationMs } = settlement;
  switch (effect.event) {
    case 'completed':
    case 'cancelled':
      return { attempt, duration_ms: durationMs, actual_cost: actualCost };
    case 'failed':
      return { attempt, duration_ms: durationMs, actual_cost: actualCost, ...errorDetails(effect.error) };
    case 'retried':
    case 'lost':
      return { attempt, duration_ms: durationMs, ...errorDetails(effect.error), due_at: effect.dueAt === null ? null : iso(effect.dueAt) };
    default:
      return { attempt, duration_ms: durationMs };
  }
}

export function errorDetails(error: TaskError | null): JsonObject {
  return error === null ? {} : { code: error.code, message: error.message };
}

/** Nothing of the secret, not even its digest. */
export function keyDetails({ prefix, name, role, tenant, pool, expiresAt, createdBy }: ApiKey): JsonObject {
  return { key: prefix, name, role, tenant, worker_pool: pool, expires_at: expiresAt === null ? null : iso(expiresAt), by: createdBy };
}

export function poolDetails(pool: Pool, by: string): JsonObject {
  return {
    worker_pool: pool.name,
    by,
    version: pool.version,
    region: pool.region,
    resource_type: pool.resourceType,
    cost_per_unit: pool.costPerUnit,
    capacity: pool.capacity,
    executor: pool.executor,
    types: pool.types,
    speed: pool.speed,
    state: pool.state,
    type_limits: pool.typeLimits,
    labels: pool.labels,
    carbon_grams_per_kwh: pool.carbonGramsPerKwh,
    cooling: pool.cooling === null ? null : { failures: pool.cooling.failures, for_ms: pool.cooling.forMs },
    simulated:
      pool.simulated === null
        ? null
        : { latency_ms: pool.simulated.latencyMs, failure_ratio: pool.simulated.failureRatio, seed: pool.simulated.seed },
  };
}

export function typeDetails(type: TaskType, by: string): JsonObject {
  return {
    type: type.name,
    by,
    version: type.version,
    description: type.description,
    requires: type.requires,
    limit_total: type.limitTotal,
    limit_per_tenant: type.limitPerTenant,
    limit_waiting: type.limitWaiting,
    rate: rateDetails(type.rate),
    between_tenants: type.betweenTenants,
    timeout_ms: type.timeoutMs,
    max_attempts: type.maxAttempts,
    resource_type: type.resourceType,
    origin: type.origin,
  };
}

export function tenantDetails(tenant: Tenant, by: string): JsonObject {
  return {
    tenant: tenant.name,
    by,
    version: tenant.version,
    max_running: tenant.maxRunning,
    guaranteed: tenant.guaranteed,
    borrow: tenant.borrow,
    weight: tenant.weight,
    max_waiting: tenant.maxWaiting,
    rate: rateDetails(tenant.rate),
    spend: tenant.spend === null ? null : { limit: tenant.spend.limit, window: tenant.spend.window },
    type_limits: tenant.typeLimits,
  };
}

function rateDetails(rate: Rate | null): JsonObject | null {
  return rate === null ? null : { per_second: rate.perSecond, burst: rate.burst };
}

export function epochDetails(epoch: StrategyEpoch, previous: string | null, beside: JsonObject = {}): JsonObject {
  const details = { algorithm: epoch.name, previous, epoch: epoch.epoch, params: epoch.params, seed: epoch.seed, by: epoch.by };
  return { ...details, ...(epoch.reason === null ? {} : { reason: epoch.reason }), ...beside };
}

/** Tokens are [task, pool, tasks]: a plan has many. */
export function planDetails({ epoch, optimal, tokens }: RecordedPlan): JsonObject {
  return { epoch, optimal, tokens: tokens.map(({ like, pool, tasks }) => [like, pool, tasks]) };
}

export function operationDetails(operation: Operation): JsonObject {
  const { id, action, filter, tenant, by, status, matched, done, skipped, refused } = operation;
  return { operation: id, action, filter, tenant, by, status, matched, done, skipped, refused };
}

export function simulationDetails(simulation: Simulation): JsonObject {
  return {
    simulation: simulation.id,
    status: simulation.status,
    task_count: simulation.taskCount,
    tasks_created: simulation.tasksCreated,
  };
}

function iso(at: EpochMs): string {
  return new Date(at).toISOString();
}
