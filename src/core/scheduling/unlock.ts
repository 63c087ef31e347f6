// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { priceOf } from '../domain/cost.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Candidates } from './candidates.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import { type Idea, PoolIdeas } from './pool-ideas.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { SchedulingReason } from './reasons.ts';
import type { Change, Relaxation } from './relaxation.ts';
import { Rivals } from './rivals.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskTable } from './task-table.ts';
import type { Candidate, Trial } from './trial.ts';

/** Of one kind, the smallest ones. */
const toldOfKind = 3;

const limitChanges = {
  type_limit: 'raise_type_limit',
  tenant_type_limit: 'raise_tenant_type_limit',
  tenant_limit: 'raise_tenant_limit',
  spend_limit: 'raise_spend_limit',
} as const satisfies Partial<Record<SchedulingReason, Change>>;
type LimitReason = keyof typeof limitChanges;

interface UnlockDeps {
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly spend: SpendLedger;
  readonly candidates: Candidates;
  readonly trial: Trial;
  readonly layout: () => Layout;
}

/**
 * What would start a waiting task now: single changes, found by a look at every pool for what it alone lacks, each tried on the core as it
 * stands and told only when the task would really start. A trial that changes a pool puts it back; nothing that decides notices.
 */
export class Unlock {
  readonly #deps: UnlockDeps;
  constructor(deps: UnlockDeps) {
    this.#deps = deps;
  }

  /** Smallest first within a kind. One pass over the pools, and a few trials. */
  of(seq: Seq, now: EpochMs): Relaxation[] {
    const { table, candidates } = this.#deps;
    const row = table.rowOf(seq);
    if (row === -1) return [];
    const candidate = candidates.at(row);
    const limits = this.#deps.trial.codesOf(candidate).filter(isLimit);
    if (limits.length > 1 || candidate.ownStop !== undefined) return []; // no single change would do
    const [limit] = limits;
    return limit === undefined ? this.#unpark(candidate, now) : this.#raise(candidate, limit, now);
  }

  // --- limits ---

  #raise(candidate: Candidate, code: LimitReason, now: EpochMs): Relaxation[] {
    const { trial, layout } = this.#deps;
    if (new Rivals(this.#deps, candidate).of(this.#boundBy(candidate, code))?.tasks !== 0) return [];
    const pool = trial.wouldStart(layout(), candidate, now, [code]);
    if (pool === undefined) return [];
    const change = limitChanges[code];
    return [{ change, ...this.#limitOf(candidate, code, pool), ...this.#deps.trial.latest(pool) }];
  }

  /** Needs whose tasks would get what the raised limit allows. */
  #boundBy({ need, shape: { gate } }: Candidate, code: LimitReason): Iterable<Need> {
    if (code === 'type_limit') return need.type.needs;
    if (code === 'tenant_type_limit') return gate!.shapes.keys(); // it has reached its limit
    return new Set([...gate!.account!.gates].flatMap((one) => [...one.shapes.keys()]));
  }

  #limitOf(candidate: Candidate, code: LimitReason, pool: PoolSlot): Pick<Relaxation, 'subject' | 'from' | 'to'> {
    const { need, gate, tenant, cost } = candidate;
    if (code === 'type_limit') return { subject: need.type.name, from: need.type.total, to: need.type.running + 1 };
    if (code === 'tenant_type_limit') return { subject: `${tenant}, type ${need.type.name}`, from: gate!.most, to: gate!.running + 1 };
    if (code === 'tenant_limit') return { subject: tenant, from: gate!.account!.most, to: gate!.account!.running + 1 };
    const limit = this.#deps.spend.limitOf(gate!.tenant)!.limit;
    return {
      subject: tenant,
      from: limit,
      to: priceOf(1, limit - this.#deps.spend.leftOf(gate!.tenant) + priceOf(cost, pool.costPerUnit)),
    };
  }

  // --- room, and what the task asks for ---

  #unpark(candidate: Candidate, now: EpochMs): Relaxation[] {
    const poolIdeas = new PoolIdeas(this.#deps, candidate, now);
    const ideas = new Map<Change, Idea[]>();
    for (const pool of this.#deps.pools.all()) {
      for (const idea of poolIdeas.for(pool)) {
        const known = ideas.get(idea.change) ?? [];
        ideas.set(idea.change, known);
        keepSmallest(known, idea);
      }
    }
    const fewerParts = candidate.need.parts > 1 ? poolIdeas.fewerParts() : undefined;
    const tried = [...ideas.values()].flatMap((some) =>
      some.flatMap(({ try: start, change, subject, from, to }) => {
        const pool = start();
        if (pool === undefined) return [];
        const { poolId, parts } = this.#deps.trial.latest(pool);
        // Which part would go where hangs on the machine.
        return [{ change, subject, from, to, poolId, ...(change === 'start_node' ? {} : { parts }) }];
      }),
    );
    return fewerParts === undefined ? tried : [...tried, fewerParts];
  }
}

function isLimit(code: SchedulingReason): code is LimitReason {
  return Object.hasOwn(limitChanges, code);
}

function keepSmallest(known: Idea[], idea: Idea): void {
  const same = known.findIndex(({ subject, to }) => subject === idea.subject && to === idea.to);
  if (same !== -1) {
    if (known[same]!.size > idea.size) known[same] = idea;
    return;
  }
  known.push(idea);
  known.sort((a, b) => a.size - b.size);
  if (known.length > toldOfKind) known.pop();
}
