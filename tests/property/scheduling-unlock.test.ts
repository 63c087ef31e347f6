import { describe, expect, it } from 'vitest';
import { type Constraint, constraintText, holds } from '../../src/core/domain/constraint.ts';
import type { Labels } from '../../src/core/domain/label.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import type { PoolEntry, Relaxation, SchedulingCore } from '../../src/core/scheduling/core.ts';
import { makerOf, type Remedy } from '../../src/core/scheduling/relaxation.ts';
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
function lessOf(task: TaskEntry, { change, subject, to }: Pick<Relaxation, 'change' | 'subject' | 'to'>): TaskEntry | undefined {
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

  it('is told to everybody who can clear it where no pool could run the task, and then it waits for room', () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 6; seed++) {
      streamThroughCore({
        ...{ seed, events: 100, strategies, isPlain: false },
        onSettled(stream) {
          for (const task of [...stream.waiting.values()].filter(() => stream.below(4) === 0).slice(0, 3)) {
            const { holds } = stream.core.explain(task.seq, stream.now) ?? { holds: [] };
            const hopeless = holds.filter(({ missing }) => missing !== undefined);
            const remedies = stream.core.remedies(task.seq);
            const makers = remedies.map(({ change }) => makerOf(change));
            // Of pools without a single slot there is nothing that the submitter could ask less of.
            for (const { clearedBy } of hopeless.filter(({ have, missing }) => missing === 'price' || have !== 0))
              expect({ seed, seq: task.seq, makers }).toEqual({ seed, seq: task.seq, makers: expect.arrayContaining([clearedBy]) });
            const isClosed = holds.some(({ code }) => code === 'pools_paused');
            if (hopeless.length === 0 && !isClosed) expect(remedies).toEqual([]);
            if (hopeless.length === 0 && isClosed) expect(new Set(remedies.map(({ change }) => change))).toEqual(new Set(['resume_pool']));
            for (const remedy of remedies) {
              seen.set(remedy.change, (seen.get(remedy.change) ?? 0) + 1);
              const twin = applied(stream, task, remedy);
              if (twin === undefined || remedy.isStep) continue;
              const after = twin.explain(task.seq, stream.now)?.holds ?? [];
              if (remedy.change === 'resume_pool') expect(after.map(({ code }) => code)).not.toContain('pools_paused');
              expect({
                seed,
                seq: task.seq,
                ...remedy,
                missing: after.map(({ missing }) => missing).filter((one) => one !== undefined),
              }).toEqual({
                ...{ seed, seq: task.seq, ...remedy, missing: [] },
              });
            }
          }
        },
      });
    }
    const kinds = [
      'set_labels',
      'add_pool',
      'drop_constraint',
      'allow_region',
      'raise_max_cost',
      'fewer_parts',
      'add_capacity',
      'resume_pool',
    ];
    expect(kinds.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});

/** The core as if the change were made; `undefined` for one that has no single way to be made. */
function applied(stream: CoreStream, task: TaskEntry, remedy: Remedy): SchedulingCore | undefined {
  const twin = stream.twin();
  const { change, subject, to } = remedy;
  const less = lessOf(task, remedy);
  if (less !== undefined) {
    twin.cancel(task.seq);
    twin.submit(less);
    return twin;
  }
  const pool = [...stream.pools.values()].find(({ name }) => name === subject);
  if (pool === undefined) return undefined;
  if (change === 'add_capacity') twin.setPool({ ...pool, capacity: Number(to) });
  else if (change === 'resume_pool') twin.setPool({ ...pool, state: 'active' });
  else if (change === 'add_type') twin.setPool({ ...pool, accepts: [...(pool.accepts ?? []), task.type] });
  else if (change === 'set_labels') twin.setPool({ ...pool, labels: meeting(pool.labels, task.constraints ?? []) });
  return twin;
}

/** The labels of a pool, changed where they do not meet what is asked of them. */
function meeting(labels: Labels, constraints: readonly Constraint[]): Labels {
  const met = { ...labels };
  for (const one of constraints.filter((each) => !holds(each, met[each.label]))) {
    if (one.op === 'not_exists') delete met[one.label];
    else if (one.op === 'in') met[one.label] = one.values[0] ?? '';
    else if (one.op === '=' || one.op === '>=' || one.op === '<=') met[one.label] = one.value;
    else if (one.op === '>') met[one.label] = one.value + 1;
    else if (one.op === '<') met[one.label] = one.value - 1;
    else met[one.label] = 'anything else';
  }
  return met;
}
