import { fromMicros } from '../cost.ts';
import type { LogEntry } from '../events.ts';
import type { JsonObject } from '../json.ts';
import type { Task } from '../task.ts';
import type { Seq } from '../units.ts';
import type { Finding } from './rule.ts';
import { createSpendWalk } from './spend-walk.ts';

/**
 * Follows load and quotas through the log and judges each start, and each task that comes in, by the catalogue as it was committed before
 * it. Lowering a limit under what runs or waits is allowed and stops new ones only. Tasks whose rows are gone are not counted, and of those
 * that wait only the ones that never ran (a retry is refused by no limit), so it never accuses wrongly.
 */
export interface LimitWalk {
  step(entry: LogEntry): { readonly rule: 'I4' | 'I6'; readonly finding: Finding } | undefined;
}

export function createLimitWalk(tasks: ReadonlyMap<Seq, Task>): LimitWalk {
  const known = new Map<string, JsonObject>();
  const types = new Map<string, JsonObject>();
  const tenants = new Map<string, JsonObject>();
  const waiting = new Set<Seq>();
  const runs = new Map<Seq, { readonly task: Task; readonly pools: readonly string[] }>();
  const used = new Map<string, number>();
  const money = createSpendWalk();

  function count(key: string, by: number): number {
    const sum = (used.get(key) ?? 0) + by;
    used.set(key, sum);
    return sum;
  }

  const rowsOf = (pools: readonly string[]) => pools.map((pool) => known.get(pool));

  function start(task: Task, entry: LogEntry): ReturnType<LimitWalk['step']> {
    const { worker_pool: first, parts } = entry.details;
    const pools = Array.isArray(parts) ? parts.map(String) : [String(first)];
    runs.set(task.seq, { task, pools });
    const tenant = tenants.get(task.tenant);
    const excess = money.start(task, entry, rowsOf(pools), tenant?.['spend']);
    for (const part of pools) {
      count(poolKey(part), task.slots);
      count(poolTypeKey(part, task.type), 1);
    }
    const ofType = count(typeKey(task.type), 1);
    const ofTenant = count(tenantTypeKey(task), 1);
    const byTenant = count(tenantKey(task.tenant), 1);

    for (const part of new Set(pools)) {
      const wrong = overfull(task, part);
      if (wrong !== undefined) return wrong;
    }
    const type = types.get(task.type);
    if (exceeds(ofType, type?.['limit_total']))
      return over('I6', task, `is number ${ofType} of type ${task.type}, and ${String(type?.['limit_total'])} may run`);
    const perTenant = (tenant?.['type_limits'] as JsonObject | undefined)?.[task.type] ?? type?.['limit_per_tenant'];
    if (exceeds(ofTenant, perTenant))
      return over('I6', task, `is number ${ofTenant} of type ${task.type} for ${task.tenant}, and ${String(perTenant)} may run`);
    const most = mostOf(tenant);
    if (byTenant > most) return over('I6', task, `is number ${byTenant} of tenant ${task.tenant}, and ${most} may run`);
    if (excess > 0) return over('I6', task, `took what ${task.tenant} may spend over its limit by ${fromMicros(excess)}`);
    return undefined;
  }

  function overfull(task: Task, pool: string): ReturnType<LimitWalk['step']> {
    const row = known.get(pool);
    if (row === undefined) return undefined;
    const { capacity, state } = row;
    const slots = count(poolKey(pool), 0);
    const ofType = count(poolTypeKey(pool, task.type), 0);
    if (state !== 'active') return over('I4', task, `started on pool ${pool}, which is ${String(state)}`);
    // A pool of nodes has the capacity of those that are live, which no entry tells.
    if (row['executor'] !== 'node' && exceeds(slots, capacity))
      return over('I4', task, `took pool ${pool} to ${slots} of ${String(capacity)} slots`);
    const cap = (row['type_limits'] as JsonObject | undefined)?.[task.type];
    if (exceeds(ofType, cap))
      return over('I6', task, `is number ${ofType} of type ${task.type} in pool ${pool}, and ${String(cap)} may run`);
    return undefined;
  }

  function enter(task: Task): ReturnType<LimitWalk['step']> {
    waiting.add(task.seq);
    for (const [what, limit] of [
      [`tenant ${task.tenant}`, tenants.get(task.tenant)?.['max_waiting']],
      [`type ${task.type}`, types.get(task.type)?.['limit_waiting']],
    ] as const) {
      const number = count(`${what} waits`, 1);
      if (exceeds(number, limit)) return over('I6', task, `is number ${number} of ${what} that waits, and ${String(limit)} may`);
    }
    return undefined;
  }

  function leave(task: Task): void {
    if (!waiting.delete(task.seq)) return;
    count(`tenant ${task.tenant} waits`, -1);
    count(`type ${task.type} waits`, -1);
  }

  function end(seq: Seq, entry: LogEntry): void {
    const run = runs.get(seq);
    if (run === undefined) return;
    runs.delete(seq);
    money.end(run.task, entry, rowsOf(run.pools));
    for (const pool of run.pools) {
      count(poolKey(pool), -run.task.slots);
      count(poolTypeKey(pool, run.task.type), -1);
    }
    count(typeKey(run.task.type), -1);
    count(tenantTypeKey(run.task), -1);
    count(tenantKey(run.task.tenant), -1);
  }

  return {
    step(entry) {
      const { type, taskSeq, details } = entry;
      if (taskSeq !== null) {
        const task = tasks.get(taskSeq);
        if (task !== undefined && type === 'created') return enter(task);
        if (task !== undefined && type !== 'queued' && type !== 'cancel_requested') leave(task);
        if (type === 'scheduled' && task !== undefined) return start(task, entry);
        if (type !== 'cancel_requested') end(taskSeq, entry);
        return undefined;
      }
      if (type === 'pool_added' || type === 'pool_changed') known.set(String(details['worker_pool']), details);
      if (type === 'pool_removed') known.delete(String(details['worker_pool']));
      if (type === 'type_added' || type === 'type_changed') types.set(String(details['type']), details);
      if (type === 'type_removed') types.delete(String(details['type']));
      if (type === 'tenant_added' || type === 'tenant_changed') tenants.set(String(details['tenant']), details);
      if (type === 'tenant_removed') tenants.delete(String(details['tenant']));
      return undefined;
    },
  };
}

function exceeds(count: number, limit: unknown): boolean {
  return typeof limit === 'number' && count > limit;
}

/** Attempts that a tenant may run: its limit, or what it may have above its guarantee where that is less. */
function mostOf(tenant: JsonObject | undefined): number {
  const number = (field: string) => {
    const value = tenant?.[field];
    return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
  };
  return Math.min(number('max_running'), Number(tenant?.['guaranteed'] ?? 0) + number('borrow'));
}

function over(rule: 'I4' | 'I6', { seq }: Task, message: string): NonNullable<ReturnType<LimitWalk['step']>> {
  return { rule, finding: { seq, message } };
}

const poolKey = (pool: string) => `pool ${pool}`;
const typeKey = (type: string) => `type ${type}`;
const tenantKey = (tenant: string) => `tenant ${tenant}`;
const tenantTypeKey = (task: Task) => `tenant and type ${JSON.stringify([task.type, task.tenant])}`;
const poolTypeKey = (pool: string, type: string) => `in ${JSON.stringify([pool, type])}`;
