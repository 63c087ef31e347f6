import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/core/domain/constraint.ts';
import type { TaskEntry } from '../../src/core/domain/task.ts';
import { createSchedulingCore, type PoolEntry, type SchedulingCore } from '../../src/core/scheduling/core.ts';
import type { Strategy } from '../../src/core/strategies/strategy.ts';
import { fc } from '../helpers/fc.ts';
import { anEntry, aPool, aStrategy, constraintsOf } from '../helpers/scheduling.ts';

const regions = ['us-east', 'us-west', 'eu-west'];
const asked = ['gpu > 8', 'gpu in (8, 24), !spot', 'zone != a'].map(constraintsOf);
const strategyNames = ['fifo', 'priority', 'min_cost', 'region_aware', 'least_loaded', 'round_robin', 'power_of_two'];
/** A switch begins their turns and draws anew. */
const withMemory = new Set(['round_robin', 'power_of_two']);

type Step =
  | { readonly kind: 'submit'; readonly task: Partial<TaskEntry> }
  | { readonly kind: 'finish' | 'cancel'; readonly nth: number }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      task: fc.record({
        type: fc.constantFrom('a', 'b'),
        tenant: fc.constantFrom('t1', 't2'),
        priority: fc.integer({ min: 1, max: 10 }),
        region: fc.constantFrom(null, ...regions),
        regions: fc.constantFrom(null, null, ['us-west', 'eu-west'], ['us-east']),
        regionMode: fc.constantFrom('prefer' as const, 'prefer' as const, 'require' as const),
        constraints: fc.constantFrom(null, null, ...asked),
        resourceType: fc.constantFrom(null, 'cpu' as const, 'gpu' as const),
        slots: fc.integer({ min: 1, max: 3 }),
        cost: fc.constantFrom(1, 2),
        maxCost: fc.constantFrom(null, null, 2),
      }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('finish' as const), nth: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4_000 }) }) },
);
const script = fc.array(step, { maxLength: 60 });

const pools: fc.Arbitrary<PoolEntry[]> = fc
  .array(
    fc.record({
      region: fc.constantFrom(...regions),
      resourceType: fc.constantFrom('cpu' as const, 'gpu' as const),
      costPerUnit: fc.constantFrom(0.5, 1, 2),
      capacity: fc.integer({ min: 0, max: 4 }),
      accepts: fc.constantFrom(undefined, ['a'], ['a', 'b']),
      labels: fc.constantFrom({}, { gpu: 8, zone: 'a' }, { gpu: 24, zone: 'b' }, { gpu: 80, spot: 1 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((fields) => fields.map((one, i) => aPool({ id: i + 1, ...one })));

interface World {
  readonly pools: readonly PoolEntry[];
  readonly strategy: Strategy;
  /** Changes a task before it is submitted. */
  readonly task?: (task: TaskEntry) => TaskEntry;
  /** Before every step. */
  readonly before?: (core: SchedulingCore, now: number) => void;
}

/** Every (seq, pool) the script leads to. Ends and cancels are chosen by position, so equal decisions keep two worlds in step. */
function play(steps: readonly Step[], { pools: entries, strategy, task = (one) => one, before = () => {} }: World): [number, number][] {
  const core = createSchedulingCore();
  for (const pool of entries) core.setPool(pool);
  core.setTypeLimits({ type: task(anEntry({ type: 'b' })).type, total: 4, perTenant: 2 });
  core.setStrategy(strategy, 1, 1, 0);
  const started: [number, number][] = [];
  const running: number[] = [];
  const waiting: number[] = [];
  let now = 0;
  for (const [i, one] of steps.entries()) {
    before(core, now);
    if (one.kind === 'submit') {
      core.submit(task(anEntry({ ...one.task, seq: i + 1, readyAt: now })));
      waiting.push(i + 1);
    } else if (one.kind === 'pass') now += one.ms;
    else if (one.kind === 'finish' && running.length > 0) core.finish(running.splice(one.nth % running.length, 1)[0]!, now);
    else if (one.kind === 'cancel' && waiting.length > 0) core.cancel(waiting.splice(one.nth % waiting.length, 1)[0]!);
    for (const { seq, poolId } of core.decide(now)) {
      started.push([seq, poolId]);
      running.push(seq);
      waiting.splice(waiting.indexOf(seq), 1);
    }
  }
  return started;
}

describe.each(strategyNames)('%s', (name) => {
  const strategy = aStrategy(name);

  it('the same events give the same decisions', () => {
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        expect(play(steps, { pools: entries, strategy })).toEqual(play(steps, { pools: entries, strategy: aStrategy(name) }));
      }),
    );
  });

  it('tasks that never fit change no other decision', () => {
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        let seq = 10_000;
        const before = (core: SchedulingCore, now: number) => {
          core.submit(anEntry({ seq: seq++, slots: 99, priority: 10, readyAt: now - 1e6 }));
          core.submit(anEntry({ seq: seq++, type: 'dance', region: 'mars', regionMode: 'require', readyAt: now }));
        };
        const lists = entries.map((pool) => ({ ...pool, accepts: pool.accepts ?? ['a', 'b', 'order'] }));
        expect(play(steps, { pools: lists, strategy, before })).toEqual(play(steps, { pools: lists, strategy }));
      }),
    );
  });

  it('names mean nothing: renaming pools, regions, types and tenants changes no choice', () => {
    const renamed = <T extends string | null>(text: T) => (text === null ? text : `x-${text}`) as T;
    const latencies = (strategy.latencies ?? []).map(({ between: [a, b], ms }) => ({ between: [renamed(a), renamed(b)] as const, ms }));
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        const others = entries.map((pool) => ({
          ...pool,
          name: renamed(pool.name),
          region: renamed(pool.region),
          accepts: pool.accepts?.map(renamed),
        }));
        const task = (one: TaskEntry) => ({
          ...one,
          ...{ type: renamed(one.type), tenant: renamed(one.tenant), region: renamed(one.region) },
          regions: one.regions?.map(renamed) ?? null,
        });
        const world = { pools: others, strategy: aStrategy(name, {}, { latencies }), task };
        expect(play(steps, world)).toEqual(play(steps, { pools: entries, strategy }));
      }),
    );
  });

  if (!withMemory.has(name)) {
    it('switching to the same strategy at any time changes nothing', () => {
      fc.assert(
        fc.property(pools, script, (entries, steps) => {
          let epoch = 2;
          const before = (core: SchedulingCore, now: number) => core.setStrategy(aStrategy(name), epoch++, 1, now);
          expect(play(steps, { pools: entries, strategy, before })).toEqual(play(steps, { pools: entries, strategy }));
        }),
      );
    });
  }

  it('a constraint that every pool meets changes nothing, nor does a field said as a constraint', () => {
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        const labelled = entries.map((pool) => ({ ...pool, labels: { ...pool.labels, sound: 7 } }));
        const task = (one: TaskEntry) => {
          const resource = one.resourceType === null ? [] : constraintsOf(`resource_type = ${one.resourceType}`);
          const constraints = canonical([...(one.constraints ?? []), ...constraintsOf('sound > 6, !hot'), ...resource]);
          return { ...one, resourceType: null, constraints };
        };
        expect(play(steps, { pools: labelled, strategy, task })).toEqual(play(steps, { pools: entries, strategy }));
      }),
    );
  });

  it('saying again what is so changes nothing', () => {
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        const before = (core: SchedulingCore) => {
          for (const pool of entries) core.setPool(pool);
          core.setTypeLimits({ type: 'b', total: 4, perTenant: 2 });
        };
        expect(play(steps, { pools: entries, strategy, before })).toEqual(play(steps, { pools: entries, strategy }));
      }),
    );
  });
});

describe('region_aware', () => {
  it('doubling all weights changes nothing', () => {
    const weights = { distance_weight: 0.75, price_weight: 0.5, load_weight: 0.25 };
    const doubled = { distance_weight: 1.5, price_weight: 1, load_weight: 0.5 };
    fc.assert(
      fc.property(pools, script, (entries, steps) => {
        const decisions = play(steps, { pools: entries, strategy: aStrategy('region_aware', weights) });
        expect(play(steps, { pools: entries, strategy: aStrategy('region_aware', doubled) })).toEqual(decisions);
      }),
    );
  });
});

it('another pool never makes a task unroutable', () => {
  fc.assert(
    fc.property(pools, pools, step, (some, more, one) => {
      const task = anEntry(one.kind === 'submit' ? one.task : {});
      const core = createSchedulingCore();
      for (const pool of some) core.setPool(pool);
      const before = core.unroutable(task);
      for (const pool of more) core.setPool({ ...pool, id: pool.id + 100 });
      if (before === undefined) expect(core.unroutable(task)).toBeUndefined();
    }),
  );
});
