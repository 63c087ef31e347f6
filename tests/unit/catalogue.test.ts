import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../src/catalogue.ts';
import { unlimitedType } from '../../src/core/domain/task-type.ts';
import { packageRoot } from '../../src/store/package-root.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
});
afterAll(() => rm(folder, { recursive: true }));

const pool = { name: 'a', region: 'r', resource_type: 'cpu', cost_per_unit: 1, capacity: 2, executor: 'function' };
const simulated = { latency_ms: [1, 2], failure_ratio: 0, seed: 1 };

async function load(content: unknown) {
  const path = join(folder, 'file.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadCatalogue(path);
}

describe('the demo catalogue', () => {
  const demo = () => loadCatalogue(join(packageRoot(), 'config', 'demo.json'));

  it('has the eight pools of the original in its order, then the local ones', async () => {
    const { pools } = await demo();
    expect(pools.map(({ name, costPerUnit, capacity }) => `${name} ${costPerUnit}x${capacity}`)).toEqual([
      'us-east-cpu-pool 0.5x10',
      'us-east-gpu-pool 2x5',
      'us-west-cpu-pool 0.6x8',
      'us-west-gpu-pool 2.2x4',
      'eu-west-cpu-pool 0.55x10',
      'eu-west-gpu-pool 2.1x5',
      'ap-east-cpu-pool 0.65x6',
      'ap-east-gpu-pool 2.3x3',
      'local 0.1x4',
      'local-bundles 0.1x2',
    ]);
    const eight = pools.slice(0, 8);
    expect(eight.reduce((slots, { capacity }) => slots + capacity, 0)).toBe(51);
    for (const each of eight) {
      expect(each).toMatchObject({ executor: 'simulated', types: ['order', 'simulation', 'query'], speed: 1, state: 'active' });
      expect(each.simulated).toMatchObject({ latencyMs: [100, 2_000], failureRatio: 0.05 });
      expect(each.name).toBe(`${each.region}-${each.resourceType}-pool`);
    }
    expect(new Set(eight.map((each) => each.simulated?.seed)).size).toBe(8);
    expect(pools[8]).toMatchObject({ executor: 'function', types: ['*'], region: 'us-east', resourceType: 'cpu', simulated: null });
  });

  it('its three types insist on what the original insisted on, and are tried once', async () => {
    const { types } = await demo();
    expect(types.map((type) => type.name)).toEqual(['order', 'simulation', 'query', 'bundle']);
    for (const type of types.slice(0, 3))
      expect(type).toMatchObject({ requires: ['priority', 'cost', 'region'], maxAttempts: 1, origin: 'catalogue' });
  });

  it('says how far apart each two of its regions are', async () => {
    const { pools, latencies } = await demo();
    const regions = [...new Set(pools.map((each) => each.region))];
    const pairs = new Map(latencies.map(({ between, ms }) => [[...between].sort().join(), ms]));
    expect(pairs.size).toBe((regions.length * (regions.length - 1)) / 2);
    const between = (a: string, b: string) => pairs.get([a, b].sort().join()) ?? 0;
    const nearestTo = (home: string) => regions.filter((each) => each !== home).sort((a, b) => between(home, a) - between(home, b))[0];
    expect(regions.map((region) => [region, nearestTo(region)])).toEqual([
      ['us-east', 'us-west'],
      ['us-west', 'us-east'],
      ['eu-west', 'us-east'],
      ['ap-east', 'us-west'],
    ]);
  });
});

describe('a catalogue of your own', () => {
  it('needs little: the rest has defaults', async () => {
    expect(await load({ pools: [pool], types: [{ name: 't' }] })).toEqual({
      pools: [
        {
          ...{ name: 'a', region: 'r', resourceType: 'cpu', costPerUnit: 1, capacity: 2, executor: 'function' },
          ...{ types: ['*'], speed: 1, state: 'active', typeLimits: {}, labels: {}, simulated: null },
        },
      ],
      types: [
        {
          ...{ name: 't', description: '', requires: [], ...unlimitedType, timeoutMs: 60_000, maxAttempts: 3 },
          ...{ resourceType: null, origin: 'catalogue' },
        },
      ],
      latencies: [],
    });
  });

  it.each<[string, unknown, string[]]>([
    ['no pools', {}, ["/: must have required property 'pools'"]],
    ['another key', { pools: [], nodes: [] }, ['/: must NOT have additional properties (nodes)']],
    [
      'a wrong word',
      { pools: [{ ...pool, resource_type: 'tpu' }] },
      ['/pools/0/resource_type: must be equal to one of the allowed values: cpu, gpu'],
    ],
    ['a negative price', { pools: [pool, { ...pool, name: 'b', cost_per_unit: -1 }] }, ['/pools/1/cost_per_unit: must be >= 0']],
    [
      'two mistakes',
      { pools: [{ ...pool, capacity: 1.5, speed: 0 }] },
      ['/pools/0/capacity: must be integer', '/pools/0/speed: must be >= 0.001'],
    ],
    ['a name twice', { pools: [pool, pool] }, ['/pools/1/name: a is there twice']],
    ['a type twice', { pools: [], types: [{ name: 't' }, { name: 't' }] }, ['/types/1/name: t is there twice']],
    [
      'no settings',
      { pools: [{ ...pool, executor: 'simulated', simulated: null }] },
      ['/pools/0/simulated: is needed by the simulated executor'],
    ],
    [
      'a reversed range',
      { pools: [{ ...pool, executor: 'simulated', simulated: { ...simulated, latency_ms: [2, 1] } }] },
      ['/pools/0/simulated/latency_ms: the shortest comes first, this is 2 to 1'],
    ],
    [
      'a type that is not there',
      { pools: [{ ...pool, executor: 'simulated', simulated, types: ['ordr'] }], types: [{ name: 'order' }] },
      ['/pools/0/types: ordr is not among the types of this file'],
    ],
    ['text for a number', { pools: [], latencies: [{ between: ['a', 'b'], ms: '7' }] }, ['/latencies/0/ms: must be number']],
  ])('refuses %s and says where', async (_, content, mistakes) => {
    const refusal = await load(content).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'StartupError', exitCode: 78 });
    for (const mistake of mistakes) expect((refusal as Error).message).toContain(mistake);
  });

  it('refuses a file that is no JSON or not there', async () => {
    await expect(load('{"pools": [}')).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('file.json cannot be read'),
    });
    await expect(loadCatalogue(join(folder, 'absent.json'))).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('ENOENT'),
    });
  });
});
