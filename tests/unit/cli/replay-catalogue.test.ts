import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trx } from '../../helpers/cli.ts';
import { swfLine } from '../../helpers/traces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trx-catalogue-'));
  write(
    'log.swf',
    ['; MaxProcs: 2', ...[1, 2].map((id) => swfLine({ id, run: 3_600, estimate: 3_600, requested: 2, allocated: 2 }))].join('\n'),
  );
  write('prices.csv', 'hour_utc,NORTH\n2024-06-03T00:00:00Z,100\n2024-06-03T01:00:00Z,-50\n');
  write('carbon.csv', 'hour_utc,NORTH\n2024-06-03T00:00:00Z,200\n2024-06-03T01:00:00Z,100\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

function replayWith(catalogue: unknown, ...flags: readonly string[]) {
  write('catalogue.json', typeof catalogue === 'string' ? catalogue : JSON.stringify(catalogue));
  const [trace, catalog] = [join(folder, 'log.swf'), join(folder, 'catalogue.json')];
  return trx(['replay', '--trace', trace, '--semantics', 'pyss', '--policy', 'fcfs', '--catalog', catalog, '--json', ...flags]);
}

const pool = { name: 'north', region: 'north1', zone: 'NORTH', capacity: 2, kw_per_slot: 0.5 };

describe('--catalog', () => {
  it('bills by the hour of the start, and counts carbon, from tables beside it', async () => {
    const { out } = await replayWith({ pools: [pool], electricity: 'prices.csv', carbon: 'carbon.csv' });
    const [policy] = JSON.parse(out).policies;
    // An hour of two slots of 0.5 kW at 100 USD/MWh, then one at -50.
    expect(policy.cost).toBeCloseTo(0.1 - 0.05, 12);
    expect(policy.carbon_g).toBeCloseTo(300, 9);
  });

  it('says nothing of carbon without a table', async () => {
    const [policy] = JSON.parse((await replayWith({ pools: [{ ...pool, cost_per_unit: 3 }] })).out).policies;
    expect(policy.cost).toBe(12);
    expect(policy).not.toHaveProperty('carbon_g');
  });

  it.each([
    ['no JSON', '{', /catalogue\.json cannot be used/],
    ['no pools', { pools: [] }, /\/pools must NOT have fewer than 1 items/],
    ['an unknown key', { pools: [{ ...pool, colour: 'red' }] }, /must NOT have additional properties: colour/],
    ['a table that is not there', { pools: [pool], electricity: 'none.csv' }, /none\.csv: .*no such file/],
    ['a table that is wrong', { pools: [pool], electricity: 'log.swf' }, /log\.swf: line 1/],
    ['a zone that is not there', { pools: [{ ...pool, zone: 'SOUTH' }], electricity: 'prices.csv' }, /no zone SOUTH; it has NORTH/],
    ['no price', { pools: [{ name: 'x', region: 'y', capacity: 2 }] }, /pool x: it needs cost_per_unit/],
  ])('(%s) ends with 1 and every mistake', async (_, catalogue, message) => {
    const { code, out, err } = await replayWith(catalogue);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
  });

  it('must be the machine of the trace, and one', async () => {
    const small = await replayWith({ pools: [{ ...pool, capacity: 3, cost_per_unit: 1 }] });
    expect(small).toMatchObject({ code: 2, out: '' });
    expect(small.err).toContain('have a capacity of 3, and the machine 2 processors');
    const two = await replayWith({
      pools: [
        { ...pool, cost_per_unit: 1 },
        { ...pool, name: 'south', cost_per_unit: 1 },
      ],
    });
    expect(two.err).toContain('pyss simulates one machine, and the catalogue has 2 pools');
    expect((await replayWith({ pools: [{ ...pool, capacity: 3, cost_per_unit: 1 }] }, '--procs', '3')).code).toBe(0);
  });
});
