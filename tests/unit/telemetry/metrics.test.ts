import { describe, expect, it } from 'vitest';
import type { EventType, LogEntry } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import type { Engine, LivePool, SystemStats } from '../../../src/core/engine/engine.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

/** The part of the engine that metrics look at. */
function setup(pools: readonly { name: string; capacity: number; load: number }[] = []) {
  const listeners = new Set<(entries: readonly LogEntry[]) => void>();
  const stats = {
    byStatus: { delayed: 1, queued: 2, processing: 3, completed: 4, failed: 5, cancelled: 6 },
    waitingByReason: { no_capacity: 7 },
    pastMaxWait: 8,
    oldestReadyAt: 1_000,
    at: 13_500,
    costTotal: 1.5,
  };
  const engine = {
    events: {
      onEntries(listener: (entries: readonly LogEntry[]) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    stats: () => stats as unknown as SystemStats,
    pools: () => pools.map(({ name, capacity, load }) => ({ pool: { name, capacity }, load }) as unknown as LivePool),
    logBounds: () => ({ floor: 1, head: 42 }),
  } as unknown as Engine;
  const metrics = createMetrics({ version: '1.2.3' });
  const release = metrics.observe(engine);
  let seq = 0;
  return {
    ...{ metrics, engine, release, listeners },
    commit(...entries: [EventType, number | null, JsonObject?][]) {
      const rows = entries.map(([type, taskSeq, details = {}]) => ({
        ...{ seq: ++seq, at: 0, type, taskSeq, taskId: taskSeq === null ? null : `id-${taskSeq}`, details },
      }));
      for (const listener of listeners) listener(rows);
    },
    async lines(prefix: string, openMetrics = false) {
      const { body } = await metrics.text(openMetrics);
      return body.split('\n').filter((line) => line.startsWith(prefix));
    },
  };
}

describe('metrics', () => {
  it('counts what was accepted, decided and ended, by names that are fixed', async () => {
    const { commit, lines } = setup();
    const placed = { worker_pool: 'a', algorithm: 'fifo' };
    commit(['created', 1, { region: 'us-east' }], ['created', 2, { region: 'us-east' }], ['created', 3, { region: 'eu-west' }]);
    commit(['scheduled', 1, placed], ['scheduled', 2, { worker_pool: 'b', algorithm: 'min_cost' }], ['server_started', null]);
    commit(['completed', 1], ['retried', 2], ['cancelled', 3]);
    commit(['scheduled', 2, placed], ['failed', 2]);
    expect(await lines('trx_tasks_submitted_total{')).toEqual([
      'trx_tasks_submitted_total{region="us-east"} 2',
      'trx_tasks_submitted_total{region="eu-west"} 1',
    ]);
    expect(await lines('trx_decisions_total{')).toEqual([
      'trx_decisions_total{strategy="fifo",outcome="place"} 2',
      'trx_decisions_total{strategy="min_cost",outcome="place"} 1',
    ]);
    expect(await lines('trx_tasks_finished_total{')).toEqual([
      'trx_tasks_finished_total{status="completed",pool="a"} 1',
      'trx_tasks_finished_total{status="cancelled",pool="none"} 1',
      'trx_tasks_finished_total{status="failed",pool="a"} 1',
    ]);
  });

  it('reading twice counts nothing twice', async () => {
    const { commit, lines } = setup();
    commit(['created', 1, { region: 'r' }]);
    expect(await lines('trx_tasks_submitted_total{')).toEqual(await lines('trx_tasks_submitted_total{'));
  });

  it('shows the engine as it is when it is asked', async () => {
    const { lines } = setup([{ name: 'a', capacity: 10, load: 4 }]);
    expect(await lines('trx_tasks{')).toContain('trx_tasks{status="queued"} 2');
    expect(await lines('trx_queue_depth ')).toEqual(['trx_queue_depth 2']);
    expect(await lines('trx_parked{')).toEqual(['trx_parked{reason="no_capacity"} 7']);
    expect(await lines('trx_tasks_past_max_wait ')).toEqual(['trx_tasks_past_max_wait 8']);
    expect(await lines('trx_oldest_waiting_seconds ')).toEqual(['trx_oldest_waiting_seconds 12.5']);
    expect(await lines('trx_pool_capacity{')).toEqual(['trx_pool_capacity{pool="a"} 10']);
    expect(await lines('trx_pool_load{')).toEqual(['trx_pool_load{pool="a"} 4']);
    expect(await lines('trx_cost_total ')).toEqual(['trx_cost_total 1.5']);
    expect(await lines('trx_log_seq ')).toEqual(['trx_log_seq 42']);
    expect(await lines('trx_build_info{')).toEqual([`trx_build_info{version="1.2.3",node="${process.version}"} 1`]);
  });

  it('past a thousand pools the rest share one label, and add up in it', async () => {
    const many = Array.from({ length: 1_003 }, (_, n) => ({ name: `p${n}`, capacity: 2, load: 1 }));
    const { lines, commit } = setup(many);
    const capacity = await lines('trx_pool_capacity{');
    expect(capacity).toHaveLength(1_001);
    expect(capacity).toContain('trx_pool_capacity{pool="other"} 6');
    for (let n = 0; n < 1_003; n++) commit(['scheduled', n, { worker_pool: `p${n}`, algorithm: 'fifo' }], ['completed', n]);
    expect(await lines('trx_tasks_finished_total{')).toContain('trx_tasks_finished_total{status="completed",pool="other"} 3');
  });

  it('histograms are cumulative, with sum and count', async () => {
    const { metrics, lines } = setup();
    metrics.port.commit(0.0003, 1);
    metrics.port.commit(0.0005, 3);
    metrics.port.commit(60, 20_000);
    metrics.port.decided(0.2, 5);
    metrics.port.waited(1);
    metrics.port.ran(2);
    const commits = await lines('trx_commit_seconds');
    expect(commits).toContain('trx_commit_seconds_bucket{le="0.0001"} 0');
    expect(commits).toContain('trx_commit_seconds_bucket{le="0.0005"} 2');
    expect(commits).toContain('trx_commit_seconds_bucket{le="10"} 2');
    expect(commits).toContain('trx_commit_seconds_bucket{le="+Inf"} 3');
    expect(commits).toContain('trx_commit_seconds_count 3');
    expect(commits.find((line) => line.startsWith('trx_commit_seconds_sum'))).toBe(`trx_commit_seconds_sum ${0.0003 + 0.0005 + 60}`);
    expect(await lines('trx_commit_batch_size_bucket{le="4"}')).toEqual(['trx_commit_batch_size_bucket{le="4"} 2']);
    expect(await lines('trx_decision_seconds_count')).toEqual(['trx_decision_seconds_count 1']);
    expect(await lines('trx_task_wait_seconds_sum')).toEqual(['trx_task_wait_seconds_sum 1']);
    expect(await lines('trx_task_run_seconds_sum')).toEqual(['trx_task_run_seconds_sum 2']);
  });

  it('speaks both formats, to readers at the same time too', async () => {
    const { metrics, commit } = setup();
    commit(['created', 1, { region: 'r' }]);
    const [plain, open] = await Promise.all([metrics.text(false), metrics.text(true)]);
    expect(plain.type).toContain('text/plain; version=0.0.4');
    expect(plain.body).toContain('# TYPE trx_tasks_submitted_total counter');
    expect(plain.body).not.toContain('# EOF');
    expect(open.type).toContain('application/openmetrics-text; version=1.0.0');
    expect(open.body).toContain('# TYPE trx_tasks_submitted counter');
    expect(open.body).toContain('trx_tasks_submitted_total{region="r"} 1');
    expect(open.body.trimEnd().endsWith('# EOF')).toBe(true);
    expect(plain.body).toContain('process_cpu_seconds_total');
    expect(plain.body).toContain('nodejs_version_info');
  });

  it('no series carries a task, a tenant or a user', async () => {
    const { metrics, commit } = setup();
    commit(['created', 7, { region: 'r', tenant: 'acme' }], ['scheduled', 7, { worker_pool: 'a', algorithm: 'fifo' }], ['completed', 7]);
    const { body } = await metrics.text(false);
    expect(body).not.toMatch(/acme|id-7|tenant=|task=|user=/);
  });

  it('lets go of an engine and can take up another', async () => {
    const { metrics, engine, release, listeners, lines } = setup();
    release();
    expect(listeners.size).toBe(0);
    expect(await lines('trx_queue_depth ')).toEqual([]);
    metrics.observe(engine);
    metrics.observe(engine);
    expect(listeners.size).toBe(1);
    expect(await lines('trx_queue_depth ')).toHaveLength(1);
  });
});
