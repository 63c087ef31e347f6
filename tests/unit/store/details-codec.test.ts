import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../../src/core/domain/events.ts';
import type { JsonObject } from '../../../src/core/domain/json.ts';
import { eventCodes } from '../../../src/store/sqlite/codes.ts';
import { decodeDetails, encodeDetails } from '../../../src/store/sqlite/details-codec.ts';
import { createSymbols } from '../../../src/store/sqlite/symbols.ts';

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
