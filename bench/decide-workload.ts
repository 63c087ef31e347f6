import type { TaskEntry } from '../src/core/domain/task.ts';
import type { EpochMs } from '../src/core/domain/units.ts';
import type { PoolEntry } from '../src/core/scheduling/core.ts';

const regions = ['us-east', 'us-west', 'eu-west', 'ap-east'];
const types = ['order', 'simulation', 'query', 'hash', 'sum', 'upper'];
const resources = [null, 'cpu', 'gpu'] as const;
/** The first task is ready a millisecond later. */
export const firstReadyAt: EpochMs = 1_700_000_000_000;

/** Uniform in [0, 1), the same in every run. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` pools of ten slots, half with and half without a GPU, at a hundred prices. */
export function poolsOf(count: number): PoolEntry[] {
  const random = mulberry32(1);
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    name: `pool-${i + 1}`,
    region: regions[i % regions.length]!,
    resourceType: i % 8 < 4 ? 'cpu' : 'gpu',
    costPerUnit: 0.5 + Math.floor(random() * 100) / 100,
    capacity: 10,
    speed: 1,
    state: 'active',
    accepts: undefined,
    typeLimits: {},
    carbonGramsPerKwh: 0,
    labels: {},
  }));
}

/**
 * Endless tasks of 72 needs (6 types, 4 regions, 3 kinds of resource), run times from 1 to 100 s, one per ms. Each of 1,000 tenants is at home in one
 * region and sends two types. */
export function taskSource(): () => TaskEntry {
  const random = mulberry32(2);
  const below = (n: number) => Math.floor(random() * n);
  let seq = 0;
  return () => {
    seq++;
    const tenant = below(1_000);
    return {
      seq,
      tenant: `tenant-${tenant}`,
      type: types[(tenant + below(2)) % types.length]!,
      priority: 1 + below(10),
      cost: 1 + below(9),
      region: regions[tenant % regions.length]!,
      regions: null,
      regionMode: 'prefer',
      resourceType: resources[below(resources.length)]!,
      constraints: null,
      slots: 1,
      parts: 1,
      estimateMs: Math.round(1_000 * 100 ** random()),
      deadline: null,
      maxCost: null,
      timeoutMs: 60_000,
      readyAt: firstReadyAt + seq,
      attempt: 0,
    };
  };
}
