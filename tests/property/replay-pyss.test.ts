import { describe, expect, it } from 'vitest';
import type { Jobs } from '../../src/core/replay/jobs.ts';
import { pyss } from '../../src/core/replay/semantics/pyss.ts';
import { fc } from '../helpers/fc.ts';
import { naivePyss } from '../helpers/naive-pyss.ts';
import { aJobList } from '../helpers/traces.ts';

const machine = 5;

/** Few different numbers, so that many things happen at once. */
const job = fc
  .record({
    gap: fc.constantFrom(0, 0, 1, 2, 5),
    run: fc.integer({ min: 1, max: 12 }),
    over: fc.constantFrom(0, 0, 1, 3, 9),
    processors: fc.integer({ min: 1, max: machine }),
  })
  .map(({ gap, run, over, processors }) => ({ gap, run, processors, estimate: run + over }));

/** The ids are not in the order of the submits: equal times go by id. */
const traces: fc.Arbitrary<Jobs> = fc.array(job, { minLength: 1, maxLength: 40 }).chain((list) => {
  let submit = 0;
  const timed = list.map(({ gap, ...rest }) => {
    submit += gap;
    return { ...rest, submit };
  });
  return fc.shuffledSubarray(timed, { minLength: timed.length, maxLength: timed.length }).map((jobs) => aJobList(...jobs));
});

function check(rule: (jobs: Jobs) => void): void {
  fc.assert(fc.property(traces, rule), { numRuns: 400 });
}

function startsOf(policy: string, jobs: Jobs, backfill?: 'easy'): number[] {
  const choice = pyss.choose(policy, backfill);
  if (choice.kind === 'refusal') throw new Error(choice.message);
  return [...choice.simulate(jobs, machine).starts];
}

/** Rows in the order they are submitted. */
function queueOf(jobs: Jobs): number[] {
  return Array.from(jobs.submit, (_, row) => row).sort((a, b) => jobs.submit[a]! - jobs.submit[b]! || a - b);
}

describe.each(['fcfs', 'easy', 'easy-sjbf', 'conservative'] as const)('%s', (policy) => {
  it('starts every job when the rules as written do', () => {
    check((jobs) => {
      expect(startsOf(policy, jobs)).toEqual(naivePyss(jobs, { machine, policy }));
    });
  });

  it('starts no job before its submit and never uses more than the machine', () => {
    check((jobs) => {
      const starts = startsOf(policy, jobs);
      for (const now of starts) {
        const running = starts.flatMap((start, row) => (start <= now && now < start + jobs.run[row]! ? [jobs.processors[row]!] : []));
        expect(running.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(machine);
      }
      expect(starts.every((start, row) => start >= jobs.submit[row]!)).toBe(true);
    });
  });
});

describe('first come, first served', () => {
  it('starts in the order of the queue', () => {
    check((jobs) => {
      const starts = startsOf('fcfs', jobs);
      const inOrder = queueOf(jobs).map((row) => starts[row]!);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    });
  });

  it('is what every policy is when every job needs the whole machine and ends as estimated', () => {
    check((some) => {
      const jobs = { ...some, processors: some.processors.map(() => machine), estimate: some.run };
      for (const policy of ['easy', 'easy-sjbf', 'conservative']) expect(startsOf(policy, jobs)).toEqual(startsOf('fcfs', jobs));
    });
  });

  it('with --backfill easy is easy', () => {
    check((jobs) => {
      expect(startsOf('fcfs', jobs, 'easy')).toEqual(startsOf('easy', jobs));
    });
  });
});

describe('clairvoyance', () => {
  it('is the plain policy on a trace whose estimates were right', () => {
    check((jobs) => {
      for (const policy of ['easy', 'easy-sjbf']) {
        expect(startsOf(`${policy}-clairvoyant`, jobs)).toEqual(startsOf(policy, { ...jobs, estimate: jobs.run }));
      }
    });
  });
});

describe('conservative backfilling', () => {
  it('starts no job later than its first booking', () => {
    check((jobs) => {
      const first: number[] = [];
      naivePyss(jobs, {
        machine,
        policy: 'conservative',
        onBooking: (row, at) => {
          first[row] ??= at;
        },
      });
      const starts = startsOf('conservative', jobs);
      expect(starts.every((start, row) => start <= first[row]!)).toBe(true);
    });
  });
});

describe('EASY', () => {
  it('starts the first of the queue no later than its shadow time, whoever overtakes', () => {
    check((jobs) => {
      const starts = startsOf('easy', jobs);
      const queue = queueOf(jobs);
      queue.forEach((row, place) => {
        // When it became the first: all before it had started.
        const firstAt = Math.max(jobs.submit[row]!, ...queue.slice(0, place).map((other) => starts[other]!));
        expect(starts[row]).toBeLessThanOrEqual(shadowAt(jobs, starts, row, firstAt));
      });
    });
  });
});

/** When enough processors are free for the row, by the estimates of the jobs started before `now`. */
function shadowAt(jobs: Jobs, starts: readonly number[], row: number, now: number): number {
  const running = starts.flatMap((start, other) =>
    other !== row && start < now && start + jobs.run[other]! > now
      ? [{ end: start + jobs.estimate[other]!, n: jobs.processors[other]! }]
      : [],
  );
  const sameInstant = starts.flatMap((start, other) =>
    other !== row && start === now ? [{ end: start + jobs.estimate[other]!, n: jobs.processors[other]! }] : [],
  );
  const taken = [...running, ...sameInstant];
  const usedAt = (time: number) => taken.reduce((sum, { end, n }) => sum + (end > time ? n : 0), 0);
  const moments = [now, ...taken.map(({ end }) => end)].sort((a, b) => a - b);
  return moments.find((time) => time >= now && machine - usedAt(time) >= jobs.processors[row]!) ?? Number.NaN;
}
