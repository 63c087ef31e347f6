import type { PlanAnswer, PlanQuestion } from '../domain/plan.ts';

/** Solves the questions of a strategy that plans, beside the thread that decides. One question at a time. */
export interface PlanSolver {
  /** The question belongs to the solver from now on. Rejects when the solver failed or took far too long; the next question finds it well again. */
  solve(question: PlanQuestion): Promise<PlanAnswer>;
  /** Whatever is being solved rejects. */
  close(): Promise<void>;
}
