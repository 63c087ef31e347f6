import { roundMoney } from '../../core/domain/cost.ts';
import type { Engine, Health, LivePool } from '../../core/engine/engine.ts';
import type { ApiDeps, Auth, ServerOptions } from '../deps.ts';
import type { HealthBody, StatsBody } from '../schemas/system.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';
import { epochView } from './catalogue.ts';

/** One consistent reading: nothing is awaited between its parts. */
export function statsView(engine: Engine, { currency }: Pick<ServerOptions, 'currency'>): StatsBody {
  const stats = engine.stats();
  const pools = engine.pools();
  const { byStatus, scheduler } = stats;
  return {
    tasks_processed: stats.completed + stats.failed,
    tasks_pending: byStatus.queued + byStatus.delayed,
    tasks_completed: stats.completed,
    tasks_failed: stats.failed,
    average_latency: round(stats.averageLatencyMs / 1_000, 3),
    throughput: round(stats.throughput, 2),
    queue_size: byStatus.queued,
    worker_utilization: Object.fromEntries(pools.map((live) => [live.pool.name, utilization(live)])),
    scheduler_stats: { tasks_scheduled: scheduler.scheduled, tasks_processed: scheduler.settled, tasks_failed: scheduler.notSucceeded },
    tasks_cancelled: stats.cancelled,
    tasks_by_status: byStatus,
    waiting_by_reason: stats.waitingByReason,
    tasks_past_max_wait: stats.pastMaxWait,
    oldest_ready_at: isoTimeOrNull(stats.oldestReadyAt ?? null),
    cost_total: roundMoney(stats.costTotal),
    currency,
    algorithm: epochView(engine.algorithm()),
    slots_total: pools.reduce((sum, { pool }) => sum + pool.capacity, 0),
    slots_used: pools.reduce((sum, { load }) => sum + load, 0),
    seq: stats.seq,
    at: isoTime(stats.at),
  };
}

export function healthView(health: Health, { options, auth, bundles }: Pick<ApiDeps, 'options' | 'auth' | 'bundles'>): HealthBody {
  const sandbox = bundles?.sandbox;
  const { database, queue, phase, storage } = health;
  const scheduler = health.scheduler && storage === 'ok'; // a decision that cannot be committed is none
  return {
    status: database && queue && scheduler ? 'healthy' : 'degraded',
    database: database ? 'healthy' : 'unhealthy',
    queue: queue ? 'healthy' : 'unhealthy',
    scheduler: scheduler ? 'healthy' : 'stopped',
    phase,
    storage,
    durability: options.durability,
    auth: whoMayCall(options, auth),
    sandbox: sandbox === undefined ? null : { tier: sandbox.tier, reason: sandbox.reason, cure: sandbox.cure },
    node: options.nodeName,
    version: options.version,
  };
}

/** While there are no keys the server listens on loopback only. */
function whoMayCall(options: ServerOptions, auth: Auth | undefined): HealthBody['auth'] {
  if (options.auth === 'off') return 'off';
  return auth !== undefined && auth.keys.size > 0 ? 'keys' : 'loopback';
}

function utilization({ pool, load }: LivePool): number {
  return pool.capacity === 0 ? 0 : round((load / pool.capacity) * 100, 2);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
