import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand } from '../../../src/core/scheduling/demand.ts';
import { Gates } from '../../../src/core/scheduling/gates.ts';
import { Need } from '../../../src/core/scheduling/need.ts';
import { PoolIndex } from '../../../src/core/scheduling/pool-index.ts';
import { SharedLists } from '../../../src/core/scheduling/shared-lists.ts';
import { survey } from '../../../src/core/scheduling/survey.ts';
import { Surveys } from '../../../src/core/scheduling/surveys.ts';
import { aPool, constraintsOf } from '../../helpers/scheduling.ts';

const types = ['a', 'b', 'c'];
const constraints = { text: 'zone = 1', all: constraintsOf('zone = 1') };

const somePool = fc.record({
  region: fc.constantFrom('us-east', 'eu-west'),
  resourceType: fc.constantFrom('cpu' as const, 'gpu' as const),
  costPerUnit: fc.constantFrom(1, 2),
  capacity: fc.integer({ min: 0, max: 4 }),
  state: fc.constantFrom('active' as const, 'paused' as const),
  accepts: fc.option(fc.subarray(types), { nil: undefined }),
  typeLimits: fc.constantFrom({}, {}, { b: 1 }),
  labels: fc.constantFrom({}, { zone: 1 }),
  runsParts: fc.boolean(),
});

const someDemand: fc.Arbitrary<Demand> = fc.record({
  resourceType: fc.constantFrom(null, 'cpu' as const, 'gpu' as const),
  region: fc.constantFrom(-1, 0, 1),
  regions: fc.constantFrom(undefined, undefined, [0, 1]),
  stays: fc.boolean(),
  slots: fc.integer({ min: 1, max: 5 }),
  parts: fc.constantFrom(1, 1, 3),
  priceCap: fc.constantFrom(Number.POSITIVE_INFINITY, 1, -1),
  constraints: fc.constantFrom(undefined, undefined, constraints),
});

function setup(pools: readonly Parameters<typeof aPool>[0][]) {
  const gates = new Gates();
  const index = new PoolIndex({ idOf: (name) => gates.type(name).id, running: () => 0 });
  for (const region of ['us-east', 'eu-west']) index.regions.idOf(region);
  for (const [i, pool] of pools.entries()) index.set(aPool({ ...pool, id: i + 1 }));
  return { index, gates, surveys: new Surveys(index) };
}

describe('surveys that needs share', () => {
  it('say of each need what a survey of its own says, also after pools changed', () => {
    fc.assert(
      fc.property(
        fc.array(somePool, { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.constantFrom(...types), someDemand), { minLength: 1, maxLength: 12 }),
        somePool,
        (pools, asked, change) => {
          const { index, gates, surveys } = setup(pools);
          const needs = asked.map(([type, demand], id) => new Need(id, gates.type(type), demand));
          for (let round = 0; round < 2; round++) {
            for (const need of needs) expect(surveys.of(need)).toEqual(survey(need, index, new SharedLists()));
            index.set(aPool({ ...change, id: 1 }));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are one for needs of other homes and types that ask the same', () => {
    const { gates, surveys } = setup([{}, { region: 'eu-west' }]);
    const demand: Demand = {
      ...{ resourceType: 'cpu', regions: undefined, stays: false, slots: 1, parts: 1 },
      ...{ priceCap: Number.POSITIVE_INFINITY, constraints: undefined },
      region: 0,
    };
    const [home, away, larger] = [
      new Need(1, gates.type('a'), demand),
      new Need(2, gates.type('b'), { ...demand, region: 1 }),
      new Need(3, gates.type('a'), { ...demand, slots: 2 }),
    ];
    expect(surveys.of(away)).toBe(surveys.of(home));
    expect(surveys.of(larger)).not.toBe(surveys.of(home));
  });
});
