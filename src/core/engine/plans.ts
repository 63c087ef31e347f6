import type { PlanAnswer, PlanQuestion } from '../domain/plan.ts';
import type { EpochMs, Ms } from '../domain/units.ts';
import type { CatalogueStore } from '../ports/catalogue-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { PlanSolver } from '../ports/plan-solver.ts';
import type { SchedulingCore } from '../scheduling/core.ts';
import { planGraceMs } from '../scheduling/plan-book.ts';
import type { StorageWatch } from './storage-watch.ts';

/** Between two complaints about a solver that fails. */
const quietMs: Ms = 60_000;

export interface Plans {
  /** To be called after decisions: asks for a plan when the strategy wants one, or arms a timer for it. */
  decided(now: EpochMs): void;
  stop(): Promise<void>;
}

interface PlansDeps {
  readonly core: SchedulingCore;
  readonly store: CatalogueStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly storage: StorageWatch;
  readonly solver: PlanSolver;
  readonly poolName: (id: number) => string;
  /** There is something to decide on. */
  readonly wake: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Fetches plans for a strategy that plans. Nothing waits for it: a solver that is late, fails or dies only means that tasks go to the
 * cheapest pool with room. A plan is recorded before the first decision that follows it.
 */
export function createPlans({ core, store, clock, logger, storage, solver, poolName, wake, failed }: PlansDeps): Plans {
  let isSolving = false;
  let isStopped = false;
  let quietUntil = Number.NEGATIVE_INFINITY;
  let disarm = () => {};

  function decided(now: EpochMs): void {
    disarm();
    if (isSolving || isStopped) return;
    const wantedAt = core.planWantedAt();
    if (wantedAt === Number.POSITIVE_INFINITY) return;
    if (wantedAt <= now) plan(now).catch(failed);
    else disarm = clock.after(wantedAt - now, wake);
  }

  async function plan(now: EpochMs): Promise<void> {
    const question = core.askPlan(now);
    if (question === undefined) return;
    isSolving = true;
    const answer = await solve(question);
    isSolving = false;
    if (isStopped) return;
    wake();
    if (answer !== undefined) await putInForce(answer);
  }

  /** `undefined` when the solver failed. */
  async function solve(question: PlanQuestion): Promise<PlanAnswer | undefined> {
    const askedMs = clock.monotonicMs();
    try {
      const answer = await solver.solve(question);
      const tookMs = clock.monotonicMs() - askedMs;
      if (tookMs > planGraceMs) complain({ tookMs }, 'a plan came late');
      return answer;
    } catch (error) {
      complain({ err: error }, 'no plan could be made');
      return undefined;
    }
  }

  /** Its record is on its way before the turn that decides by it: the store keeps the order of its calls. */
  async function putInForce(answer: PlanAnswer): Promise<void> {
    const now = clock.now();
    const said = core.setPlan(answer, now);
    if (said === undefined || said.tokens.length === 0) return;
    const tokens = said.tokens.map(({ like, poolId, tasks }) => ({ like, pool: poolName(poolId), tasks }));
    await storage.persist(() => store.recordPlan({ epoch: said.epoch, optimal: answer.optimal, tokens }, now));
  }

  function complain(fields: Record<string, unknown>, what: string): void {
    const now = clock.monotonicMs();
    if (isStopped || now < quietUntil) return;
    quietUntil = now + quietMs;
    logger.warn(fields, `${what}: tasks go to the cheapest pool with room meanwhile`);
  }

  return {
    decided,
    async stop() {
      isStopped = true;
      disarm();
      await solver.close();
    },
  };
}
