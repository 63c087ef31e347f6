/** The thread's side of the solver: one question, one answer. */
import { parentPort } from 'node:worker_threads';
import { answerPlan } from '../optimise/answer-plan.ts';
import type { ToPlanWorker } from './plan-thread.ts';

if (!parentPort) throw new Error('plan-worker runs in a worker thread only');
const port = parentPort;

port.on('message', ({ question, budgetMs }: ToPlanWorker) => {
  const startedMs = performance.now();
  const answer = answerPlan(question, () => performance.now() - startedMs < budgetMs);
  port.postMessage(answer, [answer.row.buffer, answer.cell.buffer, answer.slots.buffer]);
});
