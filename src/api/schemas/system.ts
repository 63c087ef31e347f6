import { CurrentAlgorithm } from './algorithm.ts';
import { Money, Nullable, RefTo, Strict, StringEnum, Time } from './common.ts';
import { type Static, Type } from './type.ts';

const counter = Type.Integer({ minimum: 0 });

/** The original's fields first, in its order and meaning. */
export const Stats = Strict(
  {
    tasks_processed: Type.Integer({ description: 'Completed and failed, all time.' }),
    tasks_pending: Type.Integer({ description: 'Queued and delayed.' }),
    tasks_completed: Type.Integer({ description: 'All time.' }),
    tasks_failed: Type.Integer({ description: 'All time.' }),
    average_latency: Type.Number({ description: 'Seconds from start to end, mean over all completed tasks; 0 when none.' }),
    throughput: Type.Number({ description: 'Tasks that completed or failed in the last 60 s, per second.' }),
    queue_size: Type.Integer({ description: 'Queued.' }),
    worker_utilization: Type.Record(Type.String(), Type.Number(), { description: 'Percent of the slots in use, by pool.' }),
    scheduler_stats: Strict({ tasks_scheduled: counter, tasks_processed: counter, tasks_failed: counter }),
    tasks_cancelled: counter,
    tasks_by_status: Strict({
      delayed: counter,
      queued: counter,
      processing: counter,
      completed: counter,
      failed: counter,
      cancelled: counter,
    }),
    waiting_by_reason: Type.Record(Type.String(), counter),
    tasks_past_max_wait: Type.Integer({
      minimum: 0,
      description: 'Queued tasks that have waited longer than their strategy promises: see max_wait of /config/algorithm.',
    }),
    oldest_ready_at: Nullable(Time('Since when the queued task that has been ready longest could have run; null: nothing is queued.')),
    cost_total: Money('Of all attempts that ran.'),
    currency: Type.String({ description: 'A label only.' }),
    algorithm: RefTo(CurrentAlgorithm),
    slots_total: counter,
    slots_used: counter,
    seq: Type.Integer({ description: 'Position of the log this was read at: open /events with since= it.' }),
    at: Time(''),
  },
  { $id: 'Stats' },
);
export type StatsBody = Static<typeof Stats>;

const check = StringEnum(['healthy', 'unhealthy'] as const);
export const Health = Strict(
  {
    status: StringEnum(['healthy', 'degraded'] as const),
    database: check,
    queue: check,
    scheduler: StringEnum(['healthy', 'stopped'] as const),
    phase: StringEnum(['starting', 'ready', 'draining', 'stopped'] as const),
    storage: StringEnum(['ok', 'full', 'failed'] as const),
    durability: StringEnum(['full', 'normal'] as const),
    auth: StringEnum(['off', 'loopback', 'keys'] as const, {
      description: 'Who may call: whoever reaches the port, this machine only, or who has a key.',
    }),
    sandbox: Nullable(
      Strict(
        {
          tier: Type.Integer({ description: '1: bundles run behind namespaces of the kernel; 3: they are refused.' }),
          reason: Nullable(Type.String()),
          cure: Nullable(Type.String()),
        },
        { description: 'What the self-test at the start found; null: this server takes no bundles.' },
      ),
    ),
    node: Type.String(),
    version: Type.String(),
  },
  { $id: 'Health', description: 'Always 200: probes use /health/live and /health/ready.' },
);
export type HealthBody = Static<typeof Health>;

export const Live = Strict({ status: StringEnum(['live'] as const) }, { $id: 'Live' });
export const Ready = Strict(
  { status: StringEnum(['ready'] as const), checks: Type.Record(Type.String(), StringEnum(['ok'] as const)) },
  { $id: 'Ready' },
);

export const Index = Strict(
  {
    name: Type.String(),
    version: Type.String(),
    description: Type.String(),
    endpoints: Strict({
      tasks: Type.String(),
      workers: Type.String(),
      logs: Type.String(),
      stats: Type.String(),
      health: Type.String(),
      simulate: Type.String(),
    }),
  },
  { $id: 'Index' },
);
