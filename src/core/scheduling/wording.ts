// biome-ignore-all lint/style/noNonNullAssertion: `code` says what is there.
import { priceOf, roundMoney } from '../domain/cost.ts';
import type { SpendLimit, SpendWindow } from '../domain/quota.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Census } from './census.ts';
import { regionsOf } from './missing-pool.ts';
import type { Need, TenantGate } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import { type Hold, holdFor, type SchedulingReason } from './reasons.ts';
import type { KeptFrom } from './reservations.ts';
import type { Spending } from './spend.ts';
import { type Machines, machinesShort, type Survey } from './survey.ts';
import { countsOf, type Surveys } from './surveys.ts';

const aWindow = { hour: 'an hour', day: 'a day', month: 'a month' } as const satisfies Record<SpendWindow, string>;

interface WordingDeps {
  readonly origin: EpochMs;
  readonly pools: PoolIndex;
  readonly surveys: Surveys;
  readonly census: Census;
  /** The task that nothing may overtake. */
  readonly blocker: () => Seq | undefined;
  /** A pool that has room for a parked need and keeps it for another. */
  readonly keptFrom: (need: Need) => KeptFrom | undefined;
  /** `undefined`: it may spend as it likes. */
  readonly moneyOf: (tenant: number) => (SpendLimit & Spending) | undefined;
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
  readonly kept?: KeptFrom | undefined;
}

/** Reasons in words, with the numbers behind them. */
export class Wording {
  readonly #deps: WordingDeps;

  constructor(deps: WordingDeps) {
    this.#deps = deps;
  }

  /** A reason in words. */
  describe(code: SchedulingReason, { need, gate, tenant, cost, maxCost, isNext }: Subject, { until, ahead, kept }: Stop = {}): Hold {
    const { surveys, census } = this.#deps;
    const found = surveys.of(need);
    switch (code) {
      case 'pools_paused':
        return holdFor(code, 'No pool that could run it takes tasks now: each is paused, draining, without a live node, or unavailable.', {
          pools: countsOf(found, 0),
        });
      case 'pool_cooling': {
        const opensAt = new Date(found.coolsUntil).toISOString();
        const summary = `Attempts kept failing on the pools that could run it: nothing starts there before ${opensAt}.`;
        return holdFor(code, summary, { until: found.coolsUntil, pools: countsOf(found, 0) });
      }
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
        return holdFor(code, summary, {
          need: need.slots,
          have: census.mostFree(found.mayRun),
          pools: countsOf(found, found.mayRun.length),
        });
      }
      case 'waiting_for_gang': {
        const have = census.parts(found.mayRun, need.type.id, need.slots);
        const size = need.slots === 1 ? '' : ` of ${need.slots} slots`;
        const summary = `Its ${need.parts} parts${size} start together, and there is room for ${have}.`;
        return holdFor(code, summary, {
          need: need.parts,
          have,
          pools: countsOf(found, census.full(found.mayRun, need.type.id, need.slots)),
        });
      }
      case 'reserved_for_older':
        return this.#reserved(kept ?? this.#deps.keptFrom(need), found);
      case 'strict_order': {
        const first = this.#deps.blocker();
        const summary = `Nothing may overtake ${first === undefined ? 'the first in order' : `task ${first}`}, which waits for room.`;
        return holdFor(code, summary, first === undefined ? {} : { task: first });
      }
      case 'waiting_for_home': {
        const home = `${need.demand.regions === undefined ? 'home ' : ''}${regionsOf(need, this.#deps.pools)}`;
        const opensAt = until ?? need.dueAt;
        const summary = `The pools of its ${home} are full; it may go elsewhere at ${new Date(opensAt).toISOString()}.`;
        const full = census.below(found.mayRun, need.slots);
        const isGang = need.parts > 1;
        return holdFor(code, summary, {
          until: opensAt,
          need: isGang ? need.parts : need.slots,
          have: isGang ? census.parts(found.mayRun, need.type.id, need.slots) : census.mostFree(found.mayRun),
          pools: countsOf(found, full),
        });
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

  #spendHold(id: number, tenant: string, cost: number, { mayRun, cheapest }: Survey): Hold {
    const state = this.#deps.moneyOf(id);
    const least = priceOf(cost, this.#deps.census.prices(mayRun)?.[0] ?? cheapest);
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

  #reserved(kept: KeptFrom | undefined, found: Survey): Hold {
    const pools = countsOf(found, found.mayRun.length);
    if (kept === undefined) return holdFor('reserved_for_older', 'What has room is kept for a task that waits longer.', { pools });
    const { pool, seq, shadowMs } = kept;
    const at = new Date(this.#deps.origin + shadowMs);
    const expected = shadowMs === Number.POSITIVE_INFINITY ? '' : ` and is expected to start by ${at.toISOString()}`;
    const summary = `Pool ${pool.name} has room and keeps it for task ${seq}, which waits longer${expected}; this one would delay it.`;
    return holdFor('reserved_for_older', summary, { task: seq, pools });
  }

  /** Why a task like this could never start, whatever runs; `undefined` when it could. */
  unroutable(need: Need, cost: number, maxCost: number | null): Hold | undefined {
    const found = this.#deps.surveys.of(need);
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
    // Whoever starts worker nodes can clear it then, and not the submitter alone.
    const machines = found.mayGrow ? machinesShort(need, found) : undefined;
    const who = machines === undefined ? {} : { clearedBy: 'operator' as const };
    const grown = machines === undefined ? '' : ` ${wouldHold(need, machines)}`;
    if (found.missing === 'slots' && found.largest >= need.slots) {
      const size = need.slots === 1 ? '' : ` of ${need.slots} slots`;
      const summary = `Its ${need.parts} parts${size} must start together, and the pools that could run them hold ${found.parts} at most, even when nothing else runs.`;
      return holdFor('larger_than_any_pool', summary + grown, { need: need.parts, have: found.parts, pools, missing: 'parts', ...who });
    }
    if (found.missing === 'slots') {
      const wants = need.parts > 1 ? `Each of its ${need.parts} parts wants` : 'It wants';
      const summary = `${wants} ${need.slots} slots, and the largest pool that could run it has ${found.largest}.`;
      return holdFor('larger_than_any_pool', summary + grown, {
        ...{ need: need.slots, have: found.largest, pools, missing: found.missing, ...who },
      });
    }
    return holdFor('no_matching_pool', this.#deps.surveys.missingFor(need), { pools, missing: found.missing });
  }
}

function wouldHold({ parts }: Need, { count, slots }: Machines): string {
  const size = `${slots} ${slots === 1 ? 'slot' : 'slots'} or more`;
  if (parts === 1) return `A worker node with ${size} would hold it.`;
  return count === 1
    ? `A worker node more with ${size}, which runs parts, would hold it.`
    : `${count} worker nodes more with ${size} each, which run parts, would hold it.`;
}

function behind(ahead: number | undefined): string {
  if (ahead === undefined) return 'Tasks with the same needs go first.';
  return `${ahead} ${ahead === 1 ? 'task' : 'tasks'} with the same needs ${ahead === 1 ? 'goes' : 'go'} first.`;
}
