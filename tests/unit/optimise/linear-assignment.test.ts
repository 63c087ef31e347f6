import { describe, expect, it } from 'vitest';
import { solveAssignment } from '../../../src/core/optimise/linear-assignment.ts';
import { flat } from '../../helpers/optimise.ts';

describe('solveAssignment', () => {
  it('pairs [[1, 2], [1, 10]] for 3', () => {
    const found = solveAssignment({
      rows: 2,
      columns: 2,
      cost: flat([
        [1, 2],
        [1, 10],
      ]),
    });
    expect(found).toEqual({ columnOf: Int32Array.of(1, 0), cost: 3 });
  });

  it('leaves columns over when there are more of them', () => {
    const found = solveAssignment({
      rows: 2,
      columns: 3,
      cost: flat([
        [4, 1, 3],
        [1, 0, 5],
      ]),
    });
    expect(found).toEqual({ columnOf: Int32Array.of(1, 0), cost: 2 });
  });

  it('leaves rows over when there are more of them', () => {
    const found = solveAssignment({ rows: 3, columns: 1, cost: [4, -1, 3] });
    expect(found).toEqual({ columnOf: Int32Array.of(-1, 0, -1), cost: -1 });
  });

  it('finds none where two rows may only have the same column', () => {
    expect(solveAssignment({ rows: 2, columns: 2, cost: [1, Infinity, 1, Infinity] })).toBeUndefined();
  });

  it('breaks ties the same way every time', () => {
    const problem = { rows: 20, columns: 25, cost: new Array<number>(500).fill(1) };
    expect(solveAssignment(problem)).toEqual(solveAssignment(problem));
    expect(solveAssignment(problem)?.cost).toBe(20);
  });

  it('pairs the largest with the cheapest where costs are size times price', () => {
    const size = 60;
    const cost = Array.from({ length: size * size }, (_, at) => (Math.floor(at / size) + 1) * ((at % size) + 1));
    const found = solveAssignment({ rows: size, columns: size, cost });
    expect([...found!.columnOf]).toEqual(Array.from({ length: size }, (_, row) => size - 1 - row));
  });

  it('has an empty answer to an empty question', () => {
    expect(solveAssignment({ rows: 0, columns: 3, cost: [] })).toEqual({ columnOf: new Int32Array(0), cost: 0 });
  });

  it.each([
    { cost: [1], message: 'cost has 1 entries for 1 rows and 2 columns' },
    { cost: [1, Number.NaN], message: 'cost[1] must be finite or Infinity' },
    { cost: [-Infinity, 1], message: 'cost[0] must be finite or Infinity' },
  ])('refuses what it cannot solve: $message', ({ cost, message }) => {
    expect(() => solveAssignment({ rows: 1, columns: 2, cost })).toThrow(message);
  });
});
