import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, loadCatalogue } from '../../src/catalogue.ts';
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
          ...{ types: ['*'], speed: 1, carbonGramsPerKwh: null, cooling: null, state: 'active' },
          ...{ typeLimits: {}, labels: {}, simulated: null },
        },
      ],
      types: [
        {
          ...{ name: 't', description: '', requires: [], ...unlimitedType, timeoutMs: 60_000, maxAttempts: 3 },
          ...{ resourceType: null, origin: 'catalogue' },
        },
      ],
      latencies: [],
      transferPrices: [],
    });
  });

  it('names tables of transfer prices and of carbon to come, beside it', async () => {
    await writeFile(join(folder, 'egress.csv'), ',r,s\nr,0.0,0.02\ns,0.08,0.0\n');
    await writeFile(join(folder, 'carbon.csv'), 'hour_utc,r,s\n2026-06-03T00:00:00Z,39.89,279.67\n2026-06-03T01:00:00Z,64.33,276\n');
    const catalogue = await load({ pools: [pool], transfer_prices: 'egress.csv', carbon_forecast: 'carbon.csv' });
    const carbonForecast = {
      ...{ startsAt: Date.UTC(2026, 5, 3), stepMs: 3_600_000 },
      gramsPerKwh: { r: [39.89, 64.33], s: [279.67, 276] },
    };
    expect(catalogue).toMatchObject({
      transferPrices: [
        { from: 'r', to: 'r', usdPerGb: 0 },
        { from: 'r', to: 's', usdPerGb: 0.02 },
        { from: 's', to: 'r', usdPerGb: 0.08 },
        { from: 's', to: 's', usdPerGb: 0 },
      ],
      carbonForecast,
    });
    expect(contextOf(catalogue)).toEqual({ transferPrices: catalogue.transferPrices, carbonForecast });
  });

  it.each([
    ['transfer_prices', ',r,s\nr,0.0\n', 'line 2 must have 3 values, and has 2'],
    ['transfer_prices', ',r,s\n\nr,0,\n', 'line 3 must hold numbers from 0 to 1000, and one is ""'],
    ['transfer_prices', ',r\nr,-1\n', 'line 2 must hold numbers from 0 to 1000, and one is "-1"'],
    ['transfer_prices', '', 'line 1 must name 1 to 1000 regions'],
    ['transfer_prices', ',r,r\nr,0,0\n', 'line 1 must name every region once'],
    ['transfer_prices', ',r,__proto__\nr,0,0\n', 'line 1 must name every region once'],
    ['transfer_prices', ',r\nr,0\nr,1\n', 'line 3 names r again'],
    ['transfer_prices', ',r\n ,0\n', 'line 2 must begin with the name of a region, and begins with " "'],
    ['carbon_forecast', 'hour,r\n', 'line 1 must be followed by 1 to 8784 lines'],
    ['carbon_forecast', 'hour,r\nnoon,1\n', 'line 2 must begin with a time such as 2026-01-31T13:00:00Z, and begins with "noon"'],
    [
      'carbon_forecast',
      'hour,r\n2026-06-03T00:00:00Z,1\n2026-06-03T01:00:00Z,1\n2026-06-03T03:00:00Z,1\n',
      'line 4 times must ascend in equal steps',
    ],
  ])('a %s that cannot be used says where: %j', async (key, content, why) => {
    await writeFile(join(folder, 'table.csv'), content);
    await expect(load({ pools: [pool], [key]: 'table.csv' })).rejects.toMatchObject({
      exitCode: 78,
      message: `${join(folder, 'table.csv')}, which the catalogue names, cannot be used: ${why}.`,
    });
  });

  it('a table that is not there is named', async () => {
    await expect(load({ pools: [], carbon_forecast: 'nowhere.csv' })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(/nowhere\.csv, which the catalogue names, cannot be read: ENOENT/),
    });
  });

  it.each<[string, unknown, string[]]>([
    ['no pools', {}, ['/pools: is required']],
    ['another key', { pools: [], nodes: [] }, ['/nodes: is not a known field']],
    ['a wrong word', { pools: [{ ...pool, resource_type: 'tpu' }] }, ['/pools/0/resource_type: must be one of cpu, gpu']],
    [
      'a negative price',
      { pools: [pool, { ...pool, name: 'b', cost_per_unit: -1 }] },
      ['/pools/1/cost_per_unit: must be a number from 0 to 1000000000'],
    ],
    [
      'a name that is none',
      { pools: [{ ...pool, name: 'a b' }] },
      ['/pools/0/name: must be text of 1 to 64 letters, digits or ._- that begins with a letter or digit'],
    ],
    [
      'two mistakes',
      { pools: [{ ...pool, capacity: 1.5, speed: 0 }] },
      ['/pools/0/capacity: must be an integer from 0 to 1000000', '/pools/0/speed: must be a number from 0.001 to 1000'],
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
      ['/pools/0/simulated/latency_ms: must be the shortest and then the longest time'],
    ],
    [
      'a pool of this server without slots',
      { pools: [{ ...pool, capacity: undefined }] },
      ['/pools/0/capacity: is required for the function executor'],
    ],
    ['a label that is none', { pools: [{ ...pool, labels: { 'a b': 1 } }] }, ['/pools/0/labels/a b: ']],
    [
      'a type that is not there',
      { pools: [{ ...pool, executor: 'simulated', simulated, types: ['ordr'] }], types: [{ name: 'order' }] },
      ['/pools/0/types: ordr is not among the types of this file'],
    ],
    [
      'text for a number',
      { pools: [], latencies: [{ between: ['a', 'b'], ms: '7' }] },
      ['/latencies/0/ms: must be a number from 0 to 60000'],
    ],
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
