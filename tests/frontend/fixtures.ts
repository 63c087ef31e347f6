/** Wire shapes as the server makes them, with what a test does not name filled in. */

import type { AlgorithmWire, EpochWire, MaxWaitWire } from '../../frontend/js/model/algorithm-wire.js';
import type { NodeWire, PoolWire } from '../../frontend/js/model/pool-wire.js';
import type * as Replays from '../../frontend/js/model/replay-wire.js';
import type { FullTaskWire, HoldWire, TaskWire } from '../../frontend/js/model/task-wire.js';
import type { LogWire, Sample, SimulationWire, StatsWire } from '../../frontend/js/model/wire.js';

export const now = '2026-11-21T22:38:06.120Z';

const ids = (seq: number) => `0199a1b2-c3d4-7e5f-8a9b-${seq.toString(16).padStart(12, '0')}`;
const before = (ms: number) => new Date(Date.parse(now) - ms).toISOString();

export function aTask(given: Partial<TaskWire> & { seq?: number } = {}): TaskWire {
  const seq = given.seq ?? 1;
  return {
    id: ids(seq),
    seq,
    type: 'order',
    priority: 5,
    cost: 1,
    region: 'us-east',
    status: 'queued',
    enqueued_at: before(42_000),
    started_at: null,
    completed_at: null,
    worker_id: null,
    algorithm_used: null,
    task_metadata: null,
    tenant: 'default',
    regions: null,
    region_mode: 'prefer',
    resource_type: null,
    constraints: null,
    slots: 1,
    parts: 1,
    placements: null,
    placement_nodes: null,
    progress: null,
    estimate_ms: null,
    deadline: null,
    max_cost: null,
    run_at: null,
    due_at: null,
    timeout_ms: 60_000,
    max_attempts: 3,
    attempt: 0,
    error: null,
    actual_cost: null,
    retry_of: null,
    depends_on: [],
    on_parent_failure: null,
    cancel_requested_at: null,
    initiated_by: 'node-1',
    handled_by: null,
    reason: null,
    ...given,
  };
}

export function aFullTask(given: Partial<FullTaskWire> = {}): FullTaskWire {
  return { ...aTask(given), payload: 'hello', result: null, ...given };
}

export function aPool(given: Partial<PoolWire> = {}): PoolWire {
  return {
    id: 1,
    name: 'us-east-cpu-pool',
    region: 'us-east',
    resource_type: 'cpu',
    cost_per_unit: 0.5,
    capacity: 10,
    current_load: 3,
    executor: 'simulated',
    types: ['*'],
    accepts: ['order', 'simulation', 'query'],
    speed: 1,
    labels: {},
    carbon_grams_per_kwh: null,
    cooling: null,
    cools_until: null,
    state: 'active',
    version: 1,
    ...given,
  };
}

export function aNode(given: Partial<NodeWire> = {}): NodeWire {
  return {
    ...{ id: 'a', state: 'live', slots: 4, slots_used: 2, types: ['hash', 'sum'], agent: 'trx/1.0.0' },
    ...{ seen_at: '2026-01-05T08:59:57.000Z', results: 1_204, last_error: null },
    ...given,
  };
}

/** The eight pools of the demo catalogue at different loads, and a local one. */
export function demoPools(): readonly PoolWire[] {
  const seeds = [
    ['us-east', 0.5, 10, 10, 2.0, 5, 5],
    ['us-west', 0.6, 8, 6, 2.2, 4, 1],
    ['eu-west', 0.55, 10, 7, 2.1, 5, 2],
    ['ap-east', 0.65, 6, 2, 2.3, 3, 0],
  ] as const;
  const pools = seeds.flatMap(([region, cpuPrice, cpuSlots, cpuLoad, gpuPrice, gpuSlots, gpuLoad], index) => [
    aPool({ id: index * 2 + 1, name: `${region}-cpu-pool`, region, cost_per_unit: cpuPrice, capacity: cpuSlots, current_load: cpuLoad }),
    aPool({
      id: index * 2 + 2,
      name: `${region}-gpu-pool`,
      region,
      resource_type: 'gpu',
      cost_per_unit: gpuPrice,
      capacity: gpuSlots,
      current_load: gpuLoad,
    }),
  ]);
  return [
    ...pools,
    aPool({
      id: 9,
      name: 'local',
      region: 'us-east',
      capacity: 4,
      current_load: 0,
      cost_per_unit: 0,
      executor: 'function',
      accepts: ['hash', 'reverse'],
    }),
  ];
}

export function someStats(given: Partial<StatsWire> = {}): StatsWire {
  return {
    tasks_processed: 12_345,
    tasks_pending: 214,
    tasks_completed: 11_731,
    tasks_failed: 614,
    average_latency: 1.046,
    throughput: 38.25,
    queue_size: 197,
    tasks_by_status: { delayed: 17, queued: 197, processing: 33, completed: 11_731, failed: 614, cancelled: 21 },
    tasks_cancelled: 21,
    cost_total: 8_412.35,
    waiting_by_reason: { no_capacity: 190, backing_off: 17 },
    tasks_past_max_wait: 3,
    oldest_ready_at: before(754_000),
    slots_total: 55,
    slots_used: 33,
    seq: 81_233,
    at: now,
    ...given,
  };
}

/** A rise and a plateau over two minutes, one reading each two seconds. */
export function someHistory(): readonly Sample[] {
  let finished = 10_000;
  return Array.from({ length: 60 }, (_, index) => {
    const rise = Math.min(1, index / 30);
    finished += Math.round(76 * rise + 6 * Math.sin(index / 2));
    return {
      at: Date.parse(now) - (59 - index) * 2_000,
      finished,
      waiting: Math.round(214 * rise + 20 * Math.sin(index / 4)),
      running: Math.round(33 * rise),
    };
  });
}

export const hold: HoldWire = {
  code: 'no_capacity',
  who: 'capacity',
  summary: 'Both pools that may run it are full.',
  until: null,
  ahead: 11,
};

export function recentTasks(): readonly TaskWire[] {
  const placed = { started_at: before(1_200), worker_id: 'us-east-cpu-pool', algorithm_used: 'min_cost', attempt: 1 };
  return [
    aTask({ seq: 1010, enqueued_at: before(400), reason: hold }),
    aTask({ seq: 1009, type: 'query', region: 'eu-west', priority: 9, enqueued_at: before(900), reason: hold }),
    aTask({ seq: 1008, ...placed, status: 'processing', enqueued_at: before(1_900) }),
    aTask({
      seq: 1007,
      ...placed,
      type: 'simulation',
      region: 'us-west',
      worker_id: 'us-west-gpu-pool',
      status: 'processing',
      enqueued_at: before(2_400),
    }),
    aTask({ seq: 1006, ...placed, status: 'completed', completed_at: before(300), actual_cost: 1.25, enqueued_at: before(2_600) }),
    aTask({
      seq: 1005,
      ...placed,
      status: 'failed',
      completed_at: before(500),
      error: { code: 'simulated_failure', message: 'the simulated work failed' },
      enqueued_at: before(3_100),
    }),
    aTask({ seq: 1004, ...placed, status: 'completed', completed_at: before(700), actual_cost: 0.5, enqueued_at: before(3_300) }),
    aTask({ seq: 1003, status: 'cancelled', completed_at: before(900), enqueued_at: before(3_500) }),
    aTask({
      seq: 1002,
      ...placed,
      status: 'delayed',
      due_at: before(-4_000),
      reason: {
        code: 'backing_off',
        who: 'time',
        summary: 'Attempt 1 failed; the next one starts in 4 s.',
        until: before(-4_000),
        ahead: null,
      },
    }),
    aTask({ seq: 1001, ...placed, status: 'completed', completed_at: before(1_000), actual_cost: 5.2, enqueued_at: before(4_000) }),
  ];
}

const unbounded: MaxWaitWire = {
  ...{
    by: 'arrival',
    summary: 'Nothing that was accepted later ever comes before a task in the order.',
    room: 'No pool is ever kept.',
    by_priority: null,
  },
};
const aging: MaxWaitWire = {
  ...{ by: 'priority', summary: 'Aging puts an end to being passed.', room: 'A pool is kept for who waits too long.' },
  by_priority: Array.from({ length: 10 }, (_, i) => ({ priority: i + 1, ms: i === 0 ? null : (9 - i) * 60_000 })),
};

/** Taken by every algorithm, and shown once. */
const overtaking = { strict: { type: 'string', default: 'shape', enum: ['shape', 'none'], description: 'what may be overtaken' } };

export const algorithms: readonly AlgorithmWire[] = [
  {
    name: 'fifo',
    kind: 'order',
    summary: 'arrival order, first pool with room',
    description: 'Home region first, then anywhere.',
    complexity: 'static',
    parameters: { type: 'object', properties: overtaking },
    current: false,
    max_wait: unbounded,
  },
  {
    name: 'priority',
    kind: 'order',
    summary: 'important first, ageing so that nothing starves',
    description: 'Urgent tasks take the cheapest pool, the rest the emptiest.',
    complexity: 'static',
    parameters: {
      type: 'object',
      properties: {
        age_step_ms: { type: 'integer', default: 60_000, minimum: 0, description: 'waiting this long is worth one priority' },
        ...overtaking,
      },
    },
    current: false,
    max_wait: aging,
  },
  {
    name: 'min_cost',
    kind: 'place',
    summary: 'the cheapest pool with room, home region first',
    description: 'Good when money matters more than time.',
    complexity: 'static',
    parameters: {
      type: 'object',
      properties: {
        order: { type: 'string', default: 'fifo', enum: ['fifo', 'priority'], description: 'how the queue is ordered' },
        ...overtaking,
      },
    },
    current: true,
    max_wait: unbounded,
  },
  {
    name: 'region_aware',
    kind: 'place',
    summary: 'near before cheap, home for a bounded time',
    description: 'Weighs distance, price and load.',
    complexity: 'static',
    parameters: { type: 'object', properties: overtaking },
    current: false,
    max_wait: unbounded,
  },
];

export const epoch: EpochWire = { epoch: 7, algorithm: 'min_cost', params: {}, since: before(252_000), by: 'anonymous', reason: null };

export const run: SimulationWire = {
  id: ids(77),
  task_count: 500,
  tasks_created: 310,
  start_time: before(14_000),
  end_time: null,
  status: 'running',
};

export function aLogEntry(given: Partial<LogWire> = {}): LogWire {
  return {
    id: '81233',
    task_id: ids(1008),
    timestamp: before(1_200),
    event_type: 'scheduled',
    details: { worker_pool: 'us-east-cpu-pool', algorithm: 'min_cost', attempt: 1 },
    ...given,
  };
}

export function overviewModel() {
  return {
    stats: someStats(),
    history: someHistory(),
    pools: demoPools(),
    poolTotal: 9,
    tasks: recentTasks(),
    algorithms,
    epoch,
    overtaking: { strict: 'none', patience_least_ms: 1_000 },
    simulation: run,
    taskForm: {
      form: { values: {} },
      types: [
        { name: 'order', description: 'Order Processing' },
        { name: 'hash', description: 'SHA-256 of a text' },
      ],
      regions: ['us-east', 'us-west', 'eu-west', 'ap-east'],
      region: 'us-east',
      requestKey: 'k-1',
      origin: 'http://127.0.0.1:8000',
    },
    simulateForm: { values: {} },
    now,
  };
}

export function anId(seq: number): string {
  return ids(seq);
}

export function aReplay(given: Partial<Replays.ReplayWire> = {}): Replays.ReplayWire {
  return {
    id: ids(1),
    status: 'completed',
    from: before(3_600_000),
    to: now,
    source: null,
    algorithms: ['fifo', 'min_cost'],
    by: 'dashboard',
    started_at: before(9_000),
    ended_at: before(2_000),
    progress: { done: 1_200, total: 4_000 },
    error: null,
    seed: 1,
    result: null,
    ...given,
  };
}

export function someFigures(given: Partial<Replays.FiguresWire> = {}): Replays.FiguresWire {
  return {
    tasks: 4_000,
    wait_ms: { mean: 1_840, p50: 900, p95: 9_500, p99: 14_000, max: 60_100 },
    bounded_slowdown: { mean: 1.2, p95: 1.9, max: 7.01 },
    cost: 2_345.678,
    completed: 3_900,
    failed: 98,
    cancelled: 2,
    deadlines: { tasks: 40, missed: 3 },
    fairness_jain: 0.987654,
    tenants: [
      { tenant: 'acme', tasks: 3_000, mean_wait_ms: 1_500, max_wait_ms: 60_100 },
      { tenant: '<b>umbrella', tasks: 1_000, mean_wait_ms: 2_860, max_wait_ms: 20_000 },
    ],
    worst: [
      { id: ids(7), seq: 7, tenant: 'acme', type: 'order', wait_ms: 60_100, really_waited_ms: 3_000 },
      { id: null, seq: 8, tenant: 'acme', type: 'query', wait_ms: 50_000, really_waited_ms: null },
    ],
    ...given,
  };
}

export function aCard(given: Partial<Replays.CardWire> = {}): Replays.CardWire {
  const less = { absolute: -400, relative: -0.18, interval: [-500, -300], verdict: 'better' };
  return {
    algorithm: 'fifo',
    params: {},
    figures: someFigures(),
    never_started: 0,
    total_cost: { value: 2_345.678, bound: 2_000, gap: 0.172839 },
    makespan_ms: { value: 3_600_000, bound: null, gap: null },
    differences: {
      mean_wait_ms: less,
      p95_wait_ms: { absolute: 20, relative: 0.002, interval: null, verdict: null },
      cost: { absolute: 0, relative: 0, interval: null, verdict: null },
    },
    ...given,
  };
}

const goodFidelity: Replays.FidelityWire = {
  ...{
    score: 0.981,
    placement: 0.99,
    placement_by: 'pool',
    free_placement: 0.99,
    wait_error: 0.019,
    tail_error: 0.01,
    is_good: true,
    warning: null,
  },
};
export const poorFidelity: Replays.FidelityWire = {
  ...{ score: 0.71, placement: 0.71, placement_by: 'class', free_placement: 0.71, wait_error: 0.2, tail_error: 0.29, is_good: false },
  warning: 'The replay of what really decided is 29 % off. Do not decide by these cards.',
};

export function aReplayResult(given: Partial<Replays.ReplayResultWire> = {}): Replays.ReplayResultWire {
  return {
    tasks: { replayed: 4_000, unfinished: 12, carried_over: 3, missing: 1 },
    fidelity: goodFidelity,
    proof: null,
    actual: someFigures({ worst: [] }),
    as_run: aCard({ algorithm: 'priority' }),
    decided: ['priority'],
    cards: [
      aCard({ params: { age_step_ms: 60_000 } }),
      aCard({
        algorithm: 'hrrn+least_loaded',
        never_started: 2,
        figures: someFigures({ cost: 1_999, deadlines: { tasks: 0, missed: 0 }, fairness_jain: null }),
        differences: {
          mean_wait_ms: { absolute: 100, relative: 0.05, interval: [-1, 200], verdict: null },
          p95_wait_ms: { absolute: null, relative: null, interval: null, verdict: null },
          cost: { absolute: 300, relative: 0.15, interval: [1, 2], verdict: 'worse' },
        },
      }),
    ],
    notes: ['the log no longer says what <pool x> was like when the window began'],
    ...given,
  };
}
