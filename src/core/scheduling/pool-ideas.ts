// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import { constraintsText, constraintText, holds } from '../domain/constraint.ts';
import { priceOf } from '../domain/cost.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Candidates } from './candidates.ts';
import type { Demand } from './demand.ts';
import type { Layout } from './layout.ts';
import type { NeedTable } from './need-table.ts';
import { missesOf } from './pool-fits.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSet } from './pool-set.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { Change, Relaxation } from './relaxation.ts';
import { Rivals } from './rivals.ts';
import type { SpendLedger } from './spend.ts';
import { type Candidate, hopeless, type Trial } from './trial.ts';

interface PoolIdeaDeps {
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly spend: SpendLedger;
  readonly candidates: Candidates;
  readonly trial: Trial;
  readonly layout: () => Layout;
}

/** A change to try: what the pool it was made for lacks, and how far it has to go. */
export interface Idea extends Omit<Relaxation, 'poolId'> {
  /** Smaller changes first. */
  readonly size: number;
  readonly try: () => PoolSlot | undefined;
}

/** Of a size that has room for it, and how large that is hangs on what runs where. */
const startNode = { change: 'start_node', from: null, to: null } as const;

type Asks = (change: Change, demanded: Partial<Demand>, told: Omit<Idea, 'change' | 'try'>) => Idea;

/** What single changes would let one waiting task onto a pool now: made for one question. */
export class PoolIdeas {
  readonly #deps: PoolIdeaDeps;
  readonly #candidate: Candidate;
  readonly #now: EpochMs;
  readonly #rivals: Rivals;
  /** Where the task may go by now. */
  readonly #open: ReadonlySet<PoolSet>;
  /** Of these, where tasks of its need may go however short they have waited. */
  readonly #openToAll: ReadonlySet<PoolSet>;

  constructor(deps: PoolIdeaDeps, candidate: Candidate, now: EpochMs) {
    const { trial, layout } = deps;
    this.#deps = deps;
    this.#candidate = candidate;
    this.#now = now;
    this.#rivals = new Rivals(deps, candidate);
    trial.wouldStart(layout(), candidate, now, hopeless);
    const open = layout().ringsOf(candidate.need).slice(0, trial.placement.openRings);
    this.#open = new Set(open.map(({ set }) => set));
    this.#openToAll = new Set(open.flatMap(({ set, openAfterMs }, i) => (i === 0 || openAfterMs === 0 ? [set] : [])));
  }

  for(pool: PoolSlot): Idea[] {
    return [this.#byWhatIsMissing(pool), this.#fewerSlots(pool)].filter((idea) => idea !== undefined);
  }

  /** Fewer parts would fit into what is free, or kept for others whom they do not delay: as many as would start, found by halving, and tried. */
  fewerParts(): Relaxation | undefined {
    const { need } = this.#candidate;
    const open = [...this.#open];
    const free = Math.max(0, ...open.map((set) => set.roomOf(need.slots).free));
    const isKept = open.some(({ pools }) => pools.some(({ kept }) => kept > 0));
    let [fits, most] = [0, isKept ? need.parts - 1 : Math.min(need.parts - 1, free)];
    let found: ReturnType<Trial['latest']> | undefined;
    // Most often it is all that is free.
    for (let parts = Math.min(most, Math.max(1, free)); fits < most; parts = Math.ceil((fits + most) / 2)) {
      const pool = this.#startsWith({ ...need.demand, parts });
      if (pool === undefined) most = parts - 1;
      else [fits, found] = [parts, this.#deps.trial.latest(pool)];
    }
    return found && { change: 'fewer_parts', subject: '', from: need.parts, to: fits, ...found };
  }

  /** A smaller task would fit into what is free. */
  #fewerSlots(pool: PoolSlot): Idea | undefined {
    const { need } = this.#candidate;
    if (pool.state !== 'active' || pool.free < 1 || pool.free >= need.slots) return undefined;
    const slots = pool.free;
    if (missesOf(need, pool, this.#deps.pools).some((miss) => miss !== 'slots' && miss !== 'room')) return undefined;
    const start = () => this.#startsWith({ ...need.demand, slots });
    return { change: 'fewer_slots', subject: '', from: need.slots, to: slots, size: -slots, try: start };
  }

  /** What would let the task onto this pool, if one thing is all it takes. */
  #byWhatIsMissing(pool: PoolSlot): Idea | undefined {
    const { need, cost, maxCost } = this.#candidate;
    const { demand } = need;
    const misses = missesOf(need, pool, this.#deps.pools);
    const [miss, more] = misses;
    const asks: Asks = (change, demanded, told) => ({
      ...told,
      change,
      try: () => this.#startsWith({ ...demand, ...demanded }),
    });
    // A pool with room for it lies elsewhere, or keeps its room for another that goes first.
    if (miss === undefined) return this.#regionIdea(pool, asks) ?? (pool.kept > 0 ? this.#capacityIdea(pool) : undefined);
    if (miss === 'slots' && (more === 'room' || more === undefined) && misses.length <= 2) return this.#capacityIdea(pool);
    if (more !== undefined) return undefined;
    switch (miss) {
      case 'resource_type':
        return asks('drop_resource_type', { resourceType: null }, { subject: '', from: demand.resourceType, to: null, size: 0 });
      case 'region':
        return this.#regionIdea(pool, asks);
      case 'label': {
        const unmet = demand.constraints!.all.filter((one) => !holds(one, pool.profile.labels.get(one.label)));
        if (unmet.length > 1) return undefined;
        const rest = demand.constraints!.all.filter((one) => one !== unmet[0]);
        const constraints = rest.length === 0 ? undefined : { text: constraintsText(rest), all: rest };
        return asks('drop_constraint', { constraints }, { subject: constraintText(unmet[0]!), from: null, to: null, size: 0 });
      }
      case 'price': {
        const to = priceOf(cost, pool.costPerUnit);
        return asks('raise_max_cost', { priceCap: pool.costPerUnit }, { subject: '', from: maxCost, to, size: to });
      }
      case 'state': {
        const before = this.#rivals.in(pool);
        if (before === undefined || pool.free < before.slots + need.slots || !this.#passesAfter(pool, before.tasks)) return undefined;
        if (need.parts > 1 && before.tasks > 0) return undefined; // what they leave may be in pieces too small for its parts
        if (pool.closedBy === 'executor' || pool.closedBy === 'change') return undefined;
        const told = pool.closedBy === 'no_node' ? startNode : ({ change: 'resume_pool', from: pool.state, to: 'active' } as const);
        return this.#poolIdea(pool, { ...told, size: pool.costPerUnit }, () => {
          pool.state = 'active';
        });
      }
      case 'type_limit': {
        const cap = pool.caps!.get(need.type.id)!;
        const told = { change: 'raise_pool_type_limit', from: cap.most, to: cap.running + 1, size: cap.running } as const;
        return this.#rivals.in(pool)?.tasks === 0
          ? this.#poolIdea(pool, told, () => {
              pool.caps = new Map([...pool.caps!, [need.type.id, { ...cap, most: cap.running + 1 }]]);
            })
          : undefined;
      }
      case 'room':
        return this.#capacityIdea(pool);
      default:
        return undefined;
    }
  }

  #regionIdea(pool: PoolSlot, asks: Asks): Idea | undefined {
    const { reach } = this.#candidate.need;
    if (reach === undefined || reach.includes(pool.region)) return undefined;
    const told = { subject: this.#deps.pools.regions.nameOf(pool.region), from: null, to: null, size: pool.costPerUnit };
    return asks('allow_region', { regions: [...reach, pool.region].sort((a, b) => a - b) }, told);
  }

  /** More slots: for itself, and for those that would take them first. */
  #capacityIdea(pool: PoolSlot): Idea | undefined {
    const before = this.#rivals.in(pool);
    if (before === undefined || !this.#passesAfter(pool, before.tasks)) return undefined;
    const { need } = this.#candidate;
    if (need.parts > 1 && before.tasks > 0) return undefined;
    const to = pool.load + before.slots + (need.parts > 1 ? this.#partsWanted(pool) : 1) * need.slots;
    const told = pool.onNodes ? startNode : ({ change: 'add_capacity', from: pool.capacity, to } as const);
    return this.#poolIdea(pool, { ...told, size: to - pool.capacity }, () => {
      pool.capacity = to;
    });
  }

  /** Parts of a gang that the pool would have to take beside those that there is room for elsewhere. */
  #partsWanted(pool: PoolSlot): number {
    const { slots, parts, type } = this.#candidate.need;
    const here = pool.partsFor(type.id, slots);
    const sets = this.#deps.pools.setsOf(pool).filter((set) => this.#open.has(set));
    const elsewhere = Math.max(0, ...sets.map((set) => set.roomOf(slots).free - here));
    return Math.max(here + 1, parts - elsewhere);
  }

  #poolIdea(pool: PoolSlot, told: Omit<Idea, 'subject' | 'try'>, change: () => void): Idea | undefined {
    if (!this.#deps.pools.setsOf(pool).some((set) => this.#open.has(set))) return undefined; // it waits for its home
    const start = () => this.#deps.trial.wouldStart(this.#deps.layout(), this.#candidate, this.#now, hopeless);
    return { ...told, subject: pool.name, try: () => this.#asIf(pool, change, start) };
  }

  /** Asks with a pool as it might be, and puts it back. */
  #asIf<T>(pool: PoolSlot, change: () => void, ask: () => T): T {
    const { capacity, state, caps } = pool;
    const refresh = () => this.#deps.pools.refresh(pool);
    change();
    refresh();
    try {
      return ask();
    } finally {
      Object.assign(pool, { capacity, state, caps });
      refresh();
    }
  }

  #startsWith(demand: Demand): PoolSlot | undefined {
    const { candidates, trial, layout } = this.#deps;
    const changed = candidates.withDemand(this.#candidate, demand);
    const isNew = !layout().hasRings(changed.need);
    const pool = layout().lanes.standings.wouldBeFirst(changed.view, changed.shape)
      ? trial.wouldStart(layout(), changed, this.#now, [])
      : undefined;
    if (isNew) layout().dropRings(changed.need);
    return pool;
  }

  /** Whether so many others, whoever they belong to, may go there first without a limit that is reached by it. */
  #passesAfter(pool: PoolSlot, others: number): boolean {
    const { need, gate } = this.#candidate;
    const { type } = need;
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
}
