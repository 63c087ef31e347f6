import type { LogEntry } from '../events.ts';
import type { JsonObject } from '../json.ts';
import type { Task } from '../task.ts';
import type { Seq } from '../units.ts';
import type { Finding } from './rule.ts';

/**
 * Follows load and quotas through the log and judges each start by the catalogue as it was committed before it. Lowering a limit under
 * what runs is allowed and stops new starts only. Tasks whose rows are gone are not counted, so it never accuses wrongly.
 */
export interface LimitWalk {
  step(entry: LogEntry): { readonly rule: 'I4' | 'I6'; readonly finding: Finding } | undefined;
}

export function createLimitWalk(tasks: ReadonlyMap<Seq, Task>): LimitWalk {
  const pools = new Map<string, JsonObject>();
  const types = new Map<string, JsonObject>();
  const runs = new Map<Seq, { readonly task: Task; readonly pool: string }>();
  const used = new Map<string, number>();

  function count(key: string, by: number): number {
    const sum = (used.get(key) ?? 0) + by;
    used.set(key, sum);
    return sum;
  }

  function start(task: Task, pool: string): ReturnType<LimitWalk['step']> {
    runs.set(task.seq, { task, pool });
    const slots = count(poolKey(pool), task.slots);
    const ofType = count(typeKey(task.type), 1);
    const ofTenant = count(tenantKey(task), 1);
    const inPool = count(poolTypeKey(pool, task.type), 1);

    const known = pools.get(pool);
    if (known !== undefined) {
      const { capacity, state } = known;
      if (state !== 'active') return over('I4', task, `started on pool ${pool}, which is ${String(state)}`);
      if (exceeds(slots, capacity)) return over('I4', task, `took pool ${pool} to ${slots} of ${String(capacity)} slots`);
      const cap = (known['type_limits'] as JsonObject | undefined)?.[task.type];
      if (exceeds(inPool, cap))
        return over('I6', task, `is number ${inPool} of type ${task.type} in pool ${pool}, and ${String(cap)} may run`);
    }
    const type = types.get(task.type);
    if (exceeds(ofType, type?.['limit_total']))
      return over('I6', task, `is number ${ofType} of type ${task.type}, and ${String(type?.['limit_total'])} may run`);
    if (exceeds(ofTenant, type?.['limit_per_tenant']))
      return over(
        'I6',
        task,
        `is number ${ofTenant} of type ${task.type} for ${task.tenant}, and ${String(type?.['limit_per_tenant'])} may run`,
      );
    return undefined;
  }

  function end(seq: Seq): void {
    const run = runs.get(seq);
    if (run === undefined) return;
    runs.delete(seq);
    count(poolKey(run.pool), -run.task.slots);
    count(typeKey(run.task.type), -1);
    count(tenantKey(run.task), -1);
    count(poolTypeKey(run.pool, run.task.type), -1);
  }

  return {
    step({ type, taskSeq, details }) {
      if (taskSeq !== null) {
        const task = tasks.get(taskSeq);
        if (type === 'scheduled' && task !== undefined) return start(task, String(details['worker_pool']));
        if (type !== 'cancel_requested') end(taskSeq);
        return undefined;
      }
      if (type === 'pool_added' || type === 'pool_changed') pools.set(String(details['worker_pool']), details);
      if (type === 'pool_removed') pools.delete(String(details['worker_pool']));
      if (type === 'type_added' || type === 'type_changed') types.set(String(details['type']), details);
      if (type === 'type_removed') types.delete(String(details['type']));
      return undefined;
    },
  };
}

function exceeds(count: number, limit: unknown): boolean {
  return typeof limit === 'number' && count > limit;
}

function over(rule: 'I4' | 'I6', { seq }: Task, message: string): NonNullable<ReturnType<LimitWalk['step']>> {
  return { rule, finding: { seq, message } };
}

const poolKey = (pool: string) => `pool ${pool}`;
const typeKey = (type: string) => `type ${type}`;
const tenantKey = (task: Task) => `tenant ${JSON.stringify([task.type, task.tenant])}`;
const poolTypeKey = (pool: string, type: string) => `in ${JSON.stringify([pool, type])}`;
