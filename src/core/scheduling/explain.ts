// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { SpendLimit } from '../domain/quota.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import { Census } from './census.ts';
import type { Layout } from './layout.ts';
import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import type { Hold, PoolCounts, SchedulingReason } from './reasons.ts';
import type { KeptFrom, Reservations } from './reservations.ts';
import type { Spending } from './spend.ts';
import type { Survey } from './survey.ts';
import { countsOf, Surveys } from './surveys.ts';
import type { TaskTable } from './task-table.ts';
import { type Stop, type Subject, Wording } from './wording.ts';

interface ExplainDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly pools: PoolIndex;
  readonly needs: NeedTable;
  readonly layout: () => Layout;
  readonly reservations: Reservations;
  /** What nothing may overtake, where that stopped the last round of decisions. */
  readonly blocker: () => Need | undefined;
  /** Until when a strategy keeps the task from the queue. */
  readonly sleepsUntil: (seq: Seq) => EpochMs | undefined;
  /** The strategy plans. */
  readonly hasPlan: () => boolean;
  readonly tenantName: (tenant: number) => string;
  /** `undefined`: it may spend as it likes. */
  readonly moneyOf: (tenant: number) => (SpendLimit & Spending) | undefined;
}

/** Says why tasks wait, from the state the decisions left behind. It changes nothing. */
export class Explainer {
  readonly #deps: ExplainDeps;
  readonly #surveys: Surveys;
  readonly #census: Census;
  readonly #wording: Wording;

  constructor(deps: ExplainDeps) {
    const { origin, pools, blocker, moneyOf } = deps;
    this.#deps = deps;
    this.#surveys = new Surveys(pools);
    this.#census = new Census(pools);
    this.#wording = new Wording({
      ...{ origin, pools, surveys: this.#surveys, census: this.#census, moneyOf },
      blocker: () => blocker()?.headSeq,
      keptFrom: (need) => this.#keptFrom(need),
    });
  }

  /** The stop that lasts longest by itself, without its place in the lane: O(1) amortised per need. */
  holdOf(row: number): Hold {
    const own = this.#ownHold(row);
    if (own !== undefined) return own;
    const subject = this.subjectAt(row);
    const [code = 'not_yet_considered'] = this.codesOf(subject);
    return this.describe(code, subject);
  }

  /** What stops all tasks of a shape, and how that is told of one of them. */
  stopOf(shape: Shape): SchedulingReason {
    return this.#codesOfShape(shape)[0] ?? 'not_yet_considered';
  }

  told(code: SchedulingReason, row: number): Hold {
    return this.describe(code, { ...this.subjectAt(row), isNext: true });
  }

  unroutable(need: Need, cost: number, maxCost: number | null): Hold | undefined {
    return this.#wording.unroutable(need, cost, maxCost);
  }

  /** A reason in words. */
  describe(code: SchedulingReason, subject: Subject, stop?: Stop): Hold {
    return this.#wording.describe(code, subject, stop);
  }

  countsOf(need: Need): PoolCounts {
    const found = this.#surveys.of(need);
    return countsOf(found, this.#census.full(found.mayRun, need.type.id, need.slots));
  }

  surveyOf(need: Need): Survey {
    return this.#surveys.of(need);
  }

  /** Lowest and highest price of the pools that may run it. */
  pricesOf(need: Need): readonly [least: number, most: number] | undefined {
    return this.#census.prices(this.#surveys.of(need).mayRun);
  }

  /** Price of the cheapest pool that could run it, were it large enough and active; Infinity without one. */
  cheapestOf(need: Need): number {
    return this.#surveys.of(need).cheapest;
  }

  /** Tasks by what stops them; those not looked at yet are left out. */
  byReason(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const need of this.#deps.needs.needs) {
      if (need === undefined || need.waiting === 0) continue;
      for (const shape of need.shapes) {
        if (shape === undefined || shape.waiting === 0) continue;
        const [code] = this.#codesOfShape(shape);
        if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + shape.waiting);
      }
    }
    return counts;
  }

  #codesOfShape(shape: Shape): SchedulingReason[] {
    return this.codesOf({ need: shape.need, gate: shape.gate, lacksMoney: this.#lacksMoney(shape) });
  }

  #lacksMoney(shape: Shape): boolean {
    return shape.gate?.account !== undefined && this.#deps.layout().lanes.lacksMoney(shape);
  }

  /** What stops it as far as the decisions have found out, the one that lasts longest by itself first; empty: it was not looked at yet. */
  codesOf({ need, gate, lacksMoney }: Pick<Subject, 'need' | 'gate' | 'lacksMoney'>): SchedulingReason[] {
    const codes: SchedulingReason[] = [];
    const found = this.#surveys.of(need);
    if (found.missing === 'price') codes.push('price_cap');
    else if (found.missing === 'slots') codes.push('larger_than_any_pool');
    else if (found.missing !== undefined) codes.push('no_matching_pool');
    else if (found.mayRun.length === 0) codes.push(found.coolsUntil === Number.POSITIVE_INFINITY ? 'pools_paused' : 'pool_cooling');
    const couldRun = codes.length === 0;
    if (need.type.running >= need.type.total) codes.push('type_limit');
    if (gate !== undefined && gate.running >= gate.most) codes.push('tenant_type_limit');
    if (gate?.account !== undefined && gate.account.running >= gate.account.most) codes.push('tenant_limit');
    if (lacksMoney) codes.push('spend_limit');
    if (couldRun && need.state === 'parked') {
      const isKept = this.#keptFrom(need) !== undefined;
      if (isKept) codes.push('reserved_for_older');
      if (need.dueAt !== Number.POSITIVE_INFINITY) codes.push('waiting_for_home');
      else if (!isKept) codes.push(noRoomCode(need));
    }
    if (couldRun && this.isStopped(need)) codes.push('strict_order');
    return codes;
  }

  /** The last round of decisions did not get to it: it may not overtake the one before it. */
  isStopped(need: Need): boolean {
    const blocker = this.#deps.blocker();
    return blocker !== undefined && blocker !== need && need.state === 'active';
  }

  #keptFrom(need: Need): KeptFrom | undefined {
    const { reservations, layout } = this.#deps;
    if (reservations.size === 0) return undefined;
    return reservations.keptFrom(need, layout().ringsOf(need).slice(0, need.parkedIn));
  }

  subjectAt(row: number): Subject {
    const { table, needs, layout, tenantName } = this.#deps;
    const shape = needs.shapes[table.shapeAt(row)]!;
    const maxCost = table.maxCostAt(row);
    const lane = layout().lanes.at(row, shape);
    return {
      need: shape.need,
      gate: shape.gate,
      lacksMoney: lane?.waitsForMoney === true,
      tenant: tenantName(table.tenantAt(row)),
      cost: table.costAt(row),
      maxCost: maxCost === Number.POSITIVE_INFINITY ? null : maxCost,
      isNext: lane?.heap.headSeq === table.seqAt(row),
    };
  }

  /** What its strategy has decided about this task alone: to let it sleep, or as the head of its lane to wait although there is room. */
  #ownHold(row: number): Hold | undefined {
    const stop = this.ownStop(row);
    return stop === undefined ? undefined : this.describe(stop.code, this.subjectAt(row), stop);
  }

  ownStop(row: number): (Stop & { readonly code: SchedulingReason }) | undefined {
    const { table, needs, layout, sleepsUntil, hasPlan } = this.#deps;
    const seq = table.seqAt(row);
    const until = sleepsUntil(seq);
    if (until !== undefined) return { code: 'waiting_for_carbon', until };
    const lane = layout().lanes.at(row, needs.shapes[table.shapeAt(row)]!);
    if (lane === undefined || lane.heldUntil === 0 || lane.lacksMoney || lane.heap.headSeq !== seq) return undefined;
    const code = hasPlan() ? 'plan_pending' : 'waiting_for_price';
    return { code, ...(lane.heldUntil === Number.POSITIVE_INFINITY ? {} : { until: lane.heldUntil }) };
  }
}

/** What a need waits for that has found no room: of a gang, that there is room for all of it. */
export function noRoomCode({ parts }: Need): SchedulingReason {
  return parts === 1 ? 'no_capacity' : 'waiting_for_gang';
}

/** Whether a reason is about the room there is, and not about what the task is. */
export function isAboutRoom(code: SchedulingReason): boolean {
  return code === 'no_capacity' || code === 'waiting_for_gang' || code === 'waiting_for_home' || code === 'reserved_for_older';
}
