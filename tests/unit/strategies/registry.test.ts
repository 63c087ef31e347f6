import { describe, expect, it } from 'vitest';
import { createStrategy, listStrategies } from '../../../src/core/strategies/registry.ts';

describe('createStrategy', () => {
  it('fills parameters up with their defaults and keeps those given', () => {
    expect(createStrategy('priority')).toMatchObject({ kind: 'made', strategy: { name: 'priority', params: { aging_per_min: 1 } } });
    expect(createStrategy('priority', { aging_per_min: 0 })).toMatchObject({ strategy: { params: { aging_per_min: 0 } } });
  });

  it('refuses an unknown name and names the known ones', () => {
    const allowed = ['fifo', 'priority', 'min_cost', 'region_aware'];
    const message = 'must be one of fifo, priority, min_cost, region_aware';
    expect(createStrategy('min-cost')).toEqual({
      kind: 'unknown',
      message: `Unknown algorithm min-cost: it ${message}.`,
      errors: [{ path: '/body/algorithm', message }],
      allowed,
    });
  });

  it.each([
    ['priority', { aging: 1 }, '/body/params/aging', 'is not known; known: aging_per_min'],
    ['fifo', { 'a/b~': 1 }, '/body/params/a~1b~0', 'is not known: this algorithm has no parameters'],
    ['priority', { aging_per_min: -1 }, '/body/params/aging_per_min', 'must be a number from 0 to 1000, and it was -1'],
    ['priority', { aging_per_min: '1' }, '/body/params/aging_per_min', 'must be a number from 0 to 1000, and it was "1"'],
    ['region_aware', { spill_after_ms: 0.5 }, '/body/params/spill_after_ms', 'must be an integer from 0 to 86400000, and it was 0.5'],
  ])('%s refuses %j', (name, params, path, message) => {
    expect(createStrategy(name, params)).toMatchObject({ kind: 'invalid', errors: [{ path, message }] });
  });

  it('a name of every object is not a parameter', () => {
    expect(createStrategy('fifo', JSON.parse('{"__proto__": 1}'))).toMatchObject({ kind: 'invalid', allowed: [] });
    expect(createStrategy('priority', JSON.parse('{"toString": 1}'))).toMatchObject({ kind: 'invalid', allowed: ['aging_per_min'] });
  });

  it('tells all mistakes at once', () => {
    const made = createStrategy('region_aware', { spill_after_ms: -1, load_weight: null, speed: 2 });
    expect(made).toMatchObject({
      message:
        'Parameters of region_aware: params/spill_after_ms must be an integer from 0 to 86400000, and it was -1; params/load_weight must be a number from 0 to 1000, and it was null; params/speed is not known; known: spill_after_ms, distance_weight, price_weight, load_weight.',
    });
  });
});

describe('listStrategies', () => {
  it('gives each its text and a JSON Schema whose defaults make it', () => {
    for (const { name, summary, description, complexity, parameters } of listStrategies()) {
      expect([summary.length > 0, description.endsWith('.'), complexity]).toEqual([true, true, 'static']);
      expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
      const properties = parameters['properties'] as Record<string, { default: number; type: string; description: string }>;
      const defaults = Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, property.default]));
      expect(createStrategy(name, defaults)).toMatchObject({ kind: 'made', strategy: { params: defaults } });
    }
  });
});
