import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../../../src/core/replay/seeded-random.ts';
import type { Choice } from '../../../../src/core/replay/semantics/semantics.ts';
import { trx } from '../../../../src/core/replay/semantics/trx.ts';
import { scoreOrders } from '../../../../src/core/replay/semantics/trx-scores.ts';
import { easyYardstick } from '../../../../src/core/replay/semantics/trx-yardsticks.ts';
import type { TaskView } from '../../../../src/core/strategies/strategy.ts';
import { aJobList, type JobFields } from '../../../helpers/traces.ts';

function chosen(policy: string, backfill?: 'conservative'): Choice {
  const choice = trx.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  return choice;
}

type Row = readonly [submit: number, estimate: number, processors: number, run: number];
const jobsOf = (rows: readonly Row[]): JobFields[] =>
  rows.map(([submit, estimate, processors, run]) => ({ submit, estimate, processors, run }));
const startsOf = (policy: string, machine: number, rows: readonly Row[]) => [
  ...chosen(policy).simulate(aJobList(...jobsOf(rows)), machine).starts,
];
const endsOf = (policy: string, machine: number, rows: readonly Row[]) =>
  startsOf(policy, machine, rows).map((start, i) => start + (rows[i]?.[3] ?? 0));

const isRunning = (start = Number.NaN, run: number, at: number) => start <= at && at < start + run;

/** Whole seconds, estimates never too short, now and then several at once. */
function randomRows(seed: number): readonly Row[] {
  const random = createSeededRandom(`yardsticks ${seed}`);
  const draw = (most: number) => 1 + Math.floor(random.next() * most);
  let at = 0;
  return Array.from({ length: 40 }, () => {
    if (random.next() < 0.6) at += draw(12);
    const run = draw(30);
    return [at, random.next() < 0.4 ? run : run + draw(30), draw(8), run];
  });
}

describe('the backfilling examples, in trx', () => {
  const backfillable: readonly Row[] = [
    [0, 100, 50, 100],
    [1, 200, 100, 100],
    [2, 100, 60, 100],
    [20, 10, 10, 10],
  ];
  const long: readonly Row[] = [
    [0, 800, 50, 600],
    [1, 200, 60, 200],
    [2, 400, 60, 100],
    [10, 700, 10, 600],
  ];
  const none: readonly Row[] = [
    [0, 600, 50, 600],
    [10, 400, 100, 200],
    [20, 1_000, 10, 1_000],
  ];
  const atOnce: readonly Row[] = [
    [0, 6, 1, 6],
    [0, 2, 3, 2],
    [0, 1, 1, 1],
    [0, 2, 2, 2],
    [0, 2, 1, 2],
  ];

  it.each(['easy', 'easy-sjbf', 'conservative'])('%s: what delays nobody goes first', (policy) => {
    expect(endsOf(policy, 100, backfillable)).toEqual([100, 200, 300, 30]);
    expect(endsOf(policy, 100, long)).toEqual([600, 800, 900, 610]);
    expect(endsOf(policy, 100, none)).toEqual([600, 800, 1_800]);
  });

  it('three processors, all at once', () => {
    expect(startsOf('fcfs', 3, atOnce)).toEqual([0, 6, 8, 8, 9]);
    expect(startsOf('easy', 3, atOnce)).toEqual([0, 6, 0, 2, 0]);
    expect(startsOf('conservative', 3, atOnce)).toEqual([0, 6, 0, 1, 3]);
    expect([...chosen('fcfs', 'conservative').simulate(aJobList(...jobsOf(atOnce)), 3).starts]).toEqual([0, 6, 0, 1, 3]);
  });

  it('easy-sjbf takes the shortest of those that may pass', () => {
    const rows: readonly Row[] = [
      [0, 10, 3, 10],
      [1, 10, 4, 10],
      [2, 8, 1, 8],
      [2, 3, 1, 3],
    ];
    expect(startsOf('easy', 4, rows)).toEqual([0, 10, 2, 20]);
    expect(startsOf('easy-sjbf', 4, rows)).toEqual([0, 10, 20, 2]);
  });

  it('clairvoyant ones go by the run, and are the plain ones when estimates are right', () => {
    const rows: readonly Row[] = [
      [0, 10, 3, 10],
      [1, 10, 4, 10],
      [2, 9, 1, 8],
    ];
    for (const policy of ['easy-sjbf', 'conservative']) {
      expect(startsOf(policy, 4, rows)[2]).toBe(20);
      expect(startsOf(`${policy}-clairvoyant`, 4, rows)[2]).toBe(2);
      const right = randomRows(1).map(([submit, , processors, run]): Row => [submit, run, processors, run]);
      expect(startsOf(`${policy}-clairvoyant`, 8, right)).toEqual(startsOf(policy, 8, right));
    }
  });
});

describe('the yardsticks', () => {
  const seeds = Array.from({ length: 15 }, (_, seed) => seed);

  it('keep the instants of the server: their EASY in the order of the queue is the EASY of the decision core', () => {
    const yardstick = easyYardstick('queue-order');
    for (const seed of seeds) {
      const rows = randomRows(seed);
      expect([...yardstick(aJobList(...jobsOf(rows)), 8)], `seed ${seed}`).toEqual(startsOf('easy', 8, rows));
    }
  });

  it.each(['easy-sjbf', 'conservative'])('%s: nobody starts before it came, and never more runs than there is', (policy) => {
    for (const seed of seeds) {
      const rows = randomRows(seed);
      const starts = startsOf(policy, 8, rows);
      for (const [i, [submit]] of rows.entries()) expect(starts[i]).toBeGreaterThanOrEqual(submit);
      for (const at of starts) {
        const used = rows.reduce((sum, [, , processors, run], i) => sum + (isRunning(starts[i], run, at) ? processors : 0), 0);
        expect(used).toBeLessThanOrEqual(8);
      }
    }
  });

  it('conservative: whoever came first has the start that fcfs gives at the latest, when estimates are right', () => {
    for (const seed of seeds) {
      const rows = randomRows(seed).map(([submit, , processors, run]): Row => [submit, run, processors, run]);
      const [booked, inOrder] = [startsOf('conservative', 8, rows), startsOf('fcfs', 8, rows)];
      for (const [i, start] of booked.entries()) expect(start).toBeLessThanOrEqual(inOrder[i] ?? Number.NaN);
    }
  });

  it('say what they are, and have no other backfilling and no pools', () => {
    expect(chosen('conservative')).toMatchObject({
      backfill: 'conservative',
      isOneMachine: true,
      note: expect.stringContaining('yardstick'),
    });
    expect(trx.choose('conservative', 'easy')).toMatchObject({
      kind: 'refusal',
      message: 'conservative has --backfill conservative and no other',
    });
    expect(trx.choose('sjf', 'conservative')).toMatchObject({
      kind: 'refusal',
      message: 'trx has --backfill conservative with fcfs only; sjf has none and easy',
    });
  });
});

describe('f2, f3 and f4', () => {
  it.each([
    ['f2', Math.sqrt(9) * 4 + 25_600 * 2],
    ['f3', 9 * 4 + 6_860_000 * 2],
    ['f4', 9 * 2 + 530_000 * 2],
  ])('%s is the formula', (name, score) => {
    // Ready 99 s after the origin, which is second 1 of its clock.
    const task = { estimateMs: 9_000, slots: 4, since: 99_000 } as TaskView; // the formula looks at nothing else
    expect(scoreOrders.get(name)?.rank(task, 0, 1)).toBeCloseTo(score, 6);
  });

  it('let small ones pass large ones that came a little earlier', () => {
    const rows: readonly Row[] = [
      [100_000, 100, 8, 100],
      [100_001, 1_000, 8, 1_000],
      [100_002, 10, 1, 10],
      [100_003, 10, 8, 10],
    ];
    expect(startsOf('f2', 8, rows)).toEqual([100_000, 100_120, 100_100, 100_110]);
    for (const policy of ['f3', 'f4']) expect(Math.min(...startsOf(policy, 8, rows))).toBe(100_000);
  });
});
