import { describe, expect, it } from 'vitest';
import { totalOf } from '../../../../src/core/scheduling/picks/pick-record.ts';
import { seededRandom } from '../../../../src/core/scheduling/seeded-random.ts';
import type { Term } from '../../../../src/core/strategies/strategy.ts';
import { anOrder, aSlot } from '../../../helpers/pool-orders.ts';
import { someFacts } from '../../../helpers/strategy-views.ts';

const byPrice = { base: (pool: { readonly costPerUnit: number }) => pool.costPerUnit, measures: { name: 'price', unit: 'per unit' } };
const load: Term = { name: 'load', unit: 'slots', weight: 2, value: (_task, pool) => pool.capacity - pool.free };
const price: Term = { name: 'price', unit: 'per unit', weight: 1, value: (_task, pool) => pool.costPerUnit };
const twelve = () => Array.from({ length: 12 }, (_, i) => aSlot({ id: i + 1, costPerUnit: i, capacity: 20, load: 12 - i }));

describe('first-fit takes the first in base order, and tells', () => {
  const [dear, cheap, middle] = [
    aSlot({ id: 1, costPerUnit: 3, capacity: 2 }),
    aSlot({ id: 2, costPerUnit: 1, capacity: 2 }),
    aSlot({ id: 3, costPerUnit: 2, capacity: 2 }),
  ];
  const { order, pick, use } = anOrder(byPrice, [dear, cheap, middle]);

  it('the next that fits', () => {
    expect(pick()).toBe(2);
    expect(order.picked).toMatchObject({ verdict: 'take', pool: cheap, total: 1, runnerUp: middle, runnerUpTotal: 2, full: 0 });
  });

  it('how many before it had no room', () => {
    use(cheap, 1);
    use(middle, 1);
    expect(pick(2)).toBe(1);
    expect(order.picked).toMatchObject({ pool: dear, total: 3, runnerUp: undefined, full: 2 });
  });

  it('that there is none', () => {
    expect(pick(3)).toBe(-1);
    expect(order.picked).toMatchObject({ verdict: 'none', pool: undefined, runnerUp: undefined });
  });

  it('what the total is', () => expect(totalOf(order.picked.rule)).toEqual({ name: 'price', unit: 'per unit', wins: 'lower' }));
});

describe('most-free takes the emptiest', () => {
  it('ties to the first in base order', () => {
    const pools = [aSlot({ id: 1, capacity: 4 }), aSlot({ id: 2, capacity: 6 }), aSlot({ id: 3, capacity: 6 })];
    const { order, pick, use } = anOrder({ pick: 'most-free' }, pools);
    expect([pick(), order.picked.total, order.picked.runnerUp?.id, order.picked.runnerUpTotal]).toEqual([2, 6, 3, 6]);
    use(pools[1]!, 1);
    expect([pick(), order.picked.runnerUp?.id, order.picked.runnerUpTotal]).toEqual([3, 2, 5]);
    expect(totalOf(order.picked.rule)).toMatchObject({ unit: 'slots', wins: 'higher' });
  });
});

describe('least-loaded takes the largest share of free slots', () => {
  const pools = () => [
    aSlot({ id: 1, capacity: 10, load: 6 }),
    aSlot({ id: 2, capacity: 5, load: 2 }),
    aSlot({ id: 3, capacity: 8, load: 4 }),
  ];

  it('4 of 10, 3 of 5, 4 of 8 free: the second; for 4 slots the third', () => {
    const { order, pick } = anOrder({ pick: 'least-loaded' }, pools());
    expect(pick()).toBe(2);
    expect(order.picked).toMatchObject({ total: 0.4, runnerUp: { id: 3 }, runnerUpTotal: 0.5 });
    expect(pick(4)).toBe(3);
    expect(order.picked).toMatchObject({ total: 0.5, runnerUp: { id: 1 }, runnerUpTotal: 0.6 });
    expect(pick(5)).toBe(-1);
    expect(totalOf(order.picked.rule)).toMatchObject({ name: 'load', wins: 'lower' });
  });

  it('a search leaves everything as it was', () => {
    const { pick, take } = anOrder({ pick: 'least-loaded' }, pools());
    expect([pick(4), pick(4), pick(1), take(), take(), take(), take()]).toEqual([3, 3, 2, 2, 3, 1, 2]);
  });

  it('behind 32 emptier pools without room for all slots it takes the first that has', () => {
    const small = Array.from({ length: 33 }, (_, i) => aSlot({ id: i + 1, capacity: 1 }));
    const large = [aSlot({ id: 50, capacity: 10, load: 5 }), aSlot({ id: 51, capacity: 10, load: 2 })];
    expect(anOrder({ pick: 'least-loaded' }, [...small.slice(2), ...large]).pick(2)).toBe(51);
    const { order, pick } = anOrder({ pick: 'least-loaded' }, [...small, ...large]);
    expect(pick(2)).toBe(50);
    expect(order.picked).toMatchObject({ total: 0.5, runnerUp: undefined });
    expect(pick(1)).toBe(1);
  });
});

describe('two-choices takes the less loaded of two that are drawn', () => {
  /** Draws these leaves of `count`. */
  const drawing = (count: number, ...leaves: number[]) => someFacts({ random: () => (leaves.shift() ?? 0) / count + 1e-9 });
  const pools = () => [
    aSlot({ id: 1, capacity: 4, load: 2 }),
    aSlot({ id: 2, capacity: 2, load: 2 }),
    aSlot({ id: 3, capacity: 4, load: 1 }),
  ];

  it('draws again when there is no room', () => {
    const { order, pick } = anOrder({ pick: 'two-choices' }, pools(), drawing(3, 1, 0, 1, 1, 2));
    expect(pick()).toBe(3);
    expect(order.picked).toMatchObject({ total: 0.25, runnerUp: { id: 1 }, runnerUpTotal: 0.5 });
  });

  it('after eight draws it takes the next in base order, from the start again behind the last', () => {
    const full = new Array(8).fill(1);
    expect(anOrder({ pick: 'two-choices' }, pools(), drawing(3, ...full, 0)).pick()).toBe(3);
    const lastIsFull = [aSlot({ id: 1, capacity: 2, load: 1 }), aSlot({ id: 2, load: 1 })];
    expect(anOrder({ pick: 'two-choices' }, lastIsFull, drawing(2, ...new Array(16).fill(1))).pick()).toBe(1);
  });

  it('without a pool with room nothing is drawn', () => {
    const facts = someFacts({
      random() {
        throw new Error('drawn');
      },
    });
    expect(anOrder({ pick: 'two-choices' }, pools(), facts).pick(4)).toBe(-1);
  });

  it('10,000 tasks over 10,000 pools: at most 3 or 4 on any, where one draw alone gives 6 to 9', () => {
    const most = (draws: 1 | 2, seed: number) => {
      const random = seededRandom(seed);
      const bins = Array.from({ length: 10_000 }, (_, i) => aSlot({ id: i, capacity: 10_000 }));
      if (draws === 1) for (let i = 0; i < 10_000; i++) bins[Math.floor(random() * bins.length)]!.load++;
      else {
        const { take } = anOrder({ pick: 'two-choices' }, bins, someFacts({ random }));
        for (let i = 0; i < 10_000; i++) take();
      }
      return bins.reduce((largest, bin) => Math.max(largest, bin.load), 0);
    };
    for (let seed = 1; seed <= 5; seed++) {
      expect([3, 4]).toContain(most(2, seed));
      expect([6, 7, 8, 9]).toContain(most(1, seed));
    }
  });
});

describe('best rescores the first few', () => {
  it('the least sum of weight x value wins; winner, runner-up and their terms are told', () => {
    const { order, pick } = anOrder({ ...byPrice, pick: { best: 8 }, terms: [price, load] }, twelve());
    expect(pick()).toBe(8); // 0 + 24, 1 + 22 ... 7 + 10
    expect(order.picked).toMatchObject({ total: 17, runnerUp: { id: 7 }, runnerUpTotal: 18, full: 0, compared: 8, isPartial: true });
    expect([[...order.picked.values], [...order.picked.runnerUpValues]]).toEqual([
      [7, 5],
      [6, 6],
    ]);
  });

  it('with no more pools than are compared it is exact, and says so', () => {
    const { order, pick } = anOrder({ ...byPrice, pick: { best: 12 }, terms: [price, load] }, twelve());
    expect([pick(), order.picked.total, order.picked.isPartial]).toEqual([12, 13, false]);
  });

  it('only pools with room count, and those without before the winner are counted', () => {
    const pools = twelve();
    const { order, pick, use } = anOrder({ ...byPrice, pick: { best: 2 }, terms: [price] }, pools);
    use(pools[0]!, 8);
    use(pools[2]!, 10);
    expect([pick(), order.picked.full, order.picked.runnerUp?.id]).toEqual([2, 1, 4]);
  });

  it('records of two picks in a row do not mix', () => {
    const pools = twelve();
    const { order, pick, use } = anOrder({ ...byPrice, pick: { best: 8 }, terms: [price, load] }, pools);
    for (let i = 0; i < 5; i++) pick();
    use(pools[7]!, 10);
    pick();
    expect([order.picked.pool?.id, ...order.picked.values, order.picked.runnerUp?.id, ...order.picked.runnerUpValues]).toEqual([
      7, 6, 6, 6, 5, 7,
    ]);
  });
});

describe('best with orWait compares those without room too', () => {
  const cheap = () => aSlot({ id: 1, costPerUnit: 1, capacity: 2, load: 2 });
  const dear = () => aSlot({ id: 2, costPerUnit: 5, capacity: 2 });
  const rule = { ...byPrice, pick: { best: 1, orWait: true }, terms: [price] };

  it('the best is full: wait for it, and it is no pool to start on', () => {
    const { order, pick } = anOrder(rule, [cheap(), dear()]);
    expect(pick()).toBe(-1);
    expect(order.picked).toMatchObject({ verdict: 'wait', pool: { id: 1 }, total: 1, runnerUp: { id: 2 }, runnerUpTotal: 5 });
  });

  it('the best has room: start there', () => {
    const { order, pick } = anOrder(rule, [aSlot({ id: 1, costPerUnit: 1, capacity: 2 }), dear()]);
    expect([pick(), order.picked.verdict]).toEqual([1, 'take']);
  });

  it('equal ones go to who has room', () => {
    const { order, pick } = anOrder(rule, [cheap(), aSlot({ id: 2, costPerUnit: 1, capacity: 2 })]);
    expect([pick(), order.picked.verdict]).toEqual([2, 'take']);
  });

  it('a pool that is paused or too small is not worth waiting for', () => {
    const paused = Object.assign(cheap(), { state: 'paused' as const });
    expect(anOrder(rule, [paused, dear()]).pick()).toBe(2);
    expect(anOrder(rule, [aSlot({ id: 1, costPerUnit: 1, capacity: 1, load: 1 }), dear()]).pick(2)).toBe(2);
  });
});
