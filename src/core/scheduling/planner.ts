import type { PlanAnswer, PlanInForce, PlanQuestion } from '../domain/plan.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Epochs } from './epochs.ts';
import type { Lane } from './lane.ts';
import type { LaneKeeper } from './lane-keeper.ts';
import type { Need } from './need.ts';
import type { PlanRequest } from './plan-book.ts';
import { inOrder } from './plan-window.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Purse } from './purse.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';

interface PlannerDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly epochs: Epochs;
  readonly spend: SpendLedger;
  readonly purse: Purse;
  readonly lanes: LaneKeeper;
}

/** Between the queue and the plan of a strategy that plans: asks for one, puts it in force, and sends on whom it lets go. */
export class Planner {
  readonly #deps: PlannerDeps;
  #questions = 0;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Infinity: never. */
  wantedAt(): EpochMs {
    const { table, epochs, origin } = this.#deps;
    const { plan } = epochs.layout;
    return plan === undefined || table.size === 0 ? Number.POSITIVE_INFINITY : origin + plan.wantedAt();
  }

  /** @param latest of all tasks that were ever submitted */
  ask(latest: Seq, now: EpochMs): PlanQuestion | undefined {
    const { epochs, spend, origin } = this.#deps;
    const { plan, facts, strategy } = epochs.layout;
    if (plan === undefined) return undefined;
    facts.nowMs = now - origin;
    spend.advance(now);
    plan.advance();
    return plan.ask(this.#requests(strategy.order.class === 'static'), ++this.#questions, latest);
  }

  follow(answer: PlanAnswer, now: EpochMs): PlanInForce | undefined {
    const { epochs, lanes, origin } = this.#deps;
    const { plan, facts } = epochs.layout;
    facts.nowMs = now - origin;
    const tokens = plan?.apply(answer);
    if (tokens === undefined) return undefined;
    lanes.freeAll();
    return { epoch: epochs.number, tokens };
  }

  /** Whether room in a pool may help a lane that waits although there was some. */
  helps(lane: Lane, pool: PoolSlot): boolean {
    const { plan } = this.#deps.epochs.layout;
    return plan === undefined || lane.lacksMoney || plan.helps(lane.shape.need, pool);
  }

  /** When a need has spent its last token, its tasks may take what is left over. */
  started(need: Need, pool: PoolSlot): void {
    if (this.#deps.epochs.layout.plan?.started(need, pool) === true) this.#deps.lanes.freeOf(need);
  }

  *#requests(isExact: boolean): Generator<PlanRequest> {
    const { epochs, table, cursor, purse } = this.#deps;
    const { layout } = epochs;
    const waiting = inOrder(layout.lanes.all(), {
      table,
      standingOf: (lane) => layout.lanes.standings.ofHead(lane),
      isRich: ({ shape }, row) => purse.isRich(shape, row),
      isExact,
    });
    for (const { lane, row } of waiting) {
      const { need } = lane.shape;
      const [ring] = layout.ringsOf(need);
      if (ring !== undefined) yield { need, set: ring.set, task: cursor.at(row) };
    }
  }
}
