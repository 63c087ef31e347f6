import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { listOrders, listPlaces, listStrategies } from '../../../src/core/strategies/listing.ts';
import { easyReservations, liveReservations, overtakingParameters } from '../../../src/core/strategies/overtaking.ts';
import { createStrategy, makeStrategy, type StrategyChoice } from '../../../src/core/strategies/registry.ts';
import { aTaskView } from '../../helpers/strategy-views.ts';

const overtakingNames = Object.keys(overtakingParameters);
const overtaking = overtakingNames.join(', ');

describe('createStrategy', () => {
  it('fills parameters up with their defaults and keeps those given', () => {
    const params = { aging_per_min: 1, place: 'by_priority' };
    expect(createStrategy('priority')).toMatchObject({ kind: 'made', strategy: { name: 'priority', params } });
    expect(createStrategy('priority', { aging_per_min: 0 })).toMatchObject({ strategy: { params: { ...params, aging_per_min: 0 } } });
  });

  it('refuses an unknown name and names the known ones', () => {
    const allowed = listStrategies().map(({ name }) => name);
    const message = `must be one of ${allowed.join(', ')}, or an order and a placement as in priority+least_loaded`;
    expect(allowed).toEqual(expect.arrayContaining(['fifo', 'priority', 'min_cost', 'region_aware']));
    expect(createStrategy('min-cost')).toEqual({
      kind: 'unknown',
      message: `Algorithm: algorithm ${message}.`,
      errors: [{ path: '/body/algorithm', message }],
      allowed,
    });
  });

  it.each([
    ['priority', { aging: 1 }, '/body/params/aging', `is not known; known: aging_per_min, place, ${overtaking}`],
    ['fifo', { 'a/b~': 1 }, '/body/params/a~1b~0', `is not known; known: place, ${overtaking}`],
    ['priority', { aging_per_min: -1 }, '/body/params/aging_per_min', 'must be a number from 0 to 1000, and it was -1'],
    ['priority', { aging_per_min: '1' }, '/body/params/aging_per_min', 'must be a number from 0 to 1000, and it was "1"'],
    ['region_aware', { spill_after_ms: 0.5 }, '/body/params/spill_after_ms', 'must be an integer from 0 to 86400000, and it was 0.5'],
    [
      'min_cost',
      { order: 'lottery' },
      '/body/params/order',
      expect.stringMatching(/^must be one of fifo, priority.*, and it was "lottery"$/),
    ],
    ['min_cost', { order: 1 }, '/body/params/order', expect.stringMatching(/^must be one of fifo, priority.*, and it was 1$/)],
  ])('%s refuses %j', (name, params, path, message) => {
    expect(createStrategy(name, params)).toMatchObject({ kind: 'invalid', errors: [{ path, message }] });
  });

  it('a name of every object is not a parameter', () => {
    expect(createStrategy('fifo', JSON.parse('{"__proto__": 1}'))).toMatchObject({
      kind: 'invalid',
      allowed: ['place', ...overtakingNames],
    });
    expect(createStrategy('priority', JSON.parse('{"toString": 1}'))).toMatchObject({
      kind: 'invalid',
      allowed: ['aging_per_min', 'place', ...overtakingNames],
    });
    expect(createStrategy('toString')).toMatchObject({ kind: 'unknown' });
  });

  it('tells all mistakes at once', () => {
    const made = createStrategy('region_aware', { spill_after_ms: -1, load_weight: null, speed: 2 });
    expect(made).toMatchObject({
      message: `Algorithm: params/spill_after_ms must be an integer from 0 to 86400000, and it was -1; params/load_weight must be a number from 0 to 1000, and it was null; params/speed is not known; known: spill_after_ms, distance_weight, price_weight, load_weight, order, ${overtaking}.`,
    });
  });
});

describe('who may overtake whom', () => {
  const overtakingIn = (choice: StrategyChoice) => {
    const made = makeStrategy(choice);
    if (made.kind !== 'made') throw new Error(made.message);
    return made.strategy.overtaking;
  };

  it('is a parameter of every strategy: order within needs, and pools kept for who waits too long, unless it says otherwise', () => {
    for (const { name } of listStrategies())
      expect(overtakingIn({ algorithm: name })).toEqual({ strict: 'shape', reservations: liveReservations });
    expect(overtakingIn({ algorithm: 'sjf', params: { strict: 'global', reserve: false } })).toEqual({ strict: 'global' });
    expect(overtakingIn({ algorithm: 'fifo+min_cost', params: { overtaking: { strict: 'none', reserve: false } } })).toEqual({
      strict: 'none',
    });
  });

  it('no patience and no margin are textbook EASY, but for how alike estimates are', () => {
    const params = { patience_factor: 0, patience_least_ms: 0, patience_most_ms: 0, estimate_margin: 1, strict: 'global' };
    expect(overtakingIn({ order: 'fifo', params })).toEqual({
      strict: 'global',
      reservations: { ...easyReservations, grain: liveReservations.grain },
    });
  });

  it('refuses a least patience above the most', () => {
    expect(createStrategy('fifo', { patience_least_ms: 11, patience_most_ms: 10 })).toMatchObject({
      kind: 'invalid',
      errors: [{ path: '/body/params', message: 'needs patience_least_ms not above patience_most_ms, or patience_most_ms 0' }],
    });
    expect(createStrategy('fifo', { strict: 'very' })).toMatchObject({ kind: 'invalid', errors: [{ path: '/body/params/strict' }] });
  });
});

describe('any order goes with any placement', () => {
  const choices = listOrders().flatMap((order) => listPlaces().map((place) => [order.name, place.name] as const));

  it.each(choices)('%s and %s, by four ways of saying so', (order, place) => {
    const name = `${order}+${place}`;
    const made = [
      makeStrategy({ order, place }),
      makeStrategy({ order: { name: order }, place: { name: place, params: {} } }),
      createStrategy(name),
      makeStrategy({ algorithm: name }),
    ];
    for (const one of made) expect(one).toMatchObject({ kind: 'made', strategy: { name } });
    const [alone, both] = [createStrategy(order, { place }), made[0]];
    if (alone.kind !== 'made' || both?.kind !== 'made') throw new Error('not made');
    expect(alone.strategy).toMatchObject({ name: order, version: both.strategy.version });
    expect(Object.keys(both.strategy.params)).toEqual(['order', 'place', 'overtaking']);
    expect(alone.strategy.order.class).toBe(both.strategy.order.class);
    expect(alone.strategy.place.rules.length).toBe(both.strategy.place.rules.length);
  });

  it('name and parameters of what was made make it again', () => {
    for (const choice of [
      ...choices.map(([order, place]): StrategyChoice => ({ order, place })),
      ...listStrategies().map(({ name }): StrategyChoice => ({ algorithm: name })),
      { order: 'priority', place: 'region_aware', params: { spill_after_ms: 7, aging_per_min: 3 } },
      { algorithm: 'min_cost', params: { order: 'priority' } },
    ]) {
      const made = makeStrategy(choice);
      if (made.kind !== 'made') throw new Error(made.message);
      const { name, params, version } = made.strategy;
      expect(createStrategy(name, JSON.parse(JSON.stringify(params)) as JsonObject)).toMatchObject({
        kind: 'made',
        strategy: { name, params, version },
      });
    }
  });

  it('parameters beside the halves go to the one that knows them', () => {
    const params = { order: { aging_per_min: 3 }, place: { spill_after_ms: 7 } };
    const made = makeStrategy({ order: 'priority', place: 'region_aware', params: { spill_after_ms: 7, aging_per_min: 3 } });
    expect(made).toMatchObject({ strategy: { name: 'priority+region_aware', params } });
    const inHalves = makeStrategy({
      order: { name: 'priority', params: { aging_per_min: 3 } },
      place: { name: 'region_aware', params: { spill_after_ms: 7 } },
    });
    expect(inHalves).toMatchObject({ strategy: { params } });
  });

  it('what is left out is usual: fifo, and the placement of the order', () => {
    expect(makeStrategy({ place: 'region_aware' })).toMatchObject({ strategy: { name: 'fifo+region_aware' } });
    expect(makeStrategy({ order: 'priority' })).toMatchObject({ strategy: { name: 'priority+by_priority' } });
    expect(makeStrategy({ order: 'fifo' })).toMatchObject({ strategy: { name: 'fifo+first_fit' } });
  });

  it('the order decides who is next, the placement where', () => {
    const made = makeStrategy({ order: 'priority', place: 'min_cost' });
    if (made.kind !== 'made') throw new Error(made.message);
    const { order, place } = made.strategy;
    expect(order.class === 'static' && order.key(aTaskView({ priority: 9 }))).toBe(-9);
    expect(place.rules.map(({ measures }) => measures.name)).toEqual(['price']);
  });

  it.each<[StrategyChoice, string, string]>([
    [{}, '/body', 'must name an algorithm, or an order, a place or both'],
    [{ algorithm: 'fifo', order: 'fifo' }, '/body/algorithm', 'must not stand beside order or place'],
    [{ order: 'lifo' }, '/body/order', 'must be one of fifo, priority'],
    [{ order: 'min_cost' }, '/body/order', 'must be one of fifo, priority'],
    [{ place: { name: 'moon' } }, '/body/place/name', 'must be one of min_cost, region_aware'],
    [{ order: { name: 'priority', params: { aging: 1 } } }, '/body/order/params/aging', 'is not known; known: aging_per_min'],
    [{ order: 'fifo', params: { aging_per_min: 1 } }, '/body/params/aging_per_min', `is not known; known: ${overtaking}`],
    [{ order: 'priority', params: { aging_per_min: -1 } }, '/body/params/aging_per_min', 'must be a number from 0 to 1000'],
    [{ algorithm: 'fifo+moon' }, '/body/algorithm', 'must be one of min_cost, region_aware'],
    [{ algorithm: 'a+b+c' }, '/body/algorithm', 'must be one of fifo, priority'],
    [{ algorithm: 'fifo+min_cost', params: { spill: 1 } }, '/body/params', 'must be {"order": {...}, "place": {...}, "overtaking": {...}}'],
    [{ algorithm: 'priority+min_cost', params: { order: { x: 1 } } }, '/body/params/order/x', 'is not known; known: aging_per_min'],
  ])('refuses %j', (choice, path, message) => {
    expect(makeStrategy(choice)).toMatchObject({ errors: [{ path, message: expect.stringContaining(message) }] });
  });
});

describe('the lists', () => {
  it('give each its text and a JSON Schema whose defaults make it', () => {
    for (const { name, summary, description, complexity, parameters } of listStrategies()) {
      expect([summary.length > 0, description.endsWith('.'), ['static', 'slope', 'share'].includes(complexity)]).toEqual([
        true,
        true,
        true,
      ]);
      expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
      const defaults = defaultsOf(parameters);
      expect(createStrategy(name, defaults)).toMatchObject({ kind: 'made', strategy: { params: defaults } });
    }
  });

  it('no order and placement share a name, and each is an algorithm too', () => {
    const names = [...listOrders(), ...listPlaces()].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, parameters } of [...listOrders(), ...listPlaces()])
      expect([name, overtakingNames.filter((known) => known in (parameters['properties'] as JsonObject))]).toEqual([name, []]);
    expect(listStrategies().map(({ name }) => name)).toEqual(names);
  });
});

function defaultsOf(parameters: JsonObject): JsonObject {
  const properties = parameters['properties'] as Record<string, { default: number | string | boolean }>;
  return Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, property.default]));
}
