import { describe, expect, it } from 'vitest';
import { RunTable } from '../../../src/core/scheduling/run-table.ts';

describe('RunTable', () => {
  it('gives back exactly what was taken, for more than it had room for', () => {
    const runs = new RunTable();
    for (let seq = 1; seq <= 500; seq++)
      runs.add({
        ...{ seq, pool: seq % 7, kind: seq % 4 === 0 ? 'gpu' : 'cpu', slots: seq % 3, parts: 0, type: seq % 5, tenant: seq % 11 },
        ...{ startedAt: 10 * seq, expectedMs: 2 * seq, charge: seq / 4, work: 3 * seq },
        ...{ statedMs: seq % 6 === 0 ? null : seq, reserved: 5 * seq, units: 7 * seq },
      });
    for (let seq = 1; seq <= 500; seq += 2) runs.remove(runs.rowOf(seq));
    for (let seq = 2; seq <= 500; seq += 2) {
      const row = runs.rowOf(seq);
      expect([runs.startedAt(row), runs.chargeAt(row), runs.kindAt(row)]).toEqual([10 * seq, seq / 4, seq % 4 === 0 ? 'gpu' : 'cpu']);
      expect([runs.workAt(row), runs.expectedMsAt(row), runs.reservedAt(row)]).toEqual([3 * seq, 2 * seq, 5 * seq]);
      expect([runs.statedMsAt(row), runs.unitsAt(row)]).toEqual([seq % 6 === 0 ? null : seq, 7 * seq]);
      expect([runs.poolAt(row), runs.slotsAt(row), runs.typeAt(row), runs.tenantAt(row)]).toEqual([seq % 7, seq % 3, seq % 5, seq % 11]);
    }
    expect(runs.count(2, 0)).toBe(
      [...Array(501).keys()].filter((seq) => seq > 0 && seq % 2 === 0 && seq % 7 === 2 && seq % 5 === 0).length,
    );
  });

  it('capacity has one owner: taking twice or giving back twice is an error', () => {
    const runs = new RunTable();
    const held = { pool: 0, kind: 'cpu', slots: 1, parts: 0, type: 0, tenant: 0, startedAt: 0, expectedMs: 1 } as const;
    const run = { ...held, seq: 1, charge: 0, work: 0, statedMs: null, reserved: 0, units: 1 };
    runs.add(run);
    expect(() => runs.add(run)).toThrow('task 1 runs already');
    runs.remove(runs.rowOf(1));
    expect(() => runs.rowOf(1)).toThrow('task 1 does not run');
  });
});
