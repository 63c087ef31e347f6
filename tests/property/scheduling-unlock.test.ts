import { describe, expect, it } from 'vitest';
import { constraintText } from '../../src/core/domain/constraint.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry, Relaxation, SchedulingCore } from '../../src/core/scheduling/core.ts';
import { type CoreStream, streamThroughCore } from '../helpers/core-stream.ts';

const strategies = [
  { name: 'fifo' },
  { name: 'priority' },
  { name: 'min_cost' },
  { name: 'region_aware', params: { spill_after_ms: 900 } },
  { name: 'least_loaded' },
  { name: 'edf' },
];

/** What the task would be if it asked for less. */
function lessOf(task: TaskEntry, { change, subject, to }: Relaxation): TaskEntry | undefined {
  switch (change) {
    case 'drop_constraint': {
      const rest = (task.constraints ?? []).filter((one) => constraintText(one) !== subject);
      return { ...task, constraints: rest.length === 0 ? null : rest };
    }
    case 'allow_region':
      return { ...task, regions: [...(task.regions ?? [task.region as string]), subject] };
    case 'drop_resource_type':
      return { ...task, resourceType: null };
    case 'raise_max_cost':
      return { ...task, maxCost: Number(to) };
    case 'fewer_slots':
      return { ...task, slots: Number(to) };
    case 'fewer_parts':
      return { ...task, parts: Number(to) };
    default:
      return undefined;
  }
}

function changedPool(pool: PoolEntry, type: string, { change, to }: Relaxation): PoolEntry {
  if (change === 'add_capacity') return { ...pool, capacity: Number(to) };
  if (change === 'resume_pool') return { ...pool, state: 'active' };
  return { ...pool, typeLimits: { ...pool.typeLimits, [type]: Number(to) } };
}

/** Makes the change for real. */
function apply(stream: CoreStream, core: SchedulingCore, task: TaskEntry, relaxation: Relaxation): void {
  const less = lessOf(task, relaxation);
  const { change, subject, to } = relaxation;
  if (less !== undefined) {
    core.cancel(task.seq);
    core.submit(less);
  } else if (change === 'raise_type_limit') core.setTypeLimits({ ...stream.typeLimits(task.type), total: Number(to) });
  else if (change === 'raise_tenant_type_limit')
    core.setTenantLimits({ ...stream.tenantLimits(task.tenant), typeLimits: { [task.type]: Number(to) } });
  else if (change === 'raise_tenant_limit') core.setTenantLimits({ ...stream.tenantLimits(task.tenant), maxRunning: Number(to) });
  else {
    const pool = [...stream.pools.values()].find(({ name }) => name === subject)!;
    core.setPool(changedPool(pool, task.type, relaxation));
  }
}

describe('what would start a waiting task', () => {
  it('really starts it, where it was said it would, when that one thing is changed', () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 40; seed++) {
      streamThroughCore({
        ...{ seed, events: 100, strategies, isPlain: seed % 4 === 0 },
        onSettled(stream) {
          const some = [...stream.waiting.values()].filter(() => stream.below(4) === 0);
          for (const task of some.slice(0, 3)) {
            for (const relaxation of stream.core.unlock(task.seq, stream.now)) {
              const { change, poolId, parts } = relaxation;
              seen.set(change, (seen.get(change) ?? 0) + 1);
              const twin = stream.twin();
              apply(stream, twin, task, relaxation);
              const start = twin.decide(stream.now).find(({ seq }) => seq === task.seq);
              expect({ seed, seq: task.seq, ...relaxation, startsOn: start?.poolId, placed: start?.parts }).toEqual({
                ...{ seed, seq: task.seq, ...relaxation, startsOn: poolId, placed: parts },
              });
            }
          }
        },
      });
    }
    for (const change of [
      'add_capacity',
      'resume_pool',
      'raise_type_limit',
      'drop_constraint',
      'allow_region',
      'drop_resource_type',
      'raise_max_cost',
      'fewer_parts',
    ])
      expect([change, (seen.get(change) ?? 0) > 0]).toEqual([change, true]);
  });
});
