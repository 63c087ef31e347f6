import type { PlanAnswer, PlanQuestion } from '../../src/core/domain/plan.ts';
import { answerPlan } from '../../src/core/optimise/answer-plan.ts';
import type { PlanSolver } from '../../src/core/ports/plan-solver.ts';

/** Solves at once, where it is asked: nothing of it is left to chance or to threads. */
export function inlineSolver(): PlanSolver {
  return { solve: async (question) => answerPlan(question), close: async () => {} };
}

/** Answers when the test says so. */
export function handSolver() {
  const questions: {
    readonly question: PlanQuestion;
    readonly resolve: (answer: PlanAnswer) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const take = () => {
    const next = questions.shift();
    if (next === undefined) throw new Error('nothing is being solved');
    return next;
  };
  const solver: PlanSolver = {
    solve: (question) => new Promise((resolve, reject) => void questions.push({ question, resolve, reject })),
    async close() {
      while (questions.length > 0) take().reject(new Error('closed'));
    },
  };
  return {
    solver,
    get asked() {
      return questions.length;
    },
    answer(): void {
      const { question, resolve } = take();
      resolve(answerPlan(question));
    },
    fail: (message: string) => take().reject(new Error(message)),
  };
}
