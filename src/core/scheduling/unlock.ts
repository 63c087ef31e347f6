// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { constraintsText, constraintText, holds } from '../domain/constraint.ts';
import { priceOf } from '../domain/cost.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Candidates } from './candidates.ts';
import type { Demand } from './demand.ts';
import type { Layout } from './layout.ts';
import type { Need } from './need.ts';
import type { NeedTable } from './need-table.ts';
import { missesOf } from './pool-fits.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { SchedulingReason } from './reasons.ts';
import type { Change, Relaxation } from './relaxation.ts';
import type { SpendLedger } from './spend.ts';
import type { TaskTable } from './task-table.ts';
import { type Candidate, hopeless, type Trial } from './trial.ts';

/** Of one kind, the smallest ones. */
const toldOfKind = 3;
/** Tasks counted one by one to say how many go first; behind more, only the first of all is told what room would do. */
const mostCounted = 4_096;

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

interface Before {
  readonly tasks: number;
  readonly slots: number;
}

/** A change to try: what the pool it was made for lacks, and how far it has to go. */
interface Idea extends Omit<Relaxation, 'poolId'> {
  /** Smaller changes first. */
  readonly size: number;
  readonly try: () => PoolSlot | undefined;
}

/**
 * What would start a waiting task now: single changes, found by a look at every pool for what it alone lacks, each tried on the core as it
 * stands and told only when the task would really start. A trial that changes a pool puts it back; nothing that decides notices.
 */
export class Unlock {
  readonly #deps: UnlockDeps;
  /** Those that go before the task, by the sets a pool is in: pools alike are many, and counting is not cheap. */
  #beforeBySets = new Map<string, Before | undefined>();
  /** Where the task may go by now. */
  #open: ReadonlySet<PoolSet> = new Set();
  /** Of these, where tasks of its need may go however short they have waited. */
  #openToAll: ReadonlySet<PoolSet> = new Set();

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
    if (this.#before(candidate, this.#boundBy(candidate, code))?.tasks !== 0) return [];
    const pool = trial.wouldStart(layout(), candidate, now, [code]);
    if (pool === undefined) return [];
    const change = limitChanges[code];
    return [{ change, ...this.#limitOf(candidate, code, pool), poolId: pool.id }];
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
    const { trial, layout } = this.#deps;
    this.#beforeBySets = new Map();
    trial.wouldStart(layout(), candidate, now, hopeless);
    const open = layout().ringsOf(candidate.need).slice(0, trial.placement.openRings);
    this.#open = new Set(open.map(({ set }) => set));
    this.#openToAll = new Set(open.flatMap(({ set, openAfterMs }, i) => (i === 0 || openAfterMs === 0 ? [set] : [])));
    const ideas = new Map<Change, Idea[]>();
    for (const pool of this.#deps.pools.all()) {
      for (const idea of this.#ideasFor(candidate, pool, now)) {
        const known = ideas.get(idea.change) ?? [];
        ideas.set(idea.change, known);
        keepSmallest(known, idea);
      }
    }
    return [...ideas.values()].flatMap((some) =>
      some.flatMap(({ try: start, change, subject, from, to }) => {
        const pool = start();
        return pool === undefined ? [] : [{ change, subject, from, to, poolId: pool.id }];
      }),
    );
  }

  #ideasFor(candidate: Candidate, pool: PoolSlot, now: EpochMs): Idea[] {
    return [this.#ideaFor(candidate, pool, now), this.#fewerSlots(candidate, pool, now)].filter((idea) => idea !== undefined);
  }

  /** A smaller task would fit into what is free. */
  #fewerSlots(candidate: Candidate, pool: PoolSlot, now: EpochMs): Idea | undefined {
    const { need } = candidate;
    if (pool.state !== 'active' || pool.free < 1 || pool.free >= need.slots) return undefined;
    const slots = pool.free;
    if (missesOf(need, pool, this.#deps.pools).some((miss) => miss !== 'slots' && miss !== 'room')) return undefined;
    const start = () => this.#startsWith(candidate, { ...need.demand, slots }, now);
    return { change: 'fewer_slots', subject: '', from: need.slots, to: slots, size: -slots, try: start };
  }

  /** What would let the task onto this pool, if one thing is all it takes. */
  #ideaFor(candidate: Candidate, pool: PoolSlot, now: EpochMs): Idea | undefined {
    const { need, cost } = candidate;
    const { demand } = need;
    const misses = missesOf(need, pool, this.#deps.pools);
    const [miss, more] = misses;
    const asks = (change: Change, demanded: Partial<Demand>, told: Omit<Idea, 'change' | 'try'>): Idea => ({
      ...told,
      change,
      try: () => this.#startsWith(candidate, { ...demand, ...demanded }, now),
    });
    if (miss === undefined) return this.#regionIdea(candidate, pool, asks);
    if (miss === 'slots' && (more === 'room' || more === undefined) && misses.length <= 2) return this.#capacityIdea(candidate, pool, now);
    if (more !== undefined) return undefined;
    switch (miss) {
      case 'resource_type':
        return asks('drop_resource_type', { resourceType: null }, { subject: '', from: demand.resourceType, to: null, size: 0 });
      case 'region':
        return this.#regionIdea(candidate, pool, asks);
      case 'label': {
        const unmet = demand.constraints!.all.filter((one) => !holds(one, pool.profile.labels.get(one.label)));
        if (unmet.length > 1) return undefined;
        const rest = demand.constraints!.all.filter((one) => one !== unmet[0]);
        const constraints = rest.length === 0 ? undefined : { text: constraintsText(rest), all: rest };
        return asks('drop_constraint', { constraints }, { subject: constraintText(unmet[0]!), from: null, to: null, size: 0 });
      }
      case 'price': {
        const to = priceOf(cost, pool.costPerUnit);
        return asks('raise_max_cost', { priceCap: pool.costPerUnit }, { subject: '', from: candidate.maxCost, to, size: to });
      }
      case 'state': {
        const before = this.#beforeIn(candidate, pool);
        if (before === undefined || pool.free < before.slots + need.slots || !this.#passesAfter(candidate, pool, before.tasks))
          return undefined;
        return this.#poolIdea(
          candidate,
          pool,
          now,
          { change: 'resume_pool', from: pool.state, to: 'active', size: pool.costPerUnit },
          () => {
            pool.state = 'active';
          },
        );
      }
      case 'type_limit': {
        const cap = pool.caps!.get(need.type.id)!;
        const told = { change: 'raise_pool_type_limit', from: cap.most, to: cap.running + 1, size: cap.running } as const;
        return this.#beforeIn(candidate, pool)?.tasks === 0
          ? this.#poolIdea(candidate, pool, now, told, () => {
              pool.caps = new Map([...pool.caps!, [need.type.id, { ...cap, most: cap.running + 1 }]]);
            })
          : undefined;
      }
      case 'room':
        return this.#capacityIdea(candidate, pool, now);
      default:
        return undefined;
    }
  }

  #regionIdea(
    { need }: Candidate,
    pool: PoolSlot,
    asks: (change: Change, demanded: Partial<Demand>, told: Omit<Idea, 'change' | 'try'>) => Idea,
  ): Idea | undefined {
    const { reach } = need;
    if (reach === undefined || reach.includes(pool.region)) return undefined;
    const told = { subject: this.#deps.pools.regions.nameOf(pool.region), from: null, to: null, size: pool.costPerUnit };
    return asks('allow_region', { regions: [...reach, pool.region].sort((a, b) => a - b) }, told);
  }

  /** More slots: for itself, and for those that would take them first. */
  #capacityIdea(candidate: Candidate, pool: PoolSlot, now: EpochMs): Idea | undefined {
    const before = this.#beforeIn(candidate, pool);
    if (before === undefined || !this.#passesAfter(candidate, pool, before.tasks)) return undefined;
    const by = before.slots + candidate.need.slots - pool.free;
    const to = pool.capacity + by;
    return this.#poolIdea(candidate, pool, now, { change: 'add_capacity', from: pool.capacity, to, size: by }, () => {
      pool.capacity = to;
    });
  }

  #poolIdea(candidate: Candidate, pool: PoolSlot, now: EpochMs, told: Omit<Idea, 'subject' | 'try'>, change: () => void): Idea | undefined {
    if (!this.#deps.pools.setsOf(pool).some((set) => this.#open.has(set))) return undefined; // it waits for its home
    const start = () => this.#deps.trial.wouldStart(this.#deps.layout(), candidate, now, hopeless);
    return { ...told, subject: pool.name, try: () => this.#asIf(pool, change, start) };
  }

  /** Asks with a pool as it might be, and puts it back. */
  #asIf<T>(pool: PoolSlot, change: () => void, ask: () => T): T {
    const { capacity, state, caps } = pool;
    const refresh = () => {
      for (const set of this.#deps.pools.setsOf(pool)) set.refresh(pool);
    };
    change();
    refresh();
    try {
      return ask();
    } finally {
      Object.assign(pool, { capacity, state, caps });
      refresh();
    }
  }

  #startsWith(candidate: Candidate, demand: Demand, now: EpochMs): PoolSlot | undefined {
    const { candidates, trial, layout } = this.#deps;
    const changed = candidates.withDemand(candidate, demand);
    const isNew = !layout().hasRings(changed.need);
    const pool = layout().lanes.wouldBeFirst(changed.view, changed.shape) ? trial.wouldStart(layout(), changed, now, []) : undefined;
    if (isNew) layout().dropRings(changed.need);
    return pool;
  }

  // --- those that go first ---

  #beforeIn(candidate: Candidate, pool: PoolSlot): Before | undefined {
    const key = this.#deps.pools
      .setsOf(pool)
      .map((set) => set.key)
      .join('|');
    if (!this.#beforeBySets.has(key)) this.#beforeBySets.set(key, this.#before(candidate, this.#rivals(pool)));
    return this.#beforeBySets.get(key);
  }

  /** Needs that wait for room in this pool. */
  #rivals(pool: PoolSlot): ReadonlySet<Need> {
    const { pools, needs } = this.#deps;
    const found = new Set<Need>();
    for (const set of pools.setsOf(pool)) for (const id of set.lot.parked()) found.add(needs.needs[id]!);
    return found;
  }

  /** Whether so many others, whoever they belong to, may go there first without a limit that is reached by it. */
  #passesAfter({ need: { type }, gate }: Candidate, pool: PoolSlot, others: number): boolean {
    const cap = pool.caps?.get(type.id);
    const hasRoom = (running: number, most: number) => most - running > others;
    const isOpen = others === 0 || this.#deps.pools.setsOf(pool).some((set) => this.#openToAll.has(set));
    return (
      isOpen &&
      hasRoom(type.running, type.total) &&
      (cap === undefined || hasRoom(cap.running, cap.most)) &&
      (gate === undefined || hasRoom(gate.running, gate.most)) &&
      (others === 0 || gate?.account === undefined || gate.account.running >= gate.account.guaranteed) && // or it loses its place before others
      (gate?.account === undefined ||
        (hasRoom(gate.account.running, gate.account.most) && (others === 0 || this.#deps.spend.limitOf(gate.tenant) === undefined)))
    );
  }

  /** Tasks of these needs that go before it, and the slots they want; `undefined`: there are some, and too many to count. */
  #before({ need: own, view, shape }: Candidate, rivals: Iterable<Need>): Before | undefined {
    const { lanes } = this.#deps.layout();
    const standing = lanes.standingFor(view, shape);
    const all = new Set([own, ...rivals]);
    let waiting = 0;
    for (const need of all) waiting += need.waiting;
    let tasks = 0;
    let slots = 0;
    for (const need of all) {
      if (waiting > mostCounted) {
        if (lanes.isLedBefore(need, standing)) return undefined;
        continue;
      }
      const before = lanes.countBefore(need, standing, mostCounted);
      tasks += before;
      slots += before * need.slots;
    }
    return { tasks, slots };
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
