import { describe, expect, it } from 'vitest';
import { type Compared, type DecisionRecord, flipOf, marginOf, recordIn, rounded, whyOf } from '../../../src/core/domain/decision.ts';

/** Prices, latencies and loads of A and B, weighted 1, 0.5 and 0.5: B wins with 0.80 against 0.95. */
const weighted: Compared = {
  ...{ by: 'score', unit: 'weighted sum', wins: 'lower', total: 0.8, pools: 2, isPartial: false },
  terms: [
    { name: 'price', unit: 'share', weight: 1, value: 0.6, other: 0.5 },
    { name: 'latency', unit: 'share', weight: 0.5, value: 0.3, other: 0 },
    { name: 'load', unit: 'share', weight: 0.5, value: 0.1, other: 0.9 },
  ],
  runnerUp: { pool: 'A', total: 0.95 },
};
const record: DecisionRecord = {
  compared: weighted,
  ring: 'any',
  isSpilled: true,
  room: 'free',
  isDeadlineAtRisk: false,
  considered: 4,
  full: 1,
  out: { type: 1, label: 2 },
};

const withTotals = (total: number | null, other: number | null, changes: Partial<Compared> = {}): Compared => ({
  ...{ ...weighted, total, runnerUp: { pool: 'A', total: other } },
  ...changes,
});

describe('what would have turned a decision', () => {
  it('flips to the runner-up where the weight of load is below 0.3125', () => {
    const [price, latency, load] = weighted.terms.map((term) => flipOf(term, weighted));
    expect(load).toEqual({ weight: 0.3125, when: 'below' });
    expect(price).toEqual({ weight: 2.5, when: 'above' });
    expect(latency).toEqual({ weight: 1, when: 'above' });
    expect(marginOf(weighted)).toBe(0.15);
  });

  it('at the flip both totals are the same, and past it the runner-up has won', () => {
    for (const [i, term] of weighted.terms.entries()) {
      const { weight, when } = flipOf(term, weighted)!;
      const totals = (at: number) =>
        (['value', 'other'] as const).map((of) => weighted.terms.reduce((sum, one, j) => sum + (i === j ? at : one.weight) * one[of]!, 0));
      const [ours, theirs] = totals(weight);
      expect(ours).toBeCloseTo(theirs!, 9);
      const [past, theirsPast] = totals(weight + (when === 'above' ? 0.01 : -0.01));
      expect(past!).toBeGreaterThan(theirsPast!);
    }
  });

  it('does not where no weight would, or nobody came second', () => {
    const equal = { name: 'x', unit: '', weight: 1, value: 2, other: 2 };
    expect(flipOf(equal, weighted)).toBeUndefined();
    expect(flipOf({ ...equal, other: 9 }, withTotals(1, 50))).toBeUndefined();
    expect(flipOf({ ...equal, other: null }, weighted)).toBeUndefined();
    expect(flipOf({ ...equal, other: 1 }, withTotals(1, null))).toBeUndefined();
    expect(marginOf(withTotals(null, 1))).toBeUndefined();
    const { runnerUp: _, ...alone } = weighted;
    expect(marginOf({ ...alone, runnerUp: undefined })).toBeUndefined();
  });
});

describe('a record in the log', () => {
  it('reads back as it was written', () => {
    const forced = { ...record, compared: undefined };
    const gang = {
      ...record,
      parts: [
        { pool: 'near', parts: 2, total: 0.5 },
        { pool: 'far', parts: 1, total: null },
      ],
    };
    for (const one of [
      record,
      forced,
      gang,
      { ...record, compared: withTotals(null, null, { wins: 'higher', isPartial: true, terms: [] }) },
    ]) {
      expect(recordIn({ why: JSON.parse(JSON.stringify(whyOf(one))) })).toEqual(one);
    }
  });

  it('is none where there is none, and nothing breaks on what is no record', () => {
    for (const why of [undefined, null, 1, 'x', [], {}, { ring: 'mars' }, { ring: 'home', considered: -1, full: 0, out: {} }])
      expect(recordIn(why === undefined ? {} : { why })).toBeUndefined();
    const odd = {
      ring: 'home',
      considered: 1,
      full: 0,
      out: { type: 'x' },
      by: 'price',
      terms: [1, ['a']],
      runner_up: [3],
      parts: [1, ['a', 'b']],
    };
    expect(recordIn({ why: odd })).toMatchObject({
      out: {},
      parts: [],
      compared: { terms: [{ name: 'a', value: null }], runnerUp: undefined },
    });
  });

  it('has no number that JSON cannot say', () => {
    expect([rounded(Number.POSITIVE_INFINITY), rounded(Number.NaN), rounded(0.1 + 0.2)]).toEqual([null, null, 0.3]);
  });
});
