import { describe, expect, it } from 'vitest';
import type { TaskEntry } from '../../../src/core/domain/task.ts';
import { aCore, aPool, aStrategy, demoPools } from '../../helpers/scheduling.ts';

/** Pool that one task gets on the demo catalogue, given slots in use by pool name; `full` fills a pool. */
function choice(strategy: string, task: Partial<TaskEntry>, used: Record<string, number | 'full'> = {}): string | undefined {
  const pools = demoPools();
  const { submit, starts, occupy } = aCore({ pools, strategy: aStrategy(strategy) });
  for (const pool of pools) {
    const slots = used[pool.name] ?? 0;
    if (slots !== 0) occupy(pool, slots === 'full' ? pool.capacity : slots);
  }
  submit(task);
  return starts()[0]?.[1];
}

const usEastFull = { 'us-east-cpu-pool': 'full', 'us-east-gpu-pool': 'full' } as const;
const usWestFull = { 'us-west-cpu-pool': 'full', 'us-west-gpu-pool': 'full' } as const;

describe('fifo takes the first pool with room in the region, in catalogue order', () => {
  it('idle: cpu before gpu', () => expect(choice('fifo', { region: 'eu-west' })).toBe('eu-west-cpu-pool'));
  it('cpu full: the gpu pool of the region', () =>
    expect(choice('fifo', { region: 'eu-west' }, { 'eu-west-cpu-pool': 'full' })).toBe('eu-west-gpu-pool'));
  it('region full: the first with room anywhere', () =>
    expect(choice('fifo', { region: 'eu-west' }, { 'eu-west-cpu-pool': 'full', 'eu-west-gpu-pool': 'full' })).toBe('us-east-cpu-pool'));
});

describe('all three stay in the region while it has room', () => {
  it.each([
    ['fifo', {}],
    ['priority', { priority: 8 }],
    ['min_cost', {}],
  ])('%s: us-east cpu full, gpu 2/5: the gpu at 2.0, though eu-west cpu costs 0.55', (strategy, task) => {
    expect(choice(strategy, task, { 'us-east-cpu-pool': 'full', 'us-east-gpu-pool': 2 })).toBe('us-east-gpu-pool');
  });
});

describe('region full, others empty', () => {
  it('fifo: the next in the catalogue', () => expect(choice('fifo', {}, usEastFull)).toBe('us-west-cpu-pool'));
  it('min_cost: the cheapest', () => expect(choice('min_cost', {}, usEastFull)).toBe('eu-west-cpu-pool'));
  it('priority 8: the cheapest', () => expect(choice('priority', { priority: 8 }, usEastFull)).toBe('eu-west-cpu-pool'));
  it('priority 2: the most free, 8 of us-west cpu against 7 of eu-west cpu', () =>
    expect(choice('priority', { priority: 2 }, { ...usEastFull, 'eu-west-cpu-pool': 3 })).toBe('us-west-cpu-pool'));
});

describe('priority chooses by band', () => {
  it('2 in us-west, idle: 8 free against 4', () => expect(choice('priority', { priority: 2, region: 'us-west' })).toBe('us-west-cpu-pool'));
  it('2 in us-west, 5 running on cpu: 3 free against 4', () =>
    expect(choice('priority', { priority: 2, region: 'us-west' }, { 'us-west-cpu-pool': 5 })).toBe('us-west-gpu-pool'));
  it('2 in us-east, cpu 6/10 and gpu 0/5: the gpu with 5 free', () =>
    expect(choice('priority', { priority: 2 }, { 'us-east-cpu-pool': 6 })).toBe('us-east-gpu-pool'));

  const x = aPool({ id: 1, name: 'X', capacity: 4 });
  const y = aPool({ id: 2, name: 'Y', capacity: 8 });
  it.each([
    [10, 'X'],
    [8, 'X'],
    [7, 'X'],
    [6, 'Y'],
    [5, 'Y'],
    [4, 'Y'],
    [3, 'Y'],
  ])('%i with two pools at price 1, X with capacity 4 and Y with 8: %s', (priority, name) => {
    const { submit, starts } = aCore({ pools: [x, y], strategy: aStrategy('priority') });
    submit({ priority });
    expect(starts()).toEqual([[1, name]]);
  });

  it('a low priority takes the first of the equally empty', () => {
    const { submit, starts } = aCore({ pools: [x, { ...y, capacity: 4 }], strategy: aStrategy('priority') });
    submit({ priority: 1 });
    expect(starts()).toEqual([[1, 'X']]);
  });
});

describe('what the original did not look at', () => {
  it('room is room for all slots of the task', () =>
    expect(choice('fifo', { slots: 3 }, { 'us-east-cpu-pool': 8 })).toBe('us-east-gpu-pool'));
  it('a task that names its resource gets that resource only', () =>
    expect(choice('fifo', { resourceType: 'gpu', region: 'us-west' }, { 'us-west-gpu-pool': 'full' })).toBe('us-east-gpu-pool'));
  it('region_mode require never leaves the region', () =>
    expect(choice('min_cost', { regionMode: 'require', region: 'us-west' }, usWestFull)).toBeUndefined());
  it('a task without a region has no home: the cheapest of all', () =>
    expect(choice('min_cost', { region: null })).toBe('us-east-cpu-pool'));
  it('max_cost is the dearest price it pays: cost 2 at 1.1 leaves pools up to 0.55', () =>
    expect(choice('fifo', { cost: 2, maxCost: 1.1, region: 'us-west' })).toBe('us-east-cpu-pool'));
  it('all full: it waits', () => {
    const full = Object.fromEntries(demoPools().map(({ name }) => [name, 'full' as const]));
    expect(choice('fifo', {}, full)).toBeUndefined();
  });
});
