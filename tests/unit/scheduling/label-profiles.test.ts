import { describe, expect, it } from 'vitest';
import type { Labels } from '../../../src/core/domain/label.ts';
import { demandOf } from '../../../src/core/scheduling/demand.ts';
import { LabelProfiles } from '../../../src/core/scheduling/label-profiles.ts';
import { PoolIndex } from '../../../src/core/scheduling/pool-index.ts';
import { anEntry, aPool, constraintsOf } from '../../helpers/scheduling.ts';

const pool = (labels: Labels) => ({ labels, region: 'us-east', resourceType: 'cpu' });

describe('combinations of labels', () => {
  it('are one for pools that are alike, in whatever order they say it', () => {
    const profiles = new LabelProfiles();
    const first = profiles.take(pool({ zone: 'a', gb: 8 }));
    const second = profiles.take(pool({ gb: 8, zone: 'a' }));
    const other = profiles.take(pool({ gb: '8', zone: 'a' }));
    expect([first.isNew, second.isNew, other.isNew]).toEqual([true, false, true]);
    expect(second.profile).toBe(first.profile);
    expect(other.profile).not.toBe(first.profile);
  });

  it('that nobody has any more are forgotten, and their number is given again', () => {
    const profiles = new LabelProfiles();
    for (let i = 0; i < 1_000; i++) {
      const { profile, isNew } = profiles.take(pool({ build: i }));
      expect([profile.id, isNew]).toEqual([0, true]);
      profiles.give(profile);
    }
    const { profile } = profiles.take(pool({ zone: 'a' }));
    profiles.take(pool({ zone: 'a' }));
    profiles.give(profile);
    expect(profiles.take(pool({ zone: 'a' })).isNew).toBe(false);
  });

  it('sort constraints into classes: by who meets them, not by what they say', () => {
    const profiles = new LabelProfiles();
    for (const gb of [8, 24, 80]) profiles.take(pool({ gb }));
    const classOf = (text: string) => profiles.classOf({ text, all: constraintsOf(text) });
    expect(classOf('gb > 8').key).toBe(classOf('gb in (24, 80, 99), !spot').key);
    expect(classOf('gb > 8').key).not.toBe(classOf('gb >= 8').key);
    expect([...classOf('gb > 8').met]).toEqual([0, 1, 1]);
    expect(classOf('gb > 80').key).toBe('');
  });
});

describe('the index of pools', () => {
  it('keeps as many sets as there are kinds of labels, however many constraints clients think of', () => {
    const index = new PoolIndex({ idOf: () => 0, running: () => 0 });
    for (const [i, gb] of [8, 24, 80].entries()) index.set(aPool({ id: i + 1, labels: { gb } }));
    const sets = new Set();
    for (let gb = 0; gb < 200; gb++) {
      const demand = demandOf(anEntry({ constraints: constraintsOf(`gb > ${gb}`) }), index.regions, index.prices);
      sets.add(index.setFor('order', demand, undefined));
    }
    expect(sets.size).toBe(4); // 3, 2, 1 and none of the pools
  });

  it('says when a pool has labels like no other, and only then', () => {
    const index = new PoolIndex({ idOf: () => 0, running: () => 0 });
    const set = (id: number, labels: Labels) => index.set(aPool({ id, labels })).relabelled;
    expect([set(1, { gb: 8 }), set(2, { gb: 8 }), set(2, { gb: 24 }), set(1, { gb: 24 }), set(1, { gb: 24 })]).toEqual([
      ...[true, false, true, false, false],
    ]);
    index.remove(1);
    index.remove(2);
    expect(set(3, { gb: 24 })).toBe(true);
  });
});
