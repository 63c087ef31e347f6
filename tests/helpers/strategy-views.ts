import type { Facts, PlaceRule, PoolView, TaskView } from '../../src/core/strategies/strategy.ts';

/** What a strategy sees; what a test does not name does not matter to it. */
export function aTaskView(fields: Partial<TaskView> = {}): TaskView {
  return {
    seq: 1,
    tenant: 0,
    type: 0,
    priority: 5,
    cost: 1,
    slots: 1,
    parts: 1,
    since: 0,
    deadline: Number.POSITIVE_INFINITY,
    estimateMs: 1_000,
    backlogMs: 1_000,
    timeoutMs: 60_000,
    attempt: 0,
    region: 0,
    ...fields,
  };
}

export function aPoolView(fields: Partial<PoolView> = {}): PoolView {
  const capacity = fields.capacity ?? 1;
  return {
    id: 1,
    region: 0,
    resourceType: 'cpu',
    costPerUnit: 1,
    capacity,
    free: capacity,
    speed: 1,
    failureRatio: 0.05,
    carbonGramsPerKwh: 0,
    ...fields,
  };
}

/** Facts at a moment, without distances, transfer prices, forecasts and chance but those given. */
export function someFacts(fields: Partial<Facts> = {}, nowMs = 0): Facts {
  return {
    largestLatencyMs: 0,
    dearestPrice: 0,
    latencyMs: () => 0,
    waitedMs: (task) => Math.max(0, nowMs - task.since),
    slackMs: (task) => task.deadline - nowMs - task.estimateMs,
    runMs: (task, pool) => task.estimateMs / pool.speed,
    startDelayMs: (task, pool) => (pool.free >= task.slots / task.parts ? 0 : Number.POSITIVE_INFINITY),
    egressUsdPerGb: () => 0,
    dearestEgressUsdPerGb: 0,
    dirtiestGramsPerKwh: 0,
    promised: () => 0,
    carbonForecast: () => [],
    carbonStepMs: 3_600_000,
    random: () => 0,
    ...fields,
  };
}

/** What a rule's terms say of a pool together. */
export function scoreOf(rule: PlaceRule, task: TaskView, pool: PoolView, facts: Facts): number {
  return (rule.terms ?? []).reduce((total, term) => total + term.weight * term.value(task, pool, facts), 0);
}
