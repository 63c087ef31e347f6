import type { BundleSettings } from '../../core/domain/bundle.ts';
import { roundMoney } from '../../core/domain/cost.ts';
import type { JsonObject } from '../../core/domain/json.ts';
import type { TaskType } from '../../core/domain/task-type.ts';
import type { SimulationInput } from '../../core/domain/workload.ts';
import type { AlgorithmList, LivePool } from '../../core/engine/engine.ts';
import type { SwitchedEpoch } from '../../core/engine/reset-params.ts';
import type { Simulation, StrategyEpoch } from '../../core/ports/catalogue-store.ts';
import type { MaxWait } from '../../core/strategies/max-wait.ts';
import type { AlgorithmInForceBody, AlgorithmListBody, CurrentAlgorithmBody, MaxWaitBody } from '../schemas/algorithm.ts';
import type { PoolBody, WorkerBody } from '../schemas/pool.ts';
import type { SimulationBody } from '../schemas/simulation.ts';
import type { TaskTypeBody } from '../schemas/task-type.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';
import { rateView } from './tenant.ts';

export function workerView(live: LivePool): WorkerBody {
  return { id: String(live.pool.id), ...originalFields(live) };
}

function originalFields({ pool, load }: LivePool) {
  return {
    name: pool.name,
    region: pool.region,
    resource_type: pool.resourceType,
    cost_per_unit: roundMoney(pool.costPerUnit),
    capacity: pool.capacity,
    current_load: load,
  };
}

export function poolView(live: LivePool): PoolBody {
  const { pool, accepts } = live;
  return {
    id: pool.id,
    ...originalFields(live),
    executor: pool.executor,
    types: [...pool.types],
    accepts: accepts === undefined ? null : [...accepts],
    speed: pool.speed,
    carbon_grams_per_kwh: pool.carbonGramsPerKwh,
    state: pool.state,
    unavailable: live.unfit ?? null,
    type_limits: pool.typeLimits,
    labels: pool.labels,
    simulated:
      pool.simulated === null
        ? null
        : { latency_ms: [...pool.simulated.latencyMs], failure_ratio: pool.simulated.failureRatio, seed: pool.simulated.seed },
    cooling: pool.cooling === null ? null : { failures: pool.cooling.failures, for_ms: pool.cooling.forMs },
    cools_until: isoTimeOrNull(live.coolsUntil ?? null),
    version: pool.version,
  };
}

export function taskTypeView(type: TaskType): TaskTypeBody {
  return {
    name: type.name,
    description: type.description,
    requires: [...type.requires],
    limit_total: type.limitTotal,
    limit_per_tenant: type.limitPerTenant,
    limit_waiting: type.limitWaiting,
    rate: rateView(type.rate),
    between_tenants: type.betweenTenants,
    timeout_ms: type.timeoutMs,
    max_attempts: type.maxAttempts,
    resource_type: type.resourceType,
    bundle: type.bundle === null ? null : bundleView(type.bundle),
    origin: type.origin,
    version: type.version,
  };
}

export function bundleView({ network, memoryMb, processes, diskMb, keepHours }: BundleSettings) {
  return { network, memory_mb: memoryMb, processes, disk_mb: diskMb, keep_hours: keepHours };
}

export function algorithmsView({ algorithms, orders, places }: AlgorithmList, current: string): AlgorithmListBody {
  return {
    algorithms: algorithms.map(({ maxWait, ...one }) => ({ ...one, max_wait: maxWaitView(maxWait) })),
    orders: [...orders],
    places: [...places],
    current,
  };
}

export function epochView(epoch: StrategyEpoch): CurrentAlgorithmBody {
  return {
    algorithm: epoch.name,
    params: epoch.params,
    epoch: epoch.epoch,
    since: isoTime(epoch.since),
    by: epoch.by,
    reason: epoch.reason,
  };
}

/** The strategy that decides, and what it promises. */
export function inForceView(epoch: StrategyEpoch, maxWait: MaxWait): AlgorithmInForceBody {
  return { ...epochView(epoch), max_wait: maxWaitView(maxWait) };
}

/** What a switch took back to its default without naming it; nothing where it took nothing. */
export function resetView({ reset }: SwitchedEpoch): Pick<AlgorithmInForceBody, 'reset'> {
  return Object.keys(reset).length === 0 ? {} : { reset };
}

function maxWaitView({ by, summary, room, byPriority }: MaxWait): MaxWaitBody {
  return { by, summary, room, by_priority: byPriority?.map(({ priority, ms }) => ({ priority, ms })) ?? null };
}

export function simulationView(simulation: Simulation): SimulationBody {
  return {
    id: simulation.id,
    task_count: simulation.taskCount,
    tasks_created: simulation.tasksCreated,
    start_time: isoTime(simulation.startTime),
    status: simulation.status,
    end_time: isoTimeOrNull(simulation.endTime),
    input: simulationInputView(simulation.input as unknown as SimulationInput), // written by the engine from a SimulationInput
  };
}

function simulationInputView(input: SimulationInput): JsonObject {
  return {
    distribution: input.distribution,
    region_bias: input.regionBias,
    priority_range: input.priorityRange,
    cost_range: input.costRange,
    pattern: input.pattern,
    rate: input.rate,
    duration: input.durationMs / 1_000,
    seed: input.seed,
  };
}
