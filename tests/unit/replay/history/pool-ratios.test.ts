import { describe, expect, it } from 'vitest';
import { createPoolRatios } from '../../../../src/core/replay/history/pool-ratios.ts';
import { anEntry } from '../../../helpers/scheduling.ts';

const job = anEntry({ seq: 1, type: 'job' });

/** So many runs on each of two pools; every second one takes `spread` longer, every other so much less. */
function seen(count: number, [left, right]: readonly [number, number], spread = 0) {
  const ratios = createPoolRatios();
  for (let i = 0; i < count; i++) {
    const off = i % 2 === 0 ? spread : -spread;
    ratios.learn(job, 'left', left + off);
    ratios.learn(job, 'right', right + off);
  }
  return ratios;
}

describe('what a pool is slower or faster than it says', () => {
  it('is told by twenty runs of the shape there, by the mean on all pools', () => {
    expect(seen(19, [100, 300]).of(job).size).toBe(0);
    // When the left one has its twentieth the right one has nineteen; both are told when the right one has its own.
    expect([...seen(20, [100, 300]).of(job)]).toEqual([
      ['left', 0.5],
      ['right', 1.5],
    ]);
  });

  it('is of that shape alone: type, resource, slots', () => {
    const ratios = seen(20, [100, 300]);
    for (const other of [{ type: 'other' }, { slots: 2 }, { resourceType: 'gpu' as const }]) {
      expect(ratios.of(anEntry({ seq: 2, type: 'job', ...other })).size).toBe(0);
    }
    expect(ratios.of(anEntry({ seq: 2, type: 'job', tenant: 'another', region: 'eu-west' })).size).toBe(2);
  });

  it('is not told where runs differ more among themselves than pools do', () => {
    expect(seen(20, [95, 105], 50).of(job).size).toBe(0);
  });

  it('never changes for who has asked', () => {
    const ratios = seen(20, [100, 300]);
    const asked = ratios.of(job);
    for (let i = 0; i < 200; i++) ratios.learn(job, 'left', 900);
    expect(asked.get('left')).toBe(0.5);
    expect(ratios.of(job).get('left')).toBeGreaterThan(1);
  });
});
