// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { priceOf } from '../domain/cost.ts';
import type { Lanes } from './lanes.ts';
import { missingPool, regionsOf } from './missing-pool.ts';
import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import { type Hold, holdFor, type SchedulingReason } from './reasons.ts';
import { type Survey, survey } from './survey.ts';
import type { TaskTable } from './task-table.ts';

interface ExplainDeps {
  readonly table: TaskTable;
  readonly pools: PoolIndex;
  readonly needs: NeedTable;
  readonly lanes: () => Lanes;
  readonly tenantName: (tenant: number) => string;
}

/** What was found out about a need, for as long as the pools do not change. */
interface Known {
  readonly version: number;
  readonly survey: Survey;
  /** What no pool has; '' when one could run it, or when it is a matter of numbers. */
  readonly missing: string;
}

/** Says why tasks wait, from the state the decisions left behind. It changes nothing. */
export class Explainer {
  readonly #deps: ExplainDeps;
  readonly #surveys = new WeakMap<Need, Known>();

  constructor(deps: ExplainDeps) {
    this.#deps = deps;
  }

  holdOf(row: number, withPosition: boolean): Hold {
    const { table, needs } = this.#deps;
    const shape = needs.shapes[table.shapeAt(row)]!;
    const hold = this.#describe(shape, row);
    if (!withPosition) return hold;
    const ahead = this.#deps.lanes().aheadOf(row, shape);
    if (hold.code !== 'behind_in_order') return { ...hold, ahead };
    return {
      ...hold,
      ahead,
      summary: `${ahead} ${ahead === 1 ? 'task' : 'tasks'} with the same needs ${ahead === 1 ? 'goes' : 'go'} first.`,
    };
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

  /** Tasks by what stops them; those not looked at yet are left out. */
  byReason(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const need of this.#deps.needs.needs) {
      if (need === undefined || need.waiting === 0) continue;
      for (const shape of need.shapes) {
        if (shape === undefined || shape.waiting === 0) continue;
        const code = this.#codeOf(shape);
        if (code !== 'not_yet_considered') counts.set(code, (counts.get(code) ?? 0) + shape.waiting);
      }
    }
    return counts;
  }

  #codeOf(shape: Shape): SchedulingReason {
    const { need, gate } = shape;
    const found = this.#survey(need);
    if (found.missing === 'price') return 'price_cap';
    if (found.missing === 'slots') return 'larger_than_any_pool';
    if (found.missing !== undefined) return 'no_matching_pool';
    if (found.mayRun.length === 0) return 'pools_paused';
    if (need.type.running >= need.type.total) return 'type_limit';
    if (gate !== undefined && gate.running >= need.type.perTenant) return 'tenant_type_limit';
    if (gate?.account !== undefined && gate.account.running >= gate.account.most) return 'tenant_limit';
    if (need.state !== 'parked') return 'not_yet_considered';
    return need.dueAt === Number.POSITIVE_INFINITY ? 'no_capacity' : 'waiting_for_home';
  }

  #describe(shape: Shape, row: number): Hold {
    const { table } = this.#deps;
    const { need } = shape;
    const found = this.#survey(need);
    const code = this.#codeOf(shape);
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
      case 'tenant_type_limit':
        return this.#tenantHold(shape);
      case 'tenant_limit': {
        const { running = 0, most = 0 } = shape.gate?.account ?? {};
        const tenant = this.#deps.tenantName(shape.gate?.tenant ?? -1);
        const summary = `Tenant ${tenant} may run at most ${most} tasks at once, and ${running} ${running === 1 ? 'runs' : 'run'}.`;
        return holdFor(code, summary, { need: most, have: running });
      }
      case 'no_capacity': {
        const many = found.mayRun.length === 1 ? 'The one pool' : `All ${found.mayRun.length} pools`;
        const short = need.slots === 1 ? 'full' : `without ${need.slots} free slots`;
        const summary = `${many} that could run it ${found.mayRun.length === 1 ? 'is' : 'are'} ${short}.`;
        return holdFor(code, summary, { need: need.slots, have: mostFree(found), pools: countsOf(found, found.mayRun.length) });
      }
      case 'waiting_for_home': {
        const home = `${need.demand.regions === undefined ? 'home ' : ''}${regionsOf(need, this.#deps.pools)}`;
        const summary = `The pools of its ${home} are full; it may go elsewhere at ${new Date(need.dueAt).toISOString()}.`;
        const full = found.mayRun.filter((pool) => pool.free < need.slots).length;
        return holdFor(code, summary, { until: need.dueAt, need: need.slots, have: mostFree(found), pools: countsOf(found, full) });
      }
      case 'not_yet_considered': {
        const isHead = this.#deps.lanes().at(row, shape).heap.headSeq === table.seqAt(row);
        if (isHead) return holdFor(code, 'It is the next of its kind; the coming round of decisions looks at it.');
        return holdFor('behind_in_order', 'Tasks with the same needs go first.');
      }
      default: {
        const maxCost = table.maxCostAt(row);
        return this.unroutable(need, table.costAt(row), maxCost === Number.POSITIVE_INFINITY ? null : maxCost)!; // `code` says so
      }
    }
  }

  #tenantHold({ need, gate }: Shape): Hold {
    const { name, perTenant } = need.type;
    const running = gate?.running ?? 0;
    const tenant = this.#deps.tenantName(gate?.tenant ?? -1);
    const summary = `Of type ${name} at most ${perTenant} may run at once for tenant ${tenant}, and ${running} ${running === 1 ? 'does' : 'do'}.`;
    return holdFor('tenant_type_limit', summary, { need: perTenant, have: running });
  }

  #survey(need: Need): Survey {
    return this.#know(need).survey;
  }

  #know(need: Need): Known {
    const { pools } = this.#deps;
    const known = this.#surveys.get(need);
    if (known?.version === pools.version) return known;
    const found = survey(need, pools);
    const isNumber = found.missing === undefined || found.missing === 'price' || found.missing === 'slots';
    const made = { version: pools.version, survey: found, missing: isNumber ? '' : missingPool(need, found.missing, pools) };
    this.#surveys.set(need, made);
    return made;
  }
}

function countsOf({ total, mayRun, out }: Survey, full: number): NonNullable<Hold['pools']> {
  return { total, mayRun: mayRun.length, full, out };
}

function mostFree({ mayRun }: Survey): number {
  return mayRun.reduce((most, pool) => Math.max(most, pool.free), 0);
}
