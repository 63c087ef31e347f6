// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { priceOf, roundMoney } from '../domain/cost.ts';
import type { SpendLimit, SpendWindow } from '../domain/quota.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Layout } from './layout.ts';
import { missingPool, regionsOf } from './missing-pool.ts';
import type { Need, Shape, TenantGate } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import { type Hold, holdFor, type PoolCounts, type SchedulingReason } from './reasons.ts';
import type { Reservation, Reservations } from './reservations.ts';
import type { Spending } from './spend.ts';
import { SharedLists, type Survey, survey } from './survey.ts';
import type { TaskTable } from './task-table.ts';

const aWindow = { hour: 'an hour', day: 'a day', month: 'a month' } as const satisfies Record<SpendWindow, string>;

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

/** What was found out about a need, for as long as the pools do not change. */
interface Known {
  readonly version: number;
  readonly survey: Survey;
  /** What no pool has; '' when one could run it, or when it is a matter of numbers. */
  readonly missing: string;
}

/** A task as an explanation looks at it: one that waits, or one that nobody submitted. */
export interface Subject {
  readonly need: Need;
  /** What counts for its tenant; `undefined`: nothing does. */
  readonly gate: Pick<TenantGate, 'tenant' | 'running' | 'most' | 'account'> | undefined;
  readonly tenant: string;
  readonly cost: number;
  readonly maxCost: number | null;
  /** Nothing of its lane goes first. */
  readonly isNext: boolean;
  /** Its tenant has not the money for the first of its kind. */
  readonly lacksMoney?: boolean;
}

/** What a reason says of one task beside the rest. */
export interface Stop {
  readonly until?: EpochMs | undefined;
  /** Tasks of its lane that go first. */
  readonly ahead?: number;
  /** What is kept from it for another. */
  readonly kept?: Reservation | undefined;
}

/** Says why tasks wait, from the state the decisions left behind. It changes nothing. */
export class Explainer {
  readonly #deps: ExplainDeps;
  readonly #surveys = new WeakMap<Need, Known>();
  readonly #lists = new SharedLists();

  constructor(deps: ExplainDeps) {
    this.#deps = deps;
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
    const { survey: found, missing } = this.#know(need);
    if (found.missing === undefined) return undefined;
    const pools = countsOf(found, 0);
    if (found.missing === 'price') {
      const price = priceOf(cost, found.cheapest);
      const summary = `The cheapest pool that could run it charges ${price} for ${cost} units, and max_cost is ${maxCost}.`;
      return holdFor('price_cap', summary, {
        need: price,
        ...(maxCost === null ? {} : { have: maxCost }),
        pools,
        missing: found.missing,
      });
    }
    if (found.missing === 'slots') {
      const summary = `It wants ${need.slots} slots, and the largest pool that could run it has ${found.largest}.`;
      return holdFor('larger_than_any_pool', summary, { need: need.slots, have: found.largest, pools, missing: found.missing });
    }
    return holdFor('no_matching_pool', missing, { pools, missing: found.missing });
  }

  countsOf(need: Need): PoolCounts {
    const found = this.#survey(need);
    return countsOf(found, found.mayRun.filter((pool) => pool.roomFor(need.type.id) < need.slots).length);
  }

  /** Lowest and highest price of the pools that may run it. */
  pricesOf(need: Need): readonly [least: number, most: number] | undefined {
    const prices = this.#survey(need).mayRun.map((pool) => pool.costPerUnit);
    if (prices.length === 0) return undefined;
    return [prices.reduce((least, price) => Math.min(least, price)), prices.reduce((most, price) => Math.max(most, price))];
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
    const found = this.#survey(need);
    if (found.missing === 'price') codes.push('price_cap');
    else if (found.missing === 'slots') codes.push('larger_than_any_pool');
    else if (found.missing !== undefined) codes.push('no_matching_pool');
    else if (found.mayRun.length === 0) codes.push('pools_paused');
    const couldRun = codes.length === 0;
    if (need.type.running >= need.type.total) codes.push('type_limit');
    if (gate !== undefined && gate.running >= gate.most) codes.push('tenant_type_limit');
    if (gate?.account !== undefined && gate.account.running >= gate.account.most) codes.push('tenant_limit');
    if (lacksMoney) codes.push('spend_limit');
    if (couldRun && need.state === 'parked') {
      const isKept = this.#keptFrom(need) !== undefined;
      if (isKept) codes.push('reserved_for_older');
      if (need.dueAt !== Number.POSITIVE_INFINITY) codes.push('waiting_for_home');
      else if (!isKept) codes.push('no_capacity');
    }
    if (couldRun && this.isStopped(need)) codes.push('strict_order');
    return codes;
  }

  /** The last round of decisions did not get to it: it may not overtake the one before it. */
  isStopped(need: Need): boolean {
    const blocker = this.#deps.blocker();
    return blocker !== undefined && blocker !== need && need.state === 'active';
  }

  /** A reason in words. */
  describe(code: SchedulingReason, { need, gate, tenant, cost, maxCost, isNext }: Subject, { until, ahead, kept }: Stop = {}): Hold {
    const found = this.#survey(need);
    switch (code) {
      case 'pools_paused':
        return holdFor(code, 'All pools that could run it are paused or draining.', { pools: countsOf(found, 0) });
      case 'type_limit': {
        const { running, total, name } = need.type;
        return holdFor(code, `Of type ${name} at most ${total} may run at once, and ${running} ${running === 1 ? 'does' : 'do'}.`, {
          need: total,
          have: running,
        });
      }
      case 'tenant_type_limit': {
        const { running = 0, most = need.type.perTenant } = gate ?? {};
        const { name } = need.type;
        const summary = `Of type ${name} at most ${most} may run at once for tenant ${tenant}, and ${running} ${running === 1 ? 'does' : 'do'}.`;
        return holdFor(code, summary, { need: most, have: running });
      }
      case 'tenant_limit': {
        const { running = 0, most = 0 } = gate?.account ?? {};
        const summary = `Tenant ${tenant} may run at most ${most} tasks at once, and ${running} ${running === 1 ? 'runs' : 'run'}.`;
        return holdFor(code, summary, { need: most, have: running });
      }
      case 'spend_limit':
        return this.#spendHold(gate?.tenant ?? -1, tenant, cost, found);
      case 'no_capacity': {
        const many = found.mayRun.length === 1 ? 'The one pool' : `All ${found.mayRun.length} pools`;
        const short = need.slots === 1 ? 'full' : `without ${need.slots} free slots`;
        const summary = `${many} that could run it ${found.mayRun.length === 1 ? 'is' : 'are'} ${short}.`;
        return holdFor(code, summary, { need: need.slots, have: mostFree(found), pools: countsOf(found, found.mayRun.length) });
      }
      case 'reserved_for_older':
        return this.#reserved(kept ?? this.#keptFrom(need), found);
      case 'strict_order': {
        const first = this.#deps.blocker()?.headSeq;
        const summary = `Nothing may overtake ${first === undefined ? 'the first in order' : `task ${first}`}, which waits for room.`;
        return holdFor(code, summary, first === undefined ? {} : { task: first });
      }
      case 'waiting_for_home': {
        const home = `${need.demand.regions === undefined ? 'home ' : ''}${regionsOf(need, this.#deps.pools)}`;
        const opensAt = until ?? need.dueAt;
        const summary = `The pools of its ${home} are full; it may go elsewhere at ${new Date(opensAt).toISOString()}.`;
        const full = found.mayRun.filter((pool) => pool.free < need.slots).length;
        return holdFor(code, summary, { until: opensAt, need: need.slots, have: mostFree(found), pools: countsOf(found, full) });
      }
      case 'not_yet_considered':
        if (isNext) return holdFor(code, 'It is the next of its kind; the coming round of decisions looks at it.');
        return holdFor('behind_in_order', behind(undefined));
      case 'behind_in_order':
        return holdFor(code, behind(ahead), ahead === undefined ? {} : { ahead });
      case 'plan_pending':
        return holdFor(code, 'There is room; the next plan of its strategy says where it goes.', until === undefined ? {} : { until });
      case 'waiting_for_price':
        return holdFor(code, 'There is room, and its strategy expects something better.', until === undefined ? {} : { until });
      case 'waiting_for_carbon': {
        const released = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
        return holdFor(code, `Its strategy keeps it${released}.`, until === undefined ? {} : { until });
      }
      default:
        return this.unroutable(need, cost, maxCost)!; // `code` says so
    }
  }

  #spendHold(id: number, tenant: string, cost: number, { mayRun }: Survey): Hold {
    const state = this.#deps.moneyOf(id);
    const least = priceOf(cost, Math.min(...mayRun.map((pool) => pool.costPerUnit)));
    if (state === undefined)
      return holdFor('spend_limit', `Tenant ${tenant} had not the money for it; it is looked at again.`, { need: least });
    const { limit, window, spent, reserved, until } = state;
    const left = roundMoney(limit - spent - reserved);
    if (least > limit)
      return holdFor('spend_limit', `It costs at least ${least}, and tenant ${tenant} may spend ${limit} ${aWindow[window]}.`, {
        need: least,
        have: limit,
      });
    const used = `Of the ${limit} it may spend ${aWindow[window]} tenant ${tenant} has spent ${spent}, and ${reserved} is set aside for what runs`;
    const why = least > left ? `this costs at least ${least}` : 'the pools that the rest would pay for are full';
    return holdFor('spend_limit', `${used}; ${why}.`, { need: least, have: Math.max(0, left), until });
  }

  #reserved(kept: Reservation | undefined, found: Survey): Hold {
    const pools = countsOf(found, found.mayRun.length);
    if (kept === undefined) return holdFor('reserved_for_older', 'What has room is kept for a task that waits longer.', { pools });
    const { pool, seq, shadowMs } = kept;
    const at = new Date(this.#deps.origin + shadowMs);
    const expected = shadowMs === Number.POSITIVE_INFINITY ? '' : ` and is expected to start by ${at.toISOString()}`;
    const summary = `Pool ${pool.name} has room and keeps it for task ${seq}, which waits longer${expected}; this one would delay it.`;
    return holdFor('reserved_for_older', summary, { task: seq, pools });
  }

  #keptFrom(need: Need): Reservation | undefined {
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

  #survey(need: Need): Survey {
    return this.#know(need).survey;
  }

  #know(need: Need): Known {
    const { pools } = this.#deps;
    const known = this.#surveys.get(need);
    if (known?.version === pools.version) return known;
    this.#lists.advance(pools.version);
    const found = survey(need, pools, this.#lists);
    const isNumber = found.missing === undefined || found.missing === 'price' || found.missing === 'slots';
    const made = { version: pools.version, survey: found, missing: isNumber ? '' : missingPool(need, found.missing, pools) };
    this.#surveys.set(need, made);
    return made;
  }
}

function countsOf({ total, mayRun, out }: Survey, full: number): PoolCounts {
  return { total, mayRun: mayRun.length, full, out };
}

function mostFree({ mayRun }: Survey): number {
  return mayRun.reduce((most, pool) => Math.max(most, pool.free), 0);
}

/** Whether a reason is about the room there is, and not about what the task is. */
export function isAboutRoom(code: SchedulingReason): boolean {
  return code === 'no_capacity' || code === 'waiting_for_home' || code === 'reserved_for_older';
}

function behind(ahead: number | undefined): string {
  if (ahead === undefined) return 'Tasks with the same needs go first.';
  return `${ahead} ${ahead === 1 ? 'task' : 'tasks'} with the same needs ${ahead === 1 ? 'goes' : 'go'} first.`;
}
