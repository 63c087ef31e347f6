// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { ResourceType } from '../domain/task.ts';
import type { PoolEntry } from './contracts.ts';
import type { Demand } from './demand.ts';
import { Interner } from './interner.ts';
import { LabelProfiles } from './label-profiles.ts';
import { Largest } from './largest.ts';
import { PartsByNode } from './part-nodes.ts';
import { Places } from './places.ts';
import { PoolSet } from './pool-set.ts';
import { PoolSlot } from './pool-slot.ts';
import { Prices } from './prices.ts';
import { Recent } from './recent.ts';
import { SetDraft } from './set-draft.ts';
import { SetList } from './set-list.ts';
import { TypeClasses, type TypeIds } from './type-classes.ts';

/** What a change of a pool means for tasks that wait. */
export interface PoolChange {
  /** Sets it is or was in. */
  readonly sets: ReadonlySet<PoolSet>;
  /** The listed prices changed: caps have to be snapped again. */
  readonly repriced: boolean;
  /** Types that belong to other sets now. */
  readonly reclassed: readonly string[];
  /** A combination of labels that no pool had: needs with constraints may belong to other sets now. */
  readonly relabelled: boolean;
}

/** What the index has to know of types. */
export interface TypeNumbers extends TypeIds {
  /** Attempts of the type on a pool. */
  running(place: number, type: number): number;
}

/** All pools, and the sets of them that needs refer to. */
export class PoolIndex {
  readonly regions = new Interner();
  readonly prices = new Prices();
  /** Grams of CO2 per kWh. */
  readonly carbon = new Largest();
  readonly #speeds = new Largest();
  /** Slots of all pools by kind, whatever their state. */
  readonly capacity: Record<ResourceType, number> = { cpu: 0, gpu: 0 };
  /** Grows when what pools could run changed, load aside. */
  version = 0;
  /** Places of pools whose room changed. */
  readonly changes = new Recent();
  /** Grows when pools came, went or changed, load and state aside. */
  lineup = 0;
  readonly #types: TypeNumbers;
  // Slots by region, whatever their state.
  readonly #regionSlots: number[] = [];
  readonly #byId = new Map<number, PoolSlot>();
  readonly #places = new Places();
  readonly #byPlace: (PoolSlot | undefined)[] = [];
  readonly #setsByPlace: SetList[] = [];
  readonly #noSets = new SetList();
  readonly #sets = new Map<string, PoolSet>();
  readonly #profiles = new LabelProfiles();
  readonly #classes: TypeClasses;

  constructor(types: TypeNumbers) {
    this.#types = types;
    this.#classes = new TypeClasses(types);
  }

  get size(): number {
    return this.#byId.size;
  }
  get(id: number): PoolSlot | undefined {
    return this.#byId.get(id);
  }
  at(place: number): PoolSlot {
    return this.#byPlace[place]!;
  }
  all(): Iterable<PoolSlot> {
    return this.#byId.values();
  }
  has(pool: PoolSlot): boolean {
    return this.#byId.get(pool.id) === pool;
  }
  setsOf(pool: PoolSlot): readonly PoolSet[] {
    return this.#setsByPlace[pool.place]!.sets;
  }
  /** Sets of several pools, each once. */
  setsOfAll(pools: readonly { readonly pool: PoolSlot }[]): readonly PoolSet[] {
    const [first, ...others] = pools;
    if (first !== undefined && others.length === 0) return this.setsOf(first.pool);
    return [...new Set(pools.flatMap(({ pool }) => this.setsOf(pool)))];
  }
  /** Its room changed: load, or what is kept there. */
  refresh(pool: PoolSlot): void {
    this.changes.add(pool.place);
    for (const set of this.setsOf(pool)) {
      set.rooms.refresh(pool);
      if (set.hasGangs) set.refreshParts(pool);
    }
  }
  slotsIn(region: number): number {
    return this.#regionSlots[region] ?? 0;
  }
  /** The same for types that the same pools accept and that no pool tells apart. */
  typesLike(type: string): string {
    return this.#classes.of(type).key;
  }
  /** Whether the pool accepts the type by its list. */
  accepts(pool: PoolSlot, type: string): boolean {
    return pool.accepts === -1 || this.#classes.isOnList(pool.accepts, type);
  }

  set(entry: PoolEntry): PoolChange {
    const known = this.#byId.get(entry.id);
    const pool = known ?? this.#add(entry);
    const scales = this.#scales();
    const repriced = this.#reprice(known === undefined ? undefined : pool.costPerUnit, entry.costPerUnit);
    const reclassed = this.#classes.learn(entry);
    const before = { ...pool };
    const { profile, isNew: relabelled } = this.#profiles.take(entry);
    if (known !== undefined) this.#profiles.give(pool.profile);
    pool.profile = profile;
    if (known !== undefined) this.#count(pool, -1);
    pool.name = entry.name;
    pool.region = this.regions.idOf(entry.region);
    pool.resourceType = entry.resourceType;
    pool.costPerUnit = entry.costPerUnit;
    pool.capacity = entry.capacity;
    pool.speed = entry.speed;
    pool.state = entry.state;
    pool.coolsUntil = entry.state === 'cooling' ? (entry.coolsUntil ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    pool.carbonGramsPerKwh = entry.carbonGramsPerKwh;
    pool.accepts = entry.accepts === undefined ? -1 : this.#classes.listOf(entry.accepts);
    pool.caps = this.#capsOf(pool, entry);
    pool.runsParts = entry.runsParts ?? true;
    pool.partNodes = entry.partNodes && new PartsByNode(entry.partNodes, (type) => this.#types.idOf(type));
    pool.onNodes = entry.onNodes ?? false;
    pool.closedBy = entry.closedBy;
    pool.widest = entry.widest ?? Number.POSITIVE_INFINITY;
    this.#count(pool, 1);
    if (known === undefined || !isAlike(before, pool)) this.lineup++;
    const sets = this.#regroup(pool);
    if (scales !== this.#scales()) this.#sortAll();
    this.version++;
    this.changes.forget();
    return { sets, repriced, reclassed, relabelled };
  }

  /** @throws Error for an unknown pool or one that runs something. */
  remove(id: number): PoolChange {
    const pool = this.#byId.get(id);
    if (pool === undefined) throw new Error(`there is no pool ${id}`);
    if (pool.load > 0) throw new Error(`pool ${pool.name} runs ${pool.load} slots`);
    const sets = new Set(this.setsOf(pool));
    for (const set of sets) this.#leave(set, pool);
    for (const set of this.#sets.values()) set.forget(pool);
    this.#profiles.give(pool.profile);
    const scales = this.#scales();
    this.#count(pool, -1);
    this.#byId.delete(id);
    this.#byPlace[pool.place] = undefined;
    this.#places.give(pool.place);
    this.lineup++;
    const repriced = this.prices.remove(pool.costPerUnit);
    if (scales !== this.#scales()) this.#sortAll();
    this.version++;
    this.changes.forget();
    return { sets, repriced, reclassed: [], relabelled: false };
  }

  /** The pools for a demand in some regions, or anywhere; kept while `users` says somebody uses it. */
  setFor(type: string, demand: Demand, regions: readonly number[] | undefined): PoolSet {
    const found = this.find(type, demand, regions);
    if (found instanceof PoolSet) return found;
    found.step(Number.POSITIVE_INFINITY);
    return this.keep(found);
  }

  /** The same, or its beginnings: to be kept once it has asked every pool, and of no use when pools changed meanwhile. */
  find(type: string, demand: Demand, regions: readonly number[] | undefined): PoolSet | SetDraft {
    const types = this.#classes.of(type);
    const { resourceType, priceCap, constraints } = demand;
    const isGang = demand.parts > 1;
    const labels = constraints === undefined ? undefined : this.#profiles.classOf(constraints);
    const key = `${types.key} ${resourceType ?? '*'} ${regions?.join() ?? '*'} ${priceCap} ${labels?.key ?? '*'}${isGang ? ' gang' : ''}`;
    return this.#sets.get(key) ?? new SetDraft(key, { types, resourceType, regions, priceCap, labels, isGang }, this.#byId.values());
  }

  /** Of a draft that is done; somebody else may have been faster. */
  keep({ set }: SetDraft): PoolSet {
    const known = this.#sets.get(set.key);
    if (known !== undefined) return known;
    this.#relist(set.pools, (list) => list.with(set));
    set.measure();
    this.#sets.set(set.key, set);
    return set;
  }

  drop(set: PoolSet): void {
    this.#sets.delete(set.key);
    this.#relist(set.pools, (list) => list.without(set));
  }

  /** Of the fastest pool; 1 without pools. > 0. */
  get mostSpeed(): number {
    return this.#speeds.value || 1;
  }

  /** Enters a pool into what is counted over all, or takes it out. */
  #count(pool: PoolSlot, sign: 1 | -1): void {
    this.capacity[pool.resourceType] += sign * pool.capacity;
    this.#regionSlots[pool.region] = this.slotsIn(pool.region) + sign * pool.capacity;
    if (sign === 1) this.carbon.add(pool.carbonGramsPerKwh);
    else this.carbon.remove(pool.carbonGramsPerKwh);
    if (sign === 1) this.#speeds.add(pool.speed);
    else this.#speeds.remove(pool.speed);
  }

  /** What pool orders may be measured by: when it changes, so does every order. */
  #scales(): string {
    return `${this.prices.dearest} ${this.carbon.value}`;
  }

  #add({ id, region, resourceType }: PoolEntry): PoolSlot {
    const pool = new PoolSlot(id, this.#places.take(`${resourceType} ${region}`));
    this.#byId.set(id, pool);
    this.#byPlace[pool.place] = pool;
    this.#setsByPlace[pool.place] = this.#noSets;
    return pool;
  }

  #reprice(before: number | undefined, after: number): boolean {
    if (before === after) return false;
    const gone = before !== undefined && this.prices.remove(before);
    return this.prices.add(after) || gone;
  }

  #capsOf(pool: PoolSlot, entry: PoolEntry): PoolSlot['caps'] {
    const caps = Object.entries(entry.typeLimits).map(([name, most]) => {
      const type = this.#types.idOf(name);
      return [
        type,
        {
          most,
          widest: entry.widestOf?.[name] ?? Number.POSITIVE_INFINITY,
          running: pool.caps?.get(type)?.running ?? this.#types.running(pool.place, type),
        },
      ] as const;
    });
    return caps.length === 0 ? undefined : new Map(caps);
  }

  /** Puts a changed pool into the sets it belongs to, at its place. */
  #regroup(pool: PoolSlot): Set<PoolSet> {
    const touched = new Set(this.setsOf(pool));
    for (const set of this.#sets.values()) {
      const was = touched.has(set);
      if (!set.admits(pool)) {
        if (was) this.#leave(set, pool);
        continue;
      }
      if (!was) {
        set.pools.push(pool);
        this.#relist([pool], (list) => list.with(set));
        touched.add(set);
      }
      for (const order of set.orders) order.reposition(pool, true);
      set.measure();
    }
    return touched;
  }

  #leave(set: PoolSet, pool: PoolSlot): void {
    remove(set.pools, pool);
    this.#relist([pool], (list) => list.without(set));
    for (const order of set.orders) order.reposition(pool, false);
    set.measure();
  }

  /** Pools that were alike stay so, hence each list is changed once. */
  #relist(pools: readonly PoolSlot[], change: (list: SetList) => SetList): void {
    const changed = new Map<SetList, SetList>();
    for (const { place } of pools) {
      const before = this.#setsByPlace[place]!;
      const after = changed.get(before) ?? change(before);
      changed.set(before, after);
      this.#setsByPlace[place] = after;
    }
  }

  #sortAll(): void {
    for (const set of this.#sets.values()) for (const order of set.orders) order.sort();
  }
}

const lineupFields = ['region', 'resourceType', 'costPerUnit', 'capacity', 'speed', 'carbonGramsPerKwh', 'accepts', 'profile'] as const;
type InLineup = Readonly<Pick<PoolSlot, (typeof lineupFields)[number] | 'caps'>>;

/** Whether a pool is what it was, load, name and state aside. */
function isAlike(a: InLineup, b: InLineup): boolean {
  return lineupFields.every((field) => a[field] === b[field]) && limitsOf(a) === limitsOf(b);
}

function limitsOf({ caps }: InLineup): string {
  return [...(caps ?? [])].map(([type, { most }]) => `${type} ${most}`).join();
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
}
