import type { JsonObject } from '../domain/json.ts';
import type { ResourceType } from '../domain/task.ts';
import type { EpochMs, Ms } from '../domain/units.ts';

/** A waiting task as a strategy sees it. Times are in ms from the core's origin. The object is reused: do not keep it. */
export interface TaskView {
  readonly seq: number;
  /** Interned: equal names have equal numbers. */
  readonly tenant: number;
  readonly type: number;
  /** 1-10, larger runs earlier. */
  readonly priority: number;
  /** Units of work, > 0. */
  readonly cost: number;
  /** Units of a pool's capacity, of all its parts together, >= 1. */
  readonly slots: number;
  /** Parts that start together; 1: no gang. */
  readonly parts: number;
  /** First moment it was ready; kept over retries. */
  readonly since: Ms;
  /** Infinity: none. */
  readonly deadline: Ms;
  /** Expected run time on a pool of speed 1: predicted from earlier runs, else stated, else the longest it may take. > 0. */
  readonly estimateMs: Ms;
  /**
   * When it got ready: the expected work of all that waited or ran, its own included, by the slots of all pools. Infinity without pools.
   */
  readonly backlogMs: Ms;
  /** An attempt is ended when it took this long. */
  readonly timeoutMs: Ms;
  /** Number of the latest attempt, 0 before the first. */
  readonly attempt: number;
  /** Home region, interned; -1: none. */
  readonly region: number;
}

/** A pool as a strategy sees it. */
export interface PoolView {
  /** Place in the catalogue: what breaks ties. */
  readonly id: number;
  /** Interned as in TaskView. */
  readonly region: number;
  /** Price of one unit of work. */
  readonly costPerUnit: number;
  readonly capacity: number;
  /** Most slots that one task may take, where they are of several machines; Infinity, or left out: all. */
  readonly widest?: number;
  /** Slots not in use; below 0 when the capacity was lowered under the load. */
  readonly free: number;
  readonly resourceType: ResourceType;
  readonly speed: number;
  /** Share of attempts that fail, 0-1: (failures + 1) / (runs + 20), so that a pool without runs counts 5 %. */
  readonly failureRatio: number;
  /** Of the electricity where the pool stands, 0 where nobody said. */
  readonly carbonGramsPerKwh: number;
}

/** What holds for all pools together. */
export interface Catalogue {
  /** Round trip between two regions; 0 within one or without a home, the largest known for an unknown pair. */
  latencyMs(from: number, to: number): Ms;
  readonly largestLatencyMs: Ms;
  /** Price of the dearest pool, 0 without pools. */
  readonly dearestPrice: number;
  /** Price of moving a GB from one region to another; 0 within one, without a home, and where nobody said. */
  egressUsdPerGb(from: number, to: number): number;
  readonly dearestEgressUsdPerGb: number;
  /** Most grams of CO2 per kWh of any pool. */
  readonly dirtiestGramsPerKwh: number;
}

/** What a strategy may use besides the two views. Differences only: no strategy sees the clock, and no chance but the epoch's own. */
export interface Facts extends Catalogue {
  /** Since the task was ready. */
  waitedMs(task: TaskView): Ms;
  /** What is left until the deadline when it ran now for its estimate; Infinity without a deadline, negative when it is late. */
  slackMs(task: TaskView): Ms;
  /** Expected run time there: the estimate by the pool's speed. */
  runMs(task: TaskView, pool: PoolView): Ms;
  /**
   * Until enough slots of the pool are expected to be free for the task: 0 now, Infinity when nothing is known.
   * @param mostMs a longer delay may be told as Infinity; 0 asks only whether there is room now
   */
  startDelayMs(task: TaskView, pool: PoolView, mostMs?: Ms): Ms;
  /** Grams of CO2 per kWh in the region by step, from the step that has begun on; empty without a forecast. */
  carbonForecast(region: number): readonly number[];
  /** Length of a step of the forecast. */
  readonly carbonStepMs: Ms;
  /** Slots of the region that tasks have been put off to, by step of the forecast, as a share of all its slots. */
  promised(region: number, step: number): number;
  /** Uniform in [0, 1), from the epoch's seed. */
  random(): number;
}

/** What an order promises a waiting task about work that comes after it. */
export interface NewerWork {
  /**
   * What the promise hangs on. `arrival`: nothing that was accepted later goes before a task, ever. `priority`, `deadline`: what the task
   * itself is. `backlog`: the work there was when it got ready.
   */
  readonly by: 'arrival' | 'priority' | 'deadline' | 'backlog';
  /** The same in a sentence. */
  readonly promise: string;
  /**
   * From the core's origin: what gets ready after this never goes before the task in this order; Infinity: it always may. What gates say
   * comes before any order: guarantees of tenants and their turns. `workRatio`: see SlopeOrder.
   */
  until(task: TaskView, workRatio: number): Ms;
}

/**
 * Lower keys run first, ties by seq. A key is a function of the task alone, finite, and the same whenever it is asked. `late`: after a
 * moment of each task another key, that is not smaller.
 */
export interface StaticOrder {
  readonly class: 'static';
  /** Left out: newer work may always go before. */
  readonly newer?: NewerWork;
  key(task: TaskView): number;
  readonly late?: {
    /** From the core's origin; Infinity: never. */
    after(task: TaskView): Ms;
    key(task: TaskView): number;
  };
}

/**
 * The rank changes while a task waits, but tasks of one shape and one bucket never overtake each other: their lane is first in, first out
 * by the moment they were ready, and only heads are ranked. Lower ranks run first, ties by seq. `workRatio`: what the runs of late took by
 * what was expected of them, > 0.
 */
export interface SlopeOrder {
  readonly class: 'slope';
  /** Left out: newer work may always go before. */
  readonly newer?: NewerWork;
  bucket(task: TaskView): number;
  /** Finite; never grows with `waitedMs`. */
  rank(task: TaskView, waitedMs: Ms, workRatio: number): number;
  /**
   * Nothing may put it off any further, once it is: what is kept for it is lent only to what must have ended in time by its limit,
   * however soon it is expected to. Default: never. What holds for some `waitedMs` holds for more.
   */
  isOverdue?(task: TaskView, waitedMs: Ms, workRatio: number): boolean;
  /** Ranks are those of the last multiple of this since the core's origin; 0: of every instant. */
  readonly refreshMs: Ms;
  /** Nobody is woken because ranks have changed with time: who is first is asked when something else happens, as published simulators do. */
  readonly isByEvents?: boolean;
}

/**
 * Tenants take turns by what they used: least share first, by weight. `charge`: a start adds `charge` by weight to what the tenant used, its
 * end corrects it to what was really used, and use fades with `halfLifeMs`. `dominant`: the largest share a tenant would hold of any
 * resource were the task to start (Ghodsi et al., NSDI'11). Tasks of one tenant follow `key`.
 */
export interface ShareOrder {
  readonly class: 'share';
  /** Left out: newer work may always go before. */
  readonly newer?: NewerWork;
  readonly share: 'charge' | 'dominant';
  key(task: TaskView): number;
  /** Slot-milliseconds. */
  charge(task: TaskView): number;
  /** > 0; Infinity: use never fades. */
  readonly halfLifeMs: Ms;
}

export type Order = StaticOrder | SlopeOrder | ShareOrder;

/** How far a task may go, tried in order: each one holds all pools of those before it. */
export interface RingRule {
  readonly within: 'home' | 'any';
  /** Opens for a task that has waited this long; at once where no pool of the ring before it could ever take the task. Default 0. */
  readonly openAfterMs?: Ms;
}

/** One named part of a score. */
export interface Term {
  readonly name: string;
  readonly unit: string;
  /** >= 0. */
  readonly weight: number;
  /** >= 0; Infinity: a pool that must not win unless all are as bad. */
  value(task: TaskView, pool: PoolView, facts: Facts): number;
}

/** The first `best` pools in base order that have room are compared by their terms. */
export interface RescoreRule {
  /** Pools that are compared, >= 1. */
  readonly best: number;
  /** So are the first `best` that could run the task were they empty: where one of them wins without room, the task waits for it. */
  readonly orWait?: boolean;
}

/**
 * How a pool is chosen among those of a ring that have room, ties to the first in base order. `first-fit`: the first in base order.
 * `most-free`: the most free slots. `least-loaded`: the largest share of free slots; when the 32 emptiest have no room for all slots of the
 * task, the first in base order. `two-choices`: the less loaded of two drawn at random. `rotate`: in turns by weight, smoothly. `best`: the
 * least sum of weight x value.
 */
export type PickRule = 'first-fit' | 'most-free' | 'least-loaded' | 'two-choices' | 'rotate' | RescoreRule;

/** Pools are kept in order of (base, tie, id), which may depend on nothing that changes while tasks start and end. */
export interface PlaceRule {
  /** What `base` measures, for explanations. */
  readonly measures: { readonly name: string; readonly unit: string };
  base(pool: PoolView, home: number, catalogue: Catalogue): number;
  tie?(pool: PoolView): number;
  /** `base` looks at `home`: an order is kept for each home region. */
  readonly byHome?: boolean;
  readonly pick: PickRule;
  /** Of `best`. */
  readonly terms?: readonly Term[];
  /** Of `rotate`: a whole number > 0, its part of the turns; default the capacity. */
  weight?(pool: PoolView): number;
}

/**
 * Pools are chosen for a batch of tasks together: now and then the core asks for a plan, so many tasks of a kind to pools of a kind. Between
 * two plans the first rule chooses for tasks that are left over, by `base`.
 */
export interface PlanRule {
  /** Time between two plans. */
  readonly everyMs: Ms;
  /** Most tasks of one plan; so many new ones do not wait for `everyMs`. */
  readonly maxTasks: number;
  /** Tasks with the same needs and an equal class are the same to a plan. Finite. */
  classOf(task: TaskView): number;
  /** What it costs to run the task there; finite, the plan with the least sum wins. */
  cost(task: TaskView, pool: PoolView, facts: Facts): number;
}

export interface Place {
  /** With one ring and one rule, both for the tasks a plan leaves over. */
  readonly plan?: PlanRule;
  readonly rings: readonly RingRule[];
  readonly rules: readonly PlaceRule[];
  /** Index of the rule for a task; default 0. It must not change whether anything fits. */
  rule?(task: TaskView): number;
  /** How long to keep a ready task from the queue on purpose, asked once when it gets ready; 0: not at all. */
  release?(task: TaskView, facts: Facts): Ms;
  /**
   * How long it is worth waiting for something better than `best`, the pool that was chosen; 0: take it. Where an `orWait` pick chose a pool
   * without room, how long to wait for it at most. Asked again when there is more room.
   */
  wait?(task: TaskView, best: PoolView, facts: Facts): Ms;
}

/** What makes pools alike, and which one it is. */
export type PoolKind = Pick<PoolView, 'id' | 'region' | 'resourceType' | 'costPerUnit' | 'speed'>;

/** How an attempt ended by itself, for strategies that learn. */
export interface RunOutcome {
  /** As in TaskView. */
  readonly type: number;
  readonly slots: number;
  /** Of work, the task's `cost`. > 0 */
  readonly units: number;
  /** As it was when the attempt ended. */
  readonly pool: PoolKind;
  readonly succeeded: boolean;
  /** From its start to its end. */
  readonly runMs: Ms;
}

/** What a strategy makes of attempts that ended. All it knows, it was told here: told the same again, it decides the same again. */
export interface Learn {
  /** Forgets everything. The latest outcomes follow, oldest first. */
  restart(): void;
  outcome(outcome: RunOutcome): void;
}

/** How much work the order needs as tasks wait: a static key is computed once, a slope ranks heads again, a share moves a tenant's lanes. */
export type Complexity = Order['class'];

/** Measured round trip between two regions, the same both ways. */
export interface RegionLatency {
  readonly between: readonly [string, string];
  readonly ms: Ms;
}

/** What it costs to move a GB out of one region into another. */
export interface TransferPrice {
  readonly from: string;
  readonly to: string;
  readonly usdPerGb: number;
}

/** Grams of CO2 per kWh of electricity, by region and step. */
export interface CarbonForecast {
  readonly startsAt: EpochMs;
  readonly stepMs: Ms;
  readonly gramsPerKwh: Readonly<Record<string, readonly number[]>>;
}

/**
 * What may be overtaken. `shape`: tasks of the same needs keep their order, and a need that waits for room does not stop others. `none`: also
 * among tasks of the same needs, shorter ones may use what is kept for others. `global`: nothing starts before the first in order, unless
 * room is kept for that one.
 */
export type Strict = 'none' | 'shape' | 'global';

/** When a pool is kept for a task that waits, and who may use it meanwhile. */
export interface ReservationRules {
  /**
   * The first task of a need has waited too long after this many times its estimate, >= 0, within these bounds. `mostMs` 0: whoever is first
   * has the reservation, worked out anew at every round of decisions.
   */
  readonly patience: { readonly estimates: number; readonly leastMs: Ms; readonly mostMs: Ms };
  /** Estimates are stretched by this before they are trusted to end in time, >= 1. */
  readonly margin: number;
  /** Estimates within this factor count as alike where short tasks may pass long ones of the same needs (`strict` none or global), >= 1. */
  readonly grain: number;
  /** Part of all pools that may be reserved at once, 0-1; one always may. */
  readonly share: number;
}

/** Who may overtake whom. */
export interface Overtaking {
  readonly strict: Strict;
  /** `undefined`: nothing is ever kept for anybody. */
  readonly reservations?: ReservationRules;
}

/** An order of tasks and a choice of pool, with its parameters filled in. */
export interface Strategy {
  /** snake_case, as on the wire. */
  readonly name: string;
  /** Grows when the same parameters would decide differently. */
  readonly version: number;
  readonly params: JsonObject;
  readonly order: Order;
  readonly place: Place;
  readonly learn?: Learn;
  /** Default: `shape`, and nothing is kept. */
  readonly overtaking?: Overtaking;
  /** What `Catalogue.latencyMs` answers from; default none. */
  readonly latencies?: readonly RegionLatency[];
  /** What `Catalogue.egressUsdPerGb` answers from; default none. */
  readonly transferPrices?: readonly TransferPrice[];
  /** What `Facts.carbonForecast` answers from; default none. */
  readonly carbonForecast?: CarbonForecast;
}
