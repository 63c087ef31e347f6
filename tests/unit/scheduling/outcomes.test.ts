import { expect, it } from 'vitest';
import { Outcomes } from '../../../src/core/scheduling/outcomes.ts';
import type { RunOutcome, Strategy } from '../../../src/core/strategies/strategy.ts';
import { aCore, anEntry, aPool, aStrategy } from '../../helpers/scheduling.ts';

const pool = { id: 1, region: 0, resourceType: 'cpu', costPerUnit: 1, speed: 1 } as const;
const run = (runMs: number): RunOutcome => ({ type: 0, slots: 1, units: 1, pool, succeeded: true, runMs });

/** First in, first out, and a list of what it was told. */
function aListener(): { strategy: Strategy; told: RunOutcome[] } {
  const told: RunOutcome[] = [];
  const learn = { restart: () => void told.splice(0), outcome: (outcome: RunOutcome) => void told.push(outcome) };
  return { strategy: { ...aStrategy('fifo'), learn }, told };
}

it('tells the latest 4,096 outcomes, oldest first', () => {
  const outcomes = new Outcomes();
  for (let i = 0; i < 5_000; i++) outcomes.add(run(i));
  const { strategy, told } = aListener();
  strategy.learn?.outcome(run(-1));
  outcomes.teach(strategy.learn!);
  expect([told.length, told[0]?.runMs, told.at(-1)?.runMs]).toEqual([4_096, 904, 4_999]);
});

it('every attempt that ends by itself is told, with what it took, and those that did not are not', () => {
  const { strategy, told } = aListener();
  const { core, submit, starts } = aCore({ pools: [aPool({ id: 1, capacity: 9, costPerUnit: 2, speed: 4 })], strategy });
  submit({ slots: 2, cost: 3 }, {}, {}, {}, {}, {});
  starts(100);
  for (const [i, outcome] of (['succeeded', 'failed', 'timed_out', 'lost', 'cancelled', 'released'] as const).entries())
    core.finish(i + 1, 200 + i, outcome);
  expect(told.map(({ succeeded, runMs }) => [succeeded, runMs])).toEqual([
    [true, 100],
    [false, 101],
    [false, 102],
    [false, 103],
  ]);
  expect(told[0]).toMatchObject({ slots: 2, units: 3, pool: { id: 1, costPerUnit: 2, speed: 4 } });
});

it('a strategy that is put in force knows what happened under the one before, and what was recalled', () => {
  const { core, submit, starts } = aCore({ pools: [aPool({ id: 1 })] });
  core.recallOutcome({ type: 'order', poolId: 1, slots: 1, cost: 2, succeeded: false, runMs: 7 });
  core.recallOutcome({ type: 'order', poolId: 99, slots: 1, cost: 2, succeeded: false, runMs: 7 });
  submit({});
  starts(0);
  core.finish(1, 50, 'succeeded');
  const { strategy, told } = aListener();
  const seen = () => told.map(({ units, succeeded, runMs }) => ({ units, succeeded, runMs }));
  const known = [
    { units: 2, succeeded: false, runMs: 7 },
    { units: 1, succeeded: true, runMs: 50 },
  ];
  core.preview(anEntry({ seq: 0 }), 60, strategy);
  expect(seen()).toEqual(known);
  const change = core.prepareStrategy(strategy, 60);
  submit({});
  starts(60);
  core.finish(2, 70, 'succeeded');
  change.swap(2, 1, 80);
  expect(seen()).toEqual([...known, { units: 1, succeeded: true, runMs: 10 }]);
});
