import { describe, expect, it } from 'vitest';
import { aCore, aPool, aStrategy } from '../../helpers/scheduling.ts';

const minute = 60_000;

/** One slot that is taken; tasks of all priorities wait. */
function setup(strategy = aStrategy('priority')) {
  const pool = aPool({ resourceType: 'cpu', accepts: ['order'] });
  const made = aCore({ pools: [pool], strategy });
  made.occupy(pool, 1);
  return made;
}

function totals({ core }: ReturnType<typeof aCore>, now: number, since = Number.NEGATIVE_INFINITY, perStep = 1) {
  const survey = core.surveyWaits(now, since);
  let steps = 1;
  for (; !survey.step(perStep); steps++);
  return { ...survey.totals(), steps };
}

describe('a survey of what waits', () => {
  it('counts what has waited longer than promised, by type and reason, and says when the next one will', () => {
    const made = setup();
    const brief = { priority: 9, estimateMs: 1 };
    made.submit(brief, { priority: 7 }, { ...brief, readyAt: 4.5 * minute }, { ...brief, resourceType: 'gpu' });
    made.starts();
    const seen = totals(made, 5 * minute - 1);
    expect(seen).toMatchObject({ oldest: { seq: 1, readyAt: 0 }, past: 2, nextPastAt: 5 * minute });
    expect(seen.newlyPast).toEqual([
      { type: 'order', reason: 'no_capacity', tasks: 1, oldest: 1, oldestReadyAt: 0 },
      { type: 'order', reason: 'no_matching_pool', tasks: 1, oldest: 4, oldestReadyAt: 0 },
    ]);
  });

  it('tells those apart that passed their bound since', () => {
    const made = setup();
    made.submit(...[10, 9, 8].map((priority) => ({ priority, estimateMs: 1 })));
    made.starts();
    expect(totals(made, 2 * minute, minute).newlyPast).toMatchObject([{ tasks: 1, oldest: 3 }]);
    expect(totals(made, 2 * minute, 2 * minute).newlyPast).toEqual([]);
  });

  it('is one look at each row, in steps of any length', () => {
    const made = setup();
    made.submit(...Array.from({ length: 9 }, () => ({ priority: 9 })));
    made.core.cancel(5);
    const one = totals(made, 6 * minute);
    expect([one.past, one.steps]).toEqual([8, 9]);
    expect(totals(made, 6 * minute, Number.NEGATIVE_INFINITY, 100)).toEqual({ ...one, steps: 1 });
  });

  it('finds nothing where nothing waits, and nobody late where no bound can be passed', () => {
    expect(totals(setup(), minute)).toMatchObject({ oldest: undefined, past: 0, newlyPast: [], nextPastAt: Number.POSITIVE_INFINITY });
    const fifo = setup(aStrategy('fifo'));
    fifo.submit({});
    expect(totals(fifo, 100 * minute)).toMatchObject({ oldest: { seq: 1 }, past: 0, nextPastAt: Number.POSITIVE_INFINITY });
  });

  it('groups of waiting work and single tasks say the same', () => {
    const made = setup();
    made.submit({ priority: 9 }, { priority: 7 });
    made.starts();
    expect(made.core.waitingGroups(6 * minute)).toMatchObject([{ tasks: 2, past: 2 }]);
    expect(made.core.waitingGroups(5 * minute - 1)).toMatchObject([{ tasks: 2, past: 0 }]);
    expect(made.core.explain(2, minute)?.passed).toEqual({ newerUntil: 3 * minute, pastFrom: 5 * minute });
  });
});
