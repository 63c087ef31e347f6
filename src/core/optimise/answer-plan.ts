// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { PlanAnswer, PlanQuestion } from '../domain/plan.ts';
import { solveTransportation } from './min-cost-flow.ts';

/** @param mayGoOn false: the plan that was found so far will do. */
export function answerPlan(question: PlanQuestion, mayGoOn: () => boolean = () => true): PlanAnswer {
  const { flow, optimal } = solveTransportation(question, mayGoOn);
  const cells = question.capacity.length;
  const shipped = [...flow.keys()].filter((at) => flow[at]! > 0);
  return {
    number: question.number,
    row: Int32Array.from(shipped, (at) => Math.floor(at / cells)),
    cell: Int32Array.from(shipped, (at) => at % cells),
    slots: Int32Array.from(shipped, (at) => flow[at]!),
    optimal,
  };
}
