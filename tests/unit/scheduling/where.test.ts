import { describe, expect, it } from 'vitest';
import { aCore, anEntry, aPool, aStrategy, constraintsOf } from '../../helpers/scheduling.ts';

const east = aPool({ id: 1, name: 'east', region: 'us-east', costPerUnit: 1 });
const west = aPool({ id: 2, name: 'west', region: 'us-west', costPerUnit: 3 });
const europe = aPool({ id: 3, name: 'europe', region: 'eu-west', costPerUnit: 2 });

describe('a set of regions', () => {
  const setup = (strategy: string) => aCore({ pools: [east, west, europe], strategy: aStrategy(strategy) });
  const regions = ['us-west', 'eu-west'];

  it('preferred: one of them while there is room, then anywhere', () => {
    const { submit, starts } = setup('min_cost');
    submit({ regions }, { regions }, { regions }, { regions });
    expect(starts()).toEqual([
      [1, 'europe'],
      [2, 'west'],
      [3, 'east'],
    ]);
  });

  it('required: never anywhere else', () => {
    const { core, submit, starts } = setup('min_cost');
    submit({ regions, regionMode: 'require' }, { regions, regionMode: 'require' }, { regions, regionMode: 'require' });
    expect(starts()).toHaveLength(2);
    expect(core.holdOf(3, 0)).toMatchObject({ code: 'no_capacity', pools: { mayRun: 2, full: 2, out: { region: 1 } } });
    core.finish(2, 0);
    expect(starts()).toEqual([[3, 'west']]);
  });

  it('the home is where distances are counted from, in the set or not', () => {
    const fromHome = (region: string | null) => {
      const { submit, starts } = setup('region_aware');
      submit({ region, regions: ['us-west', 'eu-west'], regionMode: 'require' });
      return starts();
    };
    expect(fromHome('eu-west')).toEqual([[1, 'europe']]);
    expect(fromHome('us-west')).toEqual([[1, 'west']]);
    expect(fromHome('ap-east')).toEqual([[1, 'west']]);
    expect(fromHome(null)).toEqual([[1, 'europe']]); // no distances: the cheaper one
  });

  it('of the home alone is no different from none', () => {
    const { submit, starts } = setup('fifo');
    submit({ region: 'us-west' }, { region: 'us-west', regions: ['us-west'] });
    expect(starts()).toEqual([
      [1, 'west'],
      [2, 'east'],
    ]);
  });
});

describe('labels', () => {
  const big = aPool({ id: 1, name: 'big', labels: { gpu_memory_gb: 80, spot: 'yes' } });
  const small = aPool({ id: 2, name: 'small', labels: { gpu_memory_gb: 16 } });
  const setup = () => aCore({ pools: [big, small] });

  it('of a pool are as the constraints of its tasks ask', () => {
    const { submit, starts } = setup();
    submit({ constraints: constraintsOf('gpu_memory_gb > 16') }, { constraints: constraintsOf('!spot') });
    expect(starts()).toEqual([
      [1, 'big'],
      [2, 'small'],
    ]);
  });

  it('a task whose constraints no free pool meets lets others pass', () => {
    const { submit, starts } = setup();
    submit({ constraints: constraintsOf('!spot') }, { constraints: constraintsOf('!spot') }, {});
    expect(starts()).toEqual([
      [1, 'small'],
      [3, 'big'],
    ]);
  });

  it('that change take effect on the next decision', () => {
    const { core, setPool, submit, starts } = setup();
    submit({ constraints: constraintsOf('zone = a, gpu_memory_gb >= 16') });
    expect(starts()).toEqual([]);
    expect(core.unroutable(anEntry({ constraints: constraintsOf('zone = a') }))?.missing).toBe('label');
    setPool({ ...small, labels: { ...small.labels, zone: 'a' } });
    expect(starts()).toEqual([[1, 'small']]);
    setPool(small);
    submit({ constraints: constraintsOf('zone = a') });
    expect(starts()).toEqual([]);
  });

  it('region and resource_type can be asked for as if they were labels', () => {
    const { core, submit, starts } = aCore({ pools: [east, europe] });
    submit({ constraints: constraintsOf('region != us-east, resource_type in (cpu, gpu)') });
    expect(starts()).toEqual([[1, 'europe']]);
    submit({ constraints: constraintsOf('resource_type = gpu') });
    expect(core.unroutable(anEntry({ constraints: constraintsOf('resource_type = gpu') }))?.summary).toBe(
      'No pool that takes type order meets resource_type = gpu: there resource_type is cpu.',
    );
  });

  it('named like something every object has mean nothing by themselves', () => {
    const { submit, starts } = setup();
    submit({ constraints: constraintsOf('constructor') }, { constraints: constraintsOf('!toString') });
    expect(starts()).toEqual([[2, 'big']]);
  });
});
