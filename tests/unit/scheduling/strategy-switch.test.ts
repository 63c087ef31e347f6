import { describe, expect, it } from 'vitest';
import type { PlaceRule, Strategy } from '../../../src/core/strategies/strategy.ts';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

const strict = () => aStrategy('priority', { aging_per_min: 0 });

/** A full pool of one slot and five tasks that wait: arrival 1-5, priorities 1, 9, 5, 10, 3. */
function setup() {
  const pool = aPool({ capacity: 1 });
  const made = aCore({ pools: [pool] });
  made.occupy(pool, 1);
  made.submit({ priority: 1 }, { priority: 9 }, { priority: 5 }, { priority: 10 }, { priority: 3 });
  made.starts();
  return { ...made, free: () => made.vacate(pool) };
}

describe('a switch of strategy', () => {
  it('applies to the very next decision, which carries its name', () => {
    const { core, free } = setup();
    core.setStrategy(strict(), 2, 1, 0);
    free();
    expect(core.decide(0)).toMatchObject([{ seq: 4, algorithm: 'priority', epoch: 2 }]);
    core.finish(4, 0);
    core.setStrategy(aStrategy('fifo'), 3, 1, 0);
    expect(core.decide(0)).toMatchObject([{ seq: 1, algorithm: 'fifo', epoch: 3 }]);
  });

  it('in steps: the old one decides until the swap', () => {
    const { core, free } = setup();
    const change = core.prepareStrategy(strict(), 0);
    while (!change.step(1));
    free();
    expect(core.decide(0)).toMatchObject([{ seq: 1, algorithm: 'fifo', epoch: 1 }]);
    core.finish(1, 0);
    change.swap(2, 1, 0);
    expect(core.decide(0)).toMatchObject([{ seq: 4, algorithm: 'priority', epoch: 2 }]);
  });

  it('what comes and goes between the steps is known to the new one', () => {
    const { core, submit, free } = setup();
    const change = core.prepareStrategy(strict(), 0);
    change.step(3);
    core.cancel(2); // entered
    core.cancel(4); // not entered yet
    submit({ seq: 6, priority: 8 }, { seq: 7, priority: 2 });
    change.step(100);
    submit({ seq: 8, priority: 4 });
    change.swap(2, 1, 0);
    free();
    expect(core.order()).toEqual([6, 3, 8, 5, 7, 1]);
    const started = [];
    for (let next = core.decide(0)[0]; next !== undefined; next = core.decide(0)[0]) {
      started.push(next.seq);
      core.finish(next.seq, 0);
    }
    expect(started).toEqual([6, 3, 8, 5, 7, 1]);
  });

  it('steps that are missing are made up for by the swap', () => {
    const { core, free } = setup();
    core.prepareStrategy(strict(), 0).swap(2, 1, 0);
    free();
    expect(core.decide(0)).toMatchObject([{ seq: 4 }]);
  });

  it('nothing waits for room where the old one had it wait, before anything of that is given back', () => {
    const pool = aPool({ capacity: 1 });
    const { core, submit, starts, occupy, vacate } = aCore({ pools: [pool], strategy: strict() });
    occupy(pool, 1);
    submit({ type: 'one', priority: 1 }, { type: 'other', priority: 10 });
    expect(starts()).toEqual([]);
    core.prepareStrategy(aStrategy('fifo'), 0).swap(2, 1, 0);
    expect(starts()).toEqual([]);
    vacate(pool);
    expect(starts()).toEqual([[1, 'pool-1']]);
  });

  it('a discarded one leaves the old one in force', () => {
    const { core, free } = setup();
    const change = core.prepareStrategy(strict(), 0);
    change.step(2);
    change.discard();
    change.discard();
    free();
    expect(core.decide(0)).toMatchObject([{ seq: 1, algorithm: 'fifo' }]);
    expect(() => change.swap(2, 1, 0)).toThrow('this switch is over');
  });

  it('the latest wins: another preparation, or a switch at once, ends the one before', () => {
    const { core, free } = setup();
    const first = core.prepareStrategy(strict(), 0);
    const second = core.prepareStrategy(aStrategy('min_cost'), 0);
    expect(() => first.swap(2, 1, 0)).toThrow('this switch is over');
    core.setStrategy(strict(), 3, 1, 0);
    expect(() => second.swap(4, 1, 0)).toThrow('this switch is over');
    free();
    expect(core.decide(0)).toMatchObject([{ seq: 4, epoch: 3 }]);
  });

  it('a step does about as much as asked', () => {
    const { core, submit } = setup();
    for (let seq = 6; seq <= 1_000; seq++) submit({ seq });
    const change = core.prepareStrategy(strict(), 0);
    let steps = 1;
    while (!change.step(100)) steps++;
    expect(steps).toBeGreaterThan(9);
    expect(steps).toBeLessThan(16);
  });

  describe('with many pools', () => {
    const pools = 3_000;

    /** Many pools, one task that waits for each of four regions, and a strategy that counts the pools it is asked about. */
    function many() {
      const made = aCore({ pools: Array.from({ length: pools }, (_, i) => aPool({ id: i + 1, state: 'paused' })) });
      made.submit(...['us-east', 'us-west', 'eu-west', 'ap-east'].map((region) => ({ region })));
      let asked = 0;
      const place = aStrategy('min_cost').place;
      const rules = place.rules.map(
        (rule): PlaceRule => ({
          ...rule,
          byHome: true,
          base(pool) {
            asked++;
            return -pool.id;
          },
        }),
      );
      const counting: Strategy = { ...aStrategy('min_cost'), place: { ...place, rules } };
      return { ...made, counting, asked: () => asked };
    }

    it('a step looks at no more of them than asked', () => {
      const { core, counting, asked } = many();
      const change = core.prepareStrategy(counting, 0);
      let most = 0;
      let steps = 0;
      for (let isReady = false; !isReady; steps++) {
        const before = asked();
        isReady = change.step(500);
        most = Math.max(most, asked() - before);
      }
      expect(most).toBeLessThanOrEqual(500);
      expect(asked()).toBeGreaterThanOrEqual(4 * pools);
      expect(steps).toBeGreaterThan(asked() / 500);
    });

    it('what the old one used is given back in pieces, whatever happens between them', () => {
      const { core, setPool, submit, counting, starts } = many();
      core.setStrategy(counting, 2, 1, 0);
      starts();
      const change = core.prepareStrategy(aStrategy('fifo'), 0);
      change.swap(3, 1, 0);
      let pieces = 1;
      for (; !change.clear(1); pieces++) setPool(aPool({ id: pools + pieces, state: 'paused' }));
      expect(pieces).toBeGreaterThan(3);
      expect(change.clear(1)).toBe(true);
      submit({ region: 'us-west' });
      setPool(aPool({ id: 7, region: 'us-west', capacity: 9 }));
      expect(starts().map(([seq]) => seq)).toEqual([1, 2, 3, 4, 5]);
    });

    it('pools that change at every step do not keep it from ending, and it knows them as they are', () => {
      const { core, setPool, counting, starts } = many();
      const change = core.prepareStrategy(counting, 0);
      let steps = 0;
      while (!change.step(500)) {
        steps++;
        setPool(aPool({ id: pools + steps, state: 'paused' }));
      }
      change.swap(2, 1, 0);
      expect(steps).toBeLessThan(100);
      setPool(aPool({ id: 7 }));
      setPool(aPool({ id: pools + steps }));
      expect(starts()).toEqual([
        [1, `pool-${pools + steps}`],
        [2, 'pool-7'],
      ]);
    });
  });

  it('load, limits and what is held stay as they are', () => {
    const { core, submit, starts } = aCore({ pools: [aPool({ capacity: 3 })] });
    core.setTypeLimits({ type: 'run', total: null, perTenant: 1 });
    submit({ type: 'run' }, { type: 'run' }, { type: 'run', tenant: 'other' });
    starts();
    core.setStrategy(strict(), 2, 1, 0);
    expect([starts(), core.loadOf(1), core.runningOf('run'), core.holdOf(2, 0)?.code]).toEqual([[], 2, 2, 'tenant_type_limit']);
    core.finish(1, 0);
    expect(starts()).toEqual([[2, 'pool-1']]);
  });

  it('a ring that was closed under the old strategy is open under the new', () => {
    const home = aPool({ id: 1 });
    const { core, submit, starts, occupy } = aCore({
      pools: [home, aPool({ id: 2, region: 'eu-west', name: 'away' })],
      strategy: aStrategy('region_aware'),
    });
    occupy(home, 1);
    submit({ readyAt: 0 });
    expect([starts(100), core.nextDueAt()]).toEqual([[], 5_000]);
    core.setStrategy(aStrategy('fifo'), 2, 1, 100);
    expect([starts(100), core.nextDueAt()]).toEqual([[[1, 'away']], Number.POSITIVE_INFINITY]);
  });
});
