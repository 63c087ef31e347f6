import { describe, expect, it } from 'vitest';
import { Rotation } from '../../../../src/core/scheduling/picks/rotation.ts';
import { fc } from '../../../helpers/fc.ts';
import { anOrder, aSlot, aTurnBook } from '../../../helpers/pool-orders.ts';
import { aTaskView, someFacts } from '../../../helpers/strategy-views.ts';

function rotationOf(weights: readonly number[]): Rotation {
  return new Rotation(
    weights,
    weights.map(() => 0),
    weights.map(() => true),
  );
}
const turnsOf = (rotation: Rotation, picks: number) => Array.from({ length: picks }, () => rotation.take());

describe('smooth weighted turns', () => {
  it('weights 5, 1, 1 give a a b a c a a, again and again', () => {
    const round = [0, 0, 1, 0, 2, 0, 0];
    expect(turnsOf(rotationOf([5, 1, 1]), 21)).toEqual([...round, ...round, ...round]);
  });

  it('after as many picks as the weights are together, each has had its weight, and all are level', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 3 }), (given, rounds) => {
        const total = given.reduce((sum, weight) => sum + weight, 0);
        const rotation = rotationOf(given);
        const picks = turnsOf(rotation, rounds * total);
        expect(given.map((_, leaf) => picks.filter((pick) => pick === leaf).length)).toEqual(given.map((weight) => rounds * weight));
        expect(given.map((_, leaf) => rotation.inHandOf(leaf))).toEqual(given.map(() => 0));
      }),
      { numRuns: 60 },
    );
  });

  it('one that is out is given nothing, and owes what it owed when it is back', () => {
    const rotation = rotationOf([1, 1]);
    expect(turnsOf(rotation, 1)).toEqual([0]);
    rotation.set(0, false);
    expect(turnsOf(rotation, 50)).toEqual(new Array(50).fill(1));
    rotation.set(0, true);
    expect(turnsOf(rotation, 4)).toEqual([1, 0, 1, 0]);
  });

  it('what it has in hand is at most one turn when it is out', () => {
    const rotation = new Rotation([1, 1], [2 ** 30, 0], [false, true]);
    rotation.set(0, true);
    expect(turnsOf(rotation, 6)).toEqual([0, 0, 1, 0, 1, 0]);
  });

  it('says who is second, and what both had in hand', () => {
    const rotation = rotationOf([2, 1]);
    expect([rotation.take(), rotation.runnerUp, rotation.inHand, rotation.runnerUpInHand]).toEqual([
      0,
      1,
      expect.closeTo(2 / 3, 5),
      expect.closeTo(1 / 3, 5),
    ]);
    rotation.set(0, false);
    expect([rotation.take(), rotation.runnerUp]).toEqual([1, -1]);
    rotation.set(1, false);
    expect(rotation.take()).toBe(-1);
  });

  it('goes on the same when its clock starts again', () => {
    // With weights this small it does so about every 8,200 picks.
    const picks = turnsOf(rotationOf([3, 1]), 40_000);
    expect(picks).toEqual(Array.from({ length: 10_000 }, () => [0, 0, 1, 0]).flat());
  });
});

describe('pools in turns', () => {
  const pools = () => [aSlot({ id: 1, capacity: 5 }), aSlot({ id: 2, capacity: 1 }), aSlot({ id: 3, capacity: 1 })];

  it('by capacity when the rule says nothing else', () => {
    const { pick } = anOrder({ pick: 'rotate' }, pools());
    expect(Array.from({ length: 7 }, () => pick())).toEqual([1, 1, 2, 1, 3, 1, 1]);
  });

  it('alike when the rule says so', () => {
    const { pick } = anOrder({ pick: 'rotate', weight: () => 1 }, pools());
    expect(Array.from({ length: 6 }, () => pick())).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('a full one is passed over; free again, it does not get all it missed', () => {
    const [a, b, c] = pools();
    const { pick, use } = anOrder({ pick: 'rotate', weight: () => 1 }, [a!, b!, c!]);
    use(b!, 1);
    expect(Array.from({ length: 10 }, () => pick())).toEqual([1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    use(b!, -1);
    const next = Array.from({ length: 9 }, () => pick());
    expect(next.filter((id) => id === 2)).toHaveLength(3);
  });

  it('tasks of another size take turns of their own among pools with room for them', () => {
    const { pick } = anOrder({ pick: 'rotate' }, [
      aSlot({ id: 1, capacity: 2 }),
      aSlot({ id: 2, capacity: 1 }),
      aSlot({ id: 3, capacity: 2 }),
    ]);
    expect([pick(2), pick(2), pick(1), pick(2), pick(1), pick(1), pick(1)]).toEqual([1, 3, 1, 1, 3, 2, 1]);
    expect(pick(3)).toBe(-1);
  });

  it('a large task takes the first pool with room when none has room for the largest of its kind', () => {
    const { pick } = anOrder({ pick: 'rotate' }, [
      aSlot({ id: 1, capacity: 8 }),
      aSlot({ id: 2, capacity: 11 }),
      aSlot({ id: 3, capacity: 12 }),
    ]);
    expect([pick(9), pick(9)]).toEqual([2, 2]);
  });

  it('turns stay when pools come, change and go', () => {
    const [a, b, c] = pools();
    const { order, pick, poolsChanged } = anOrder({ pick: 'rotate', weight: () => 1 }, [a!, b!, c!]);
    expect([pick(), pick()]).toEqual([1, 2]);
    const d = aSlot({ id: 4 });
    order.reposition(d, true);
    a!.costPerUnit = 7;
    order.reposition(a!, true);
    poolsChanged();
    expect(pick()).toBe(3);
    order.reposition(c!, false);
    poolsChanged();
    expect([pick(), pick(), pick()].toSorted()).toEqual([1, 2, 4]);
  });

  it('orders of the same pools have their turns together, also while one sees room that the other does not', () => {
    const [a, b, c] = pools();
    const turns = aTurnBook({ weight: () => 1 });
    const [one, other] = [1, 2].map(() => anOrder({ pick: 'rotate' }, [a!, b!, c!], someFacts(), turns));
    expect([one!.pick(), other!.pick(), one!.pick(), other!.pick()]).toEqual([1, 2, 3, 1]);
    // Full and free again, and only the other was asked in between.
    const load = b!.capacity;
    for (const use of [load, -load]) {
      b!.load += use;
      one!.refresh(b!);
      other!.refresh(b!);
      if (use > 0) expect(other!.pick()).toBe(3);
    }
    expect([one!.pick(), one!.pick()]).toEqual([2, 1]);
  });

  it('a pool starts in another group with what it had in hand where it took part last, less the average', () => {
    const [a, b, c] = pools();
    const turns = aTurnBook({ weight: () => 1 });
    const all = anOrder({ pick: 'rotate' }, [a!, b!, c!], someFacts(), turns);
    expect([all.pick(), all.pick(), all.pick(), all.pick()]).toEqual([1, 2, 3, 1]);
    turns.poolsChanged();
    const d = aSlot({ id: 4, capacity: 5 });
    const more = anOrder({ pick: 'rotate' }, [a!, b!, c!, d], someFacts(), turns);
    // 1 has had its turn; 2 and 3 are a third of a turn ahead of 4, which is new.
    expect([more.pick(), more.pick(), more.pick(), more.pick()]).toEqual([2, 3, 4, 1]);
  });

  it('a trial says whose turn is next, and it stays theirs, also while one is full for a moment', () => {
    const [a, b, c] = pools();
    const { order, pick, use } = anOrder({ pick: 'rotate' }, [a!, b!, c!]);
    const trial = () => order.trial(aTaskView(), 1, someFacts())?.id;
    const told: (number | undefined)[] = [];
    const picked = Array.from({ length: 7 }, () => {
      told.push(trial(), trial());
      use(b!, 1);
      trial();
      use(b!, -1);
      return pick();
    });
    expect(picked).toEqual([1, 1, 2, 1, 3, 1, 1]);
    expect(told).toEqual(picked.flatMap((id) => [id, id]));
  });
});
