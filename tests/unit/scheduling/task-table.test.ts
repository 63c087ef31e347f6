import { describe, expect, it } from 'vitest';
import { TaskTable } from '../../../src/core/scheduling/task-table.ts';
import { anEntry } from '../../helpers/scheduling.ts';

describe('TaskTable', () => {
  it('keeps every field of a task, times from the origin', () => {
    const table = new TaskTable(1_000);
    const row = table.add(anEntry({ seq: 9, priority: 10, cost: 2.5, deadline: 1_500, maxCost: 3, readyAt: 1_200, attempt: 2 }), 4, 7, 40);
    expect(table.rowOf(9)).toBe(row);
    expect([table.priorityAt(row), table.costAt(row), table.attemptAt(row), table.maxCostAt(row)]).toEqual([10, 2.5, 2, 3]);
    expect([table.sinceAt(row), table.deadlineAt(row), table.estimateMsAt(row)]).toEqual([200, 500, 40]);
    expect([table.shapeAt(row), table.tenantAt(row), table.isGuessAt(row)]).toEqual([4, 7, false]);
  });

  it('a recycled row does not remember the optional fields of the task before', () => {
    const table = new TaskTable(0);
    const row = table.add(anEntry({ seq: 1, deadline: 50, maxCost: 3 }), 0, 0, 9);
    table.remove(row);
    expect(table.add(anEntry({ seq: 2 }), 0, 0, undefined)).toBe(row);
    expect([table.deadlineAt(row), table.maxCostAt(row), table.estimateMsAt(row)]).toEqual([Infinity, Infinity, 60_000]);
  });

  it('reckons with the limit of a task of which nothing is known, and says that it is one', () => {
    const table = new TaskTable(0);
    const row = table.add(anEntry({ seq: 1, timeoutMs: 7_000 }), 0, 0, undefined);
    expect([table.estimateMsAt(row), table.isGuessAt(row)]).toEqual([7_000, true]);
    table.remove(row);
    table.add(anEntry({ seq: 2, timeoutMs: 7_000 }), 0, 0, 5_000);
    expect([table.estimateMsAt(row), table.isGuessAt(row)]).toEqual([5_000, false]);
  });

  it('a handle means its task until the task leaves or moves, even when the same task comes back to the same row', () => {
    const table = new TaskTable(0);
    const row = table.add(anEntry({ seq: 5 }), 0, 0, undefined);
    const first = table.handleOf(row);
    expect(table.isLive(5, first)).toBe(true);
    table.remove(row);
    expect(table.isLive(5, first)).toBe(false);
    expect(table.add(anEntry({ seq: 5 }), 1, 0, undefined)).toBe(row);
    const second = table.handleOf(row);
    expect([table.isLive(5, first), table.isLive(5, second)]).toEqual([false, true]);
    table.move(row, 2);
    expect([table.isLive(5, second), table.isLive(5, table.handleOf(row)), table.shapeAt(row)]).toEqual([false, true, 2]);
    expect(table.rowOfHandle(table.handleOf(row))).toBe(row);
  });

  it('refuses a task that waits already', () => {
    const table = new TaskTable(0);
    table.add(anEntry({ seq: 5 }), 0, 0, undefined);
    expect(() => table.add(anEntry({ seq: 5 }), 0, 0, undefined)).toThrow('task 5 waits already');
  });

  it('is empty after a reset and usable again', () => {
    const table = new TaskTable(0);
    table.remove(table.add(anEntry({ seq: 5 }), 0, 0, undefined));
    table.reset();
    expect([table.size, table.rows, table.rowOf(5), table.isLive(5, 0)]).toEqual([0, 0, -1, false]);
    expect(table.add(anEntry({ seq: 6 }), 0, 0, undefined)).toBe(0);
  });
});
