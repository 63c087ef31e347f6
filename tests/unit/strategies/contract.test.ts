import { describe, expect, it } from 'vitest';
import { listStrategies } from '../../../src/core/strategies/listing.ts';
import { createStrategy } from '../../../src/core/strategies/registry.ts';
import type { Facts, PoolView, TaskView } from '../../../src/core/strategies/strategy.ts';
import { fc } from '../../helpers/fc.ts';
import { someFacts } from '../../helpers/strategy-views.ts';

const task: fc.Arbitrary<TaskView> = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  tenant: fc.nat(50),
  type: fc.nat(50),
  priority: fc.integer({ min: 1, max: 10 }),
  cost: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  slots: fc.integer({ min: 1, max: 1_000 }),
  parts: fc.constant(1),
  since: fc.integer({ min: -1e12, max: 4e12 }),
  deadline: fc.constantFrom(Number.POSITIVE_INFINITY, 4e12),
  estimateMs: fc.constantFrom(1, 30_000, 86_400_000),
  backlogMs: fc.constantFrom(1, 60_000, 86_400_000, Number.POSITIVE_INFINITY),
  timeoutMs: fc.constantFrom(1, 60_000),
  attempt: fc.nat(20),
  region: fc.integer({ min: -1, max: 5 }),
});

const pool: fc.Arbitrary<PoolView> = fc
  .record({
    id: fc.nat(100),
    region: fc.nat(5),
    resourceType: fc.constantFrom('cpu', 'gpu'),
    costPerUnit: fc.double({ min: 0, max: 1e6, noNaN: true }),
    capacity: fc.integer({ min: 0, max: 1_000 }),
    load: fc.nat(1_200),
    speed: fc.double({ min: 0.1, max: 10, noNaN: true }),
    failureRatio: fc.double({ min: 0, max: 0.99, noNaN: true }),
    carbonGramsPerKwh: fc.double({ min: 0, max: 1_000, noNaN: true }),
  })
  .map(({ load, ...rest }) => ({ ...rest, free: rest.capacity - load }));

const facts: fc.Arbitrary<Facts> = fc.record({ largest: fc.constantFrom(0, 210), dearestPrice: fc.constantFrom(0, 2.3) }).map((given) =>
  someFacts({
    largestLatencyMs: given.largest,
    dearestPrice: given.dearestPrice,
    latencyMs: (from, to) => (from === to || from === -1 ? 0 : given.largest),
    random: () => 0.5,
  }),
);

const waits = fc.nat(1_000_000_000);
const ratios = fc.constantFrom(0.01, 1, 20);

interface Property {
  readonly type: string;
  readonly default: number | string | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
}

/** Parameters at both ends of their ranges and at their defaults; the halves alone, the other one as usual. */
const variants = listStrategies().flatMap(({ name, kind, parameters }) => {
  const { [kind === 'order' ? 'place' : 'order']: _other, ...own } = parameters['properties'] as unknown as Record<string, Property>;
  const all = (pick: (property: Property) => Property['default']) =>
    Object.fromEntries(Object.entries(own).map(([key, property]) => [key, pick(property)]));
  return [
    { name, of: 'default', params: all((property) => property.default) },
    { name, of: 'least', params: all(({ minimum, enum: words }) => minimum ?? words?.[0] ?? false) },
    { name, of: 'largest', params: all(({ maximum, enum: words }) => maximum ?? words?.at(-1) ?? true) },
  ].flatMap((variant) => {
    const made = createStrategy(name, variant.params);
    return made.kind === 'made' ? [{ ...variant, strategy: made.strategy }] : [];
  });
});

it('every strategy has variants', () => {
  expect(new Set(variants.map(({ name }) => name)).size).toBe(listStrategies().length);
});

describe.each(variants)('$name with $of parameters keeps the contract', ({ strategy }) => {
  const { order, place } = strategy;
  const keysOf = (one: TaskView): number[] => {
    if (order.class === 'static') return order.late === undefined ? [order.key(one)] : [order.key(one), order.late.key(one)];
    if (order.class === 'slope') return [order.bucket(one), order.rank(one, 0, 1), order.rank(one, 86_400_000, 0.3)];
    return [order.key(one), order.charge(one)];
  };

  it('keys are finite, and the same when asked again', () => {
    fc.assert(
      fc.property(task, (one) => {
        for (const key of keysOf(one)) expect(Number.isFinite(key)).toBe(true);
        expect(keysOf({ ...one })).toEqual(keysOf(one));
      }),
    );
  });

  it('the class holds: a key is a function of what never changes while a task waits', () => {
    fc.assert(
      fc.property(task, fc.nat(20), (one, attempt) => {
        expect(keysOf({ ...one, attempt })).toEqual(keysOf(one));
      }),
    );
  });

  it('a task that is late never moves forward, and a rank never falls back while a task waits', () => {
    fc.assert(
      fc.property(task, waits, waits, ratios, (one, a, b, ratio) => {
        if (order.class === 'static' && order.late !== undefined) expect(order.late.key(one)).toBeGreaterThanOrEqual(order.key(one));
        if (order.class !== 'slope') return;
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(order.rank(one, more, ratio)).toBeLessThanOrEqual(order.rank(one, less, ratio));
        if (order.isOverdue?.(one, less, ratio)) expect(order.isOverdue(one, more, ratio)).toBe(true);
      }),
    );
  });

  it('each ring holds all pools of the one before it', () => {
    const words = place.rings.map(({ within }) => within);
    expect(words).toEqual([...words].sort((a, b) => Number(a === 'any') - Number(b === 'any')));
  });

  it('names a rule that exists, whatever the task', () => {
    fc.assert(
      fc.property(task, (one) => {
        expect(place.rules[place.rule?.(one) ?? 0]).toBeDefined();
      }),
    );
  });

  it('pool orders are finite and do not move with the load', () => {
    fc.assert(
      fc.property(pool, fc.integer({ min: -1, max: 5 }), facts, (one, home, given) => {
        for (const rule of place.rules) {
          const [base, tie] = [rule.base(one, home, given), rule.tie?.(one) ?? 0];
          expect([Number.isFinite(base), Number.isFinite(tie)]).toEqual([true, true]);
          const busy = { ...one, free: one.free - 1 };
          expect([rule.base(busy, home, given), rule.tie?.(busy) ?? 0]).toEqual([base, tie]);
        }
      }),
    );
  });

  it('a pool order that looks at the home region says so', () => {
    fc.assert(
      fc.property(pool, facts, (one, given) => {
        for (const rule of place.rules.filter(({ byHome }) => byHome !== true)) {
          expect(rule.base(one, 3, given)).toBe(rule.base(one, -1, given));
        }
      }),
    );
  });

  it('terms are named, finite, not negative, and the same when asked again', () => {
    fc.assert(
      fc.property(task, pool, facts, (one, at, given) => {
        for (const { name, unit, weight, value } of place.rules.flatMap((rule) => rule.terms ?? [])) {
          expect([name, unit].every((text) => text.length > 0)).toBe(true);
          expect(weight).toBeGreaterThanOrEqual(0);
          expect(value(one, at, given)).toBeGreaterThanOrEqual(0);
          expect(value({ ...one }, { ...at }, given)).toBe(value(one, at, given));
        }
      }),
    );
  });
});
