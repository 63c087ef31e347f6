import { afterEach, describe, expect, it } from 'vitest';
import type { PlanQuestion } from '../../../src/core/domain/plan.ts';
import type { PlanSolver } from '../../../src/core/ports/plan-solver.ts';
import { createVirtualClock } from '../../../src/core/replay/virtual-clock.ts';
import { createPlanThread } from '../../../src/core/system/plan-thread.ts';
import { createSystemClock } from '../../../src/core/system/system-clock.ts';

let solver: PlanSolver | undefined;

function thread(options?: Parameters<typeof createPlanThread>[1]): PlanSolver {
  solver = createPlanThread(createSystemClock(), options);
  return solver;
}

afterEach(() => solver?.close());

/** [[1, 2], [1, 10]], one slot each. */
function aQuestion(number = 1): PlanQuestion {
  return {
    number,
    supply: Int32Array.of(1, 1),
    capacity: Int32Array.of(1, 1),
    cost: Float64Array.of(1, 2, 1, 10),
    stay: Float64Array.of(99, 99),
  };
}

describe('the planning thread', () => {
  it('answers one question after another', async () => {
    const { solve } = thread();
    for (const number of [7, 8]) {
      const { row, cell, slots, ...rest } = await solve(aQuestion(number));
      expect(rest).toEqual({ number, optimal: true });
      expect([[...row], [...cell], [...slots]]).toEqual([
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
    }
  });

  it('answers with what it has when its time is over', async () => {
    const { solve } = thread({ budgetMs: -1 });
    expect(await solve(aQuestion())).toMatchObject({ number: 1, optimal: false, row: new Int32Array(0) });
  });

  it('rejects when it dies of a question, and is there again for the next', async () => {
    const { solve } = thread();
    await expect(solve({ ...aQuestion(), stay: Float64Array.of(0.5, 0.5) })).rejects.toThrow('stay[0] must be an integer');
    expect(await solve(aQuestion(2))).toMatchObject({ number: 2, optimal: true });
  });

  it('is ended when it is silent for far too long, and there is another for the next question', async () => {
    const clock = createVirtualClock();
    solver = createPlanThread(clock);
    const refused = expect(solver.solve(aQuestion())).rejects.toThrow('the planning thread ended');
    clock.advanceTo(5_100);
    await refused;
    expect(await solver.solve(aQuestion(2))).toMatchObject({ number: 2, optimal: true });
  });

  it('takes one question at a time', async () => {
    const { solve } = thread();
    const first = solve(aQuestion(1));
    await expect(solve(aQuestion(2))).rejects.toThrow('a question is being solved');
    expect(await first).toMatchObject({ number: 1 });
  });

  it('rejects what it is solving when it is closed', async () => {
    const { solve, close } = thread();
    const answer = solve(aQuestion());
    const refused = expect(answer).rejects.toThrow('the planning thread ended');
    await close();
    await refused;
  });
});
