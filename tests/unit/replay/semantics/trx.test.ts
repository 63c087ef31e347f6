import { describe, expect, it } from 'vitest';
import { runPolicy } from '../../../../src/core/replay/run-policy.ts';
import type { Backfill, Choice, Setting } from '../../../../src/core/replay/semantics/semantics.ts';
import { trx } from '../../../../src/core/replay/semantics/trx.ts';
import type { TaskFields } from '../../../../src/core/replay/trace.ts';
import { presets } from '../../../../src/core/strategies/presets.ts';
import { aPool } from '../../../helpers/scheduling.ts';
import { aJobList, type JobFields } from '../../../helpers/traces.ts';

function chosen(policy: string, backfill?: Backfill): Choice {
  const choice = trx.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  return choice;
}

const startsOf = (policy: string, machine: number, ...jobs: readonly JobFields[]) => [
  ...chosen(policy).simulate(aJobList(...jobs), machine).starts,
];

describe('trx', () => {
  it('starts in the order of the strategy, which looks at every instant anew', () => {
    const jobs: JobFields[] = [
      { submit: 0, run: 10, estimate: 10 },
      { submit: 1, run: 100, estimate: 100 },
      { submit: 2, run: 5, estimate: 5 },
      { submit: 12.5, run: 1, estimate: 1 },
    ];
    expect(startsOf('fcfs', 1, ...jobs)).toEqual([0, 10, 110, 115]);
    expect(startsOf('fifo', 1, ...jobs)).toEqual([0, 10, 110, 115]);
    expect(startsOf('sjf', 1, ...jobs)).toEqual([0, 16, 10, 15]);
  });

  it('lets nobody start between events, though time alone changes who is first', () => {
    // From second 100 on the last has waited more by its run time than the one that waits for both processors.
    const jobs: JobFields[] = [
      { submit: 0, run: 1_000, estimate: 1_000 },
      { submit: 1, run: 100, estimate: 100, processors: 2 },
      { submit: 90, run: 10, estimate: 10 },
    ];
    expect(startsOf('hrrn', 2, ...jobs)).toEqual([0, 1_010, 1_000]);
  });

  describe('on four processors, three of them busy until 10, with one waiting for all', () => {
    const busy: JobFields = { submit: 0, run: 10, estimate: 10, processors: 3 };
    const wide: JobFields = { submit: 1, run: 10, estimate: 10, processors: 4 };
    const inTime: JobFields = { submit: 2, run: 8, estimate: 8 };
    const tooLong: JobFields = { submit: 2, run: 1, estimate: 9 };

    it('nobody overtakes without backfilling', () => {
      expect(startsOf('fcfs', 4, busy, wide, inTime)).toEqual([0, 10, 20]);
    });

    it('EASY lets pass what ends in time, by its estimate', () => {
      expect(startsOf('easy', 4, busy, wide, inTime)).toEqual([0, 10, 2]);
      expect(startsOf('easy', 4, busy, wide, tooLong)).toEqual([0, 10, 20]);
      expect(startsOf('easy-clairvoyant', 4, busy, wide, tooLong)).toEqual([0, 10, 2]);
    });

    it('and what fits beside it', () => {
      expect(startsOf('easy', 5, { ...busy, processors: 4 }, wide, { ...tooLong, run: 30, estimate: 30 })).toEqual([0, 10, 2]);
    });

    it('any order may backfill', () => {
      expect([...chosen('sjf', 'easy').simulate(aJobList(busy, { ...wide, estimate: 5 }, inTime), 4).starts]).toEqual([0, 10, 2]);
    });
  });

  it('what needs another pool overtakes', () => {
    const gpu = (id: number): TaskFields => ({
      ...{ type: 'x', priority: 5, region: undefined, cost: 1, deadline: undefined, resourceType: id === 3 ? 'gpu' : 'cpu' },
    });
    const where: Setting = { ...setting(), fieldsOf: gpu };
    const jobs = aJobList({ submit: 0, run: 9 }, { submit: 1, run: 9 }, { submit: 2, run: 9 });
    expect([...chosen('fcfs').simulate(jobs, 2, where).starts]).toEqual([0, 9, 2]);
  });

  it('goes by what users say and not by what runs take', () => {
    const same = { submit: 1, run: 7 };
    expect(startsOf('sjf', 1, { submit: 0, run: 10 }, { ...same, estimate: 50 }, { ...same, estimate: 40 })).toEqual([0, 17, 10]);
  });

  it('has every strategy of the server, alone and in halves', () => {
    for (const { name } of presets) expect(startsOf(name, 1, { submit: 0, run: 1 }, { submit: 0, run: 1 }).sort()).toEqual([0, 1]);
    expect(startsOf('priority+least_loaded', 1, { submit: 0, run: 1 })).toEqual([0]);
  });

  it('refuses what it has not, with what it has', () => {
    expect(trx.choose('easiest', undefined)).toMatchObject({
      kind: 'refusal',
      message: expect.stringContaining(
        'it has fcfs, easy, easy-clairvoyant, f2, f3, f4, easy-sjbf, easy-sjbf-clairvoyant, conservative, conservative-clairvoyant, fifo',
      ),
    });
    expect(trx.choose('easy', 'none')).toMatchObject({ kind: 'refusal', message: 'easy has --backfill easy and no other' });
    expect(trx.choose('fcfs', 'rls')).toMatchObject({ kind: 'refusal', message: expect.stringContaining('no --backfill rls') });
  });

  const setting = (priceAt?: Setting['priceAt'], fields: Partial<TaskFields> = {}): Setting => ({
    pools: [aPool({ id: 1, region: 'a', costPerUnit: 2 }), aPool({ id: 2, region: 'b', costPerUnit: 3, resourceType: 'gpu' })],
    priceAt,
    fieldsOf: () => ({ type: 'x', priority: 5, region: undefined, resourceType: undefined, cost: 1, deadline: undefined, ...fields }),
  });
  const placed = (policy: string, where: Setting, ...jobs: readonly JobFields[]) => [
    ...(chosen(policy).simulate(aJobList(...jobs), 2, where).pools ?? []),
  ];

  it('places on several pools by price, resource and region', () => {
    const one = { submit: 0, run: 10 };
    expect(placed('min_cost', setting(), one, one)).toEqual([0, 1]);
    expect(placed('min_cost', setting(undefined, { resourceType: 'gpu' }), one)).toEqual([1]);
    expect(placed('region_aware', setting(undefined, { region: 'b' }), one)).toEqual([1]);
  });

  it('decides by the price of the hour, also after the last submit', () => {
    // Pool a is the cheaper one in even hours.
    const byHour = setting((pool, hour) => (pool === hour % 2 ? 1 : 9));
    expect(placed('min_cost', byHour, { submit: 0, run: 1 }, { submit: 3_600, run: 1 }, { submit: 7_300, run: 1 })).toEqual([0, 1, 0]);
    const long = { submit: 10, run: 3_700 };
    expect(placed('min_cost', byHour, long, long, { submit: 20, run: 1 })).toEqual([0, 1, 1]);
  });

  it('says which job can run on no pool', () => {
    const nowhere = { ...setting(undefined, { resourceType: 'gpu' }), pools: [aPool()] };
    expect(() => placed('fifo', nowhere, { submit: 0, run: 1 })).toThrow('line 1');
  });

  it('gives the same schedule whenever it is asked', () => {
    const jobs = aJobList(...Array.from({ length: 200 }, (_, i) => ({ submit: i % 17, run: 1 + (i % 13), processors: 1 + (i % 3) })));
    const options = { jobs, machine: 4, windows: [], repeat: 3, nowMs: () => 0 };
    for (const policy of ['power_of_two', 'wfp3', 'fair_share']) expect(runPolicy(chosen(policy), options).metrics.jobs).toBe(200);
  });
});
