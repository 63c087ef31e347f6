import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type DecisionRecord, mostTerms, whyOf } from '../../../src/core/domain/decision.ts';
import type { EventType } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { eventCodes } from '../../../src/store/sqlite/codes.ts';
import { decodeDetails, encodeDetails } from '../../../src/store/sqlite/details-codec.ts';
import { createSymbols } from '../../../src/store/sqlite/symbols.ts';
import { fc } from '../../helpers/fc.ts';

function setup() {
  const db = new BetterSqlite3(':memory:');
  db.exec('CREATE TABLE symbol (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)');
  return { db, symbols: createSymbols(db) };
}

const keys = [
  'priority',
  'region',
  'worker_pool',
  'algorithm',
  'cost_per_unit',
  'attempt',
  'epoch',
  'duration_ms',
  'code',
  'message',
  'due_at',
  'run_at',
];
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constant('2026-02-30T00:00:00.000Z'),
);

const names = fc.constantFrom('price', 'load', 'us-east-cpu-pool', 'share');
const numbers = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.constant(null));
const counts = fc.nat();
const ring = {
  ring: fc.constantFrom('home', 'any'),
  spilled: fc.boolean(),
  considered: counts,
  full: counts,
  out: fc.dictionary(fc.constantFrom('type', 'resource_type', 'region', 'label', 'price', 'moon'), counts),
};
const compared = {
  ...{ by: names, unit: names, wins: fc.constantFrom('lower', 'higher'), total: numbers, ranked: counts, partial: fc.boolean() },
  terms: fc.array(fc.tuple(names, names, numbers, numbers, numbers), { maxLength: 8 }),
  runner_up: fc.oneof(fc.constant(null), fc.tuple(names, numbers)),
};
const room = { room: fc.constantFrom('reserved', 'backfilled', 'free', null) };
const late = { deadline_at_risk: fc.constantFrom(true, true, false, 1) };
const whys = fc.oneof(
  fc.record(ring),
  fc.record({ ...ring, ...room }),
  fc.record({ ...ring, ...room, ...late }),
  fc.record({ ...ring, ...compared, ...late }),
  fc.record({ ...ring, ...room, ...compared }),
  fc.record({ ...ring, ...compared }),
  fc.record({ ...ring, ...compared, more: counts }),
);

describe('details of log entries', () => {
  it('read back as they were written, whatever they hold', () => {
    const { symbols } = setup();
    const types = Object.keys(eventCodes) as EventType[];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...keys), values), (type, details) => {
        const plain = JSON.parse(JSON.stringify(details)) as JsonObject;
        expect(decodeDetails(type, encodeDetails(type, plain, symbols), symbols)).toEqual(plain);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are short for the usual ones', () => {
    const { symbols } = setup();
    const scheduled = { worker_pool: 'us-east-cpu-pool', algorithm: 'fifo', region: 'us-east', cost_per_unit: 0.5, attempt: 1, epoch: 1 };
    expect(encodeDetails('scheduled', scheduled, symbols)).toBe('[1,2,3,0.5,1,1]');
    expect(encodeDetails('scheduled', { ...scheduled, margin: 2 }, symbols)).toBe('[1,2,3,0.5,1,1,{"margin":2}]');
    expect(encodeDetails('created', { priority: 5, region: null }, symbols)).toBe('[5,null]');
    expect(encodeDetails('queued', {}, symbols)).toBeNull();
  });

  const scheduled = { worker_pool: 'us-east-cpu-pool', algorithm: 'fifo', region: 'us-east', cost_per_unit: 0.5, attempt: 1, epoch: 1 };

  it('why a task went there reads back too, alone or beside something else and its node, and whatever somebody made of it', () => {
    const { symbols } = setup();
    const anything = fc.oneof(whys, values, fc.record({ ...ring, ...compared, terms: fc.array(fc.array(values)) }));
    fc.assert(
      fc.property(anything, fc.constantFrom({}, { margin: 2 }, { node: 'eu-1' }, { node: 3 }), (why, more) => {
        const plain = JSON.parse(JSON.stringify({ ...scheduled, why, ...more })) as JsonObject;
        expect(decodeDetails('scheduled', encodeDetails('scheduled', plain, symbols), symbols)).toEqual(plain);
      }),
      { numRuns: 2_000 },
    );
  });

  it('the node that runs it takes the place of a number behind it', () => {
    const { symbols } = setup();
    const why = { ring: 'home', spilled: false, considered: 2, full: 1, out: {} };
    const without = encodeDetails('scheduled', { ...scheduled, why }, symbols) ?? '';
    expect(encodeDetails('scheduled', { ...scheduled, why, node: 'eu-1' }, symbols)).toBe(
      `${without.slice(0, -1)},${symbols.codeOf('eu-1')}]`,
    );
  });

  it('why a task went there takes 50 bytes for one measure, and never more than 700', () => {
    const { symbols } = setup();
    const bytes = (why: DecisionRecord) => (encodeDetails('scheduled', { ...scheduled, why: whyOf(why) }, symbols) ?? '').length;
    const cheapest: DecisionRecord = {
      compared: {
        ...{ by: 'price', unit: 'per unit of work', wins: 'lower', total: 0.5, terms: [], pools: 0, isPartial: false },
        runnerUp: { pool: 'us-west-cpu-pool', total: 0.6 },
      },
      ...{ ring: 'home', isSpilled: false, room: 'free', isDeadlineAtRisk: false, considered: 2, full: 1, out: { type: 1, region: 6 } },
    };
    const bare = encodeDetails('scheduled', scheduled, symbols)?.length ?? 0;
    expect(bytes(cheapest) - bare).toBeLessThanOrEqual(50);
    const longest = 123_456_789.123_456;
    for (let i = symbols.codeOf('0'); i < 99_999; i++) symbols.codeOf(String(i));
    const term = (_: unknown, i: number) => ({
      ...{ name: `term ${i}`, unit: `unit ${i}` },
      weight: longest,
      value: longest,
      other: longest,
    });
    const largest: DecisionRecord = {
      compared: {
        ...{ by: 'all of it', unit: 'sum', wins: 'higher', total: longest, pools: 9_999, isPartial: true },
        ...{ runnerUp: { pool: 'the longest name', total: longest }, terms: Array.from({ length: mostTerms }, term) },
      },
      ...{ ring: 'any', isSpilled: true, room: 'backfilled', isDeadlineAtRisk: false, considered: 9_999, full: 9_999 },
      out: { type: 9_999, resource_type: 9_999, region: 9_999, label: 9_999, price: 9_999 },
    };
    expect(bytes(largest) - bare).toBeLessThanOrEqual(700);
  });
});

describe('symbols', () => {
  it('forget names of a transaction that was rolled back, and give their numbers again', () => {
    const { db, symbols } = setup();
    db.exec('BEGIN');
    expect(symbols.codeOf('kept')).toBe(1);
    symbols.commit();
    db.exec('COMMIT; BEGIN');
    expect([symbols.codeOf('kept'), symbols.codeOf('lost'), symbols.codeOf('also lost')]).toEqual([1, 2, 3]);
    symbols.rollback();
    db.exec('ROLLBACK');
    expect([symbols.find('kept'), symbols.find('lost')]).toEqual([1, undefined]);
    expect(() => symbols.nameOf(2)).toThrow('unknown symbol');
    expect(symbols.codeOf('new')).toBe(2);
    expect(createSymbols(db).nameOf(2)).toBe('new');
  });
});
