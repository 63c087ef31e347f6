import type { Worker } from 'node:worker_threads';
import type { PlanAnswer, PlanQuestion } from '../domain/plan.ts';
import type { Ms } from '../domain/units.ts';
import { startWorker } from '../executors/worker-file.ts';
import type { Clock } from '../ports/clock.ts';
import type { PlanSolver } from '../ports/plan-solver.ts';

/** Past its budget a solver answers with what it has; one that is silent for so much longer hangs. */
const hangMs = 5_000;

export interface ToPlanWorker {
  readonly question: PlanQuestion;
  readonly budgetMs: Ms;
}

interface Pending {
  readonly resolve: (answer: PlanAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly disarm: () => void;
}

/** A solver in a worker thread, started with the first question and again after it died. */
export function createPlanThread(clock: Clock, { budgetMs = 100 }: { readonly budgetMs?: Ms } = {}): PlanSolver {
  let worker: Worker | undefined;
  let pending: Pending | undefined;

  function start(): Worker {
    const started = startWorker('plan-worker', { name: 'planner', env: {}, argv: [], execArgv: [] }, import.meta.url);
    let fault = new Error('the planning thread ended');
    started.on('message', (answer: PlanAnswer) => settle((one) => one.resolve(answer)));
    started.on('error', (error) => {
      fault = error instanceof Error ? error : new Error(String(error));
    });
    started.once('exit', () => {
      if (worker === started) worker = undefined;
      settle((one) => one.reject(fault));
    });
    return started;
  }

  function settle(tell: (one: Pending) => void): void {
    const one = pending;
    if (one === undefined) return;
    pending = undefined;
    one.disarm();
    worker?.unref();
    tell(one);
  }

  return {
    solve(question) {
      if (pending !== undefined) return Promise.reject(new Error('a question is being solved'));
      worker ??= start();
      const solving = worker;
      // Only while it works does it keep the process.
      solving.ref();
      return new Promise((resolve, reject) => {
        const disarm = clock.after(budgetMs + hangMs, () => void solving.terminate());
        pending = { resolve, reject, disarm };
        const { supply, capacity, cost, stay } = question;
        solving.postMessage({ question, budgetMs } satisfies ToPlanWorker, [supply.buffer, capacity.buffer, cost.buffer, stay.buffer]);
      });
    },
    async close() {
      await worker?.terminate();
    },
  };
}
