import { describe, expect, it } from 'vitest';
import { RunTable } from '../../../src/core/scheduling/run-table.ts';

describe('RunTable', () => {
  it('gives back exactly what was taken, for more than it had room for', () => {
    const runs = new RunTable();
    for (let seq = 1; seq <= 500; seq++)
      runs.add(seq, seq % 7, seq % 4 === 0 ? 'gpu' : 'cpu', seq % 3, seq % 5, seq % 11, 10 * seq, seq / 4);
    for (let seq = 1; seq <= 500; seq += 2) runs.remove(runs.rowOf(seq));
    for (let seq = 2; seq <= 500; seq += 2) {
      const row = runs.rowOf(seq);
      expect([runs.startedAt(row), runs.chargeAt(row), runs.kindAt(row)]).toEqual([10 * seq, seq / 4, seq % 4 === 0 ? 'gpu' : 'cpu']);
      expect([runs.poolAt(row), runs.slotsAt(row), runs.typeAt(row), runs.tenantAt(row)]).toEqual([seq % 7, seq % 3, seq % 5, seq % 11]);
    }
    expect(runs.count(2, 0)).toBe(
      [...Array(501).keys()].filter((seq) => seq > 0 && seq % 2 === 0 && seq % 7 === 2 && seq % 5 === 0).length,
    );
  });

  it('capacity has one owner: taking twice or giving back twice is an error', () => {
    const runs = new RunTable();
    runs.add(1, 0, 'cpu', 1, 0, 0, 0, 0);
    expect(() => runs.add(1, 0, 'cpu', 1, 0, 0, 0, 0)).toThrow('task 1 runs already');
    runs.remove(runs.rowOf(1));
    expect(() => runs.rowOf(1)).toThrow('task 1 does not run');
  });
});
