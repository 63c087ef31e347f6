import { describe, expect, it } from 'vitest';
import { KnownHolders } from '../../../src/core/scheduling/known-holders.ts';
import { RunTable } from '../../../src/core/scheduling/run-table.ts';
import { seededRandom } from '../../../src/core/scheduling/seeded-random.ts';
import { aSlot } from '../../helpers/pool-orders.ts';

const names = { type: (id: number) => `type-${id}`, tenant: (id: number) => `tenant-${id}` };

function setup() {
  const runs = new RunTable();
  const start = (seq: number, pool: number, type: number, tenant: number, slots: number) => {
    const rest = { kind: 'cpu', startedAt: 0, expectedMs: 1, charge: 0, work: 0, statedMs: null, reserved: 0, units: 1, parts: 1 } as const;
    runs.add({ seq, pool, type, tenant, slots, ...rest });
  };
  return { runs, start, holders: new KnownHolders(runs, names) };
}

describe('KnownHolders', () => {
  it('says the same after catching up as who counts for the first time', () => {
    const { runs, start, holders } = setup();
    const random = seededRandom(3);
    const below = (n: number) => Math.floor(random() * n);
    const list = [0, 2, 3].map((id) => aSlot({ id }));
    let seq = 0;
    const running: number[] = [];
    for (const between of [80, 1, 7, 20_000, 5]) {
      for (let i = 0; i < between; i++) {
        start(++seq, below(5), below(3), below(40), 1 + below(4));
        running.push(seq);
        if (running.length > 80) runs.remove(runs.rowOf(running.splice(below(80), 1)[0]!));
      }
      const inLine = holders.on(list);
      expect(inLine).toEqual(new KnownHolders(runs, names).on(list));
      expect(inLine).toHaveLength(20);
    }
  });

  it('names those with most slots first, and nobody whose last task ended', () => {
    const { runs, start, holders } = setup();
    const list = [aSlot({ id: 1 })];
    start(1, 1, 0, 5, 2);
    start(2, 1, 0, 4, 2);
    start(3, 1, 1, 4, 8);
    start(4, 0, 1, 9, 50);
    const named = () => holders.on(list).map(({ type, tenant, tasks, slots }) => `${type} ${tenant} ${tasks} ${slots}`);
    expect(named()).toEqual(['type-1 tenant-4 1 8', 'type-0 tenant-4 1 2', 'type-0 tenant-5 1 2']);
    runs.remove(runs.rowOf(3));
    expect(named()).toEqual(['type-0 tenant-4 1 2', 'type-0 tenant-5 1 2']);
  });
});
