import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Ms } from '../core/domain/units.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import { addFastHistogram } from './fast-histogram.ts';
import { createLabelCap } from './labels.ts';
import { createTaskCounts } from './task-counts.ts';

/** The measurements of this server: the port the engine and the store write to, and the text a scraper reads. */
export interface MetricsRegistry {
  readonly port: Metrics;
  /** Gauges and counters come from this engine from now on. Returns how to let go of it. */
  observe(engine: Engine): () => void;
  /** @param openMetrics OpenMetrics 1.0 instead of the Prometheus text format 0.0.4 */
  text(openMetrics: boolean): Promise<{ readonly type: string; readonly body: string }>;
}

/** Seconds, from 100 µs to 10 s: a commit, a decision round. */
const shortBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10];
/** Seconds, from 1 ms to an hour: waiting and running. */
const longBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600];
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1_024, 10_000];
const maxPoolLabels = 1_000;

/**
 * An idle process is woken so often, whatever it has to do: every 10 ms by default. What is told of the event loop's lag includes it, which
 * the rules and the dashboard in deploy/ take off.
 */
const loopPrecisionMs: Ms = 500;

/** Names are fixed: dashboards and alerts are written against them. No label ever holds a task, a tenant or a user. */
export function createMetrics(build: { readonly version: string }): MetricsRegistry {
  const registry = new Registry();
  const registers = [registry];
  const histogram = (name: string, help: string, bounds: readonly number[]) => addFastHistogram(registry, name, help, bounds);
  const counts = createTaskCounts(maxPoolLabels);

  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopPrecisionMs });
  new Gauge({
    name: 'trx_build_info',
    help: 'Always 1; the labels say which build this is.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: build.version, node: process.version }, 1);
  const commitSeconds = histogram('trx_commit_seconds', 'Duration of one group commit.', shortBuckets);
  const commitBatch = histogram('trx_commit_batch_size', 'Operations that shared one commit.', batchBuckets);
  const decisionSeconds = histogram('trx_decision_seconds', 'Duration of one round of deciding.', shortBuckets);
  const waitSeconds = histogram('trx_task_wait_seconds', 'From ready to start, per attempt.', longBuckets);
  const runSeconds = histogram('trx_task_run_seconds', 'From start to end, per attempt.', longBuckets);

  addTaskCounters(registers, counts);
  let unobserve = () => {};
  let reading: Promise<unknown> = Promise.resolve();

  async function read(openMetrics: boolean): Promise<{ type: string; body: string }> {
    const type = openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
    // Declared for one format for good; at run time it may be either.
    registry.setContentType(type as typeof Registry.PROMETHEUS_CONTENT_TYPE);
    return { type, body: await registry.metrics() };
  }

  return {
    port: {
      commit(seconds, operations) {
        commitSeconds(seconds);
        commitBatch(operations);
      },
      decided: decisionSeconds,
      waited: waitSeconds,
      ran: runSeconds,
    },
    observe(engine) {
      unobserve();
      const gauges = addEngineGauges(registry, engine);
      const unsubscribe = engine.events.onEntries(counts.add);
      unobserve = () => {
        unsubscribe();
        for (const name of gauges) registry.removeSingleMetric(name);
      };
      return unobserve;
    },
    text(openMetrics) {
      // The format is a property of the registry, so two readers must take turns.
      const mine = reading.then(() => read(openMetrics));
      reading = mine.catch(() => {});
      return mine;
    },
  };
}

function addTaskCounters(registers: Registry[], counts: ReturnType<typeof createTaskCounts>): void {
  new Counter({
    name: 'trx_tasks_submitted_total',
    help: 'Tasks accepted since process start.',
    labelNames: ['region'],
    registers,
    collect() {
      this.reset();
      counts.submitted.each((region, _, count) => this.inc({ region }, count));
    },
  });
  new Counter({
    name: 'trx_tasks_finished_total',
    help: 'Tasks that ended since process start; the pool is that of the last attempt, none if it never ran.',
    labelNames: ['status', 'pool'],
    registers,
    collect() {
      this.reset();
      counts.finished.each((status, pool, count) => this.inc({ status, pool }, count));
    },
  });
  new Counter({
    name: 'trx_decisions_total',
    help: 'Decisions committed since process start.',
    labelNames: ['strategy', 'outcome'],
    registers,
    collect() {
      this.reset();
      counts.decisions.each((strategy, outcome, count) => this.inc({ strategy, outcome }, count));
    },
  });
}

/** Read when somebody scrapes, never kept up to date beside the engine. Returns their names. */
function addEngineGauges(registry: Registry, engine: Engine): string[] {
  const registers = [registry];
  const poolLabel = createLabelCap(maxPoolLabels);
  const names: string[] = [];
  const gauge = (name: string, help: string, labelNames: string[], collect: (metric: Gauge) => void) => {
    names.push(name);
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        collect(this);
      },
    });
  };

  gauge('trx_tasks', 'Tasks by status.', ['status'], (metric) => {
    for (const [status, count] of Object.entries(engine.stats().byStatus)) metric.set({ status }, count);
  });
  gauge('trx_queue_depth', 'Tasks that are ready and wait.', [], (metric) => metric.set(engine.stats().byStatus.queued));
  gauge('trx_parked', 'Waiting tasks that are held back, by reason.', ['reason'], (metric) => {
    for (const [reason, count] of Object.entries(engine.stats().waitingByReason)) metric.set({ reason }, count);
  });
  gauge('trx_tasks_past_max_wait', 'Waiting tasks that have waited longer than their strategy promises.', [], (metric) =>
    metric.set(engine.stats().pastMaxWait),
  );
  gauge('trx_oldest_waiting_seconds', 'How long the waiting task that was ready first has waited; 0 when none waits.', [], (metric) => {
    const { oldestReadyAt, at } = engine.stats();
    metric.set(oldestReadyAt === undefined ? 0 : Math.max(0, at - oldestReadyAt) / 1_000);
  });
  gauge('trx_pool_capacity', 'Slots of a pool.', ['pool'], (metric) => {
    for (const { pool } of engine.pools()) metric.inc({ pool: poolLabel(pool.name) }, pool.capacity);
  });
  gauge('trx_pool_load', 'Slots of a pool in use.', ['pool'], (metric) => {
    for (const { pool, load } of engine.pools()) metric.inc({ pool: poolLabel(pool.name) }, load);
  });
  gauge('trx_log_seq', 'Sequence number of the latest log entry.', [], (metric) => metric.set(engine.logBounds().head));

  names.push('trx_cost_total');
  new Counter({
    name: 'trx_cost_total',
    help: 'Cost of all attempts that ended, over all starts of this database.',
    registers,
    collect() {
      this.reset();
      this.inc(engine.stats().costTotal);
    },
  });
  return names;
}
