import type { Ms } from '../domain/units.ts';
import type { Order, ShareOrder, SlopeOrder, StaticOrder, TaskView } from '../strategies/strategy.ts';
import type { Lane } from './lane.ts';
import type { Shares } from './shares.ts';
import type { WorkRatio } from './work-ratio.ts';

/** How one order cuts the tasks of a shape into lanes and compares lanes by their heads. Times are from the core's origin. */
export interface LaneOrder {
  /** Which lane of its shape a task belongs to; `undefined`: a shape has one lane. */
  readonly markOf: ((task: TaskView) => number) | undefined;
  /** Ranks fall when pools get more capacity. */
  readonly byCapacity: boolean;
  /** Marks are tenants. */
  readonly byTenant: boolean;
  /** Keys of tasks in a lane may have grown since they were entered. */
  readonly ages: boolean;
  /** Place in the lane. */
  keyOf(task: TaskView): number;
  rankOf(lane: Lane): number;
  /** The rank of every lane of a tenant, where that is the same. */
  readonly rankOfTenant: ((tenant: number) => number) | undefined;
  /** The place of a head among lanes of equal rank is its place in its lane. */
  readonly standsByKey: boolean;
  /** Place among lanes of equal rank. */
  headKeyOf(lane: Lane, head: TaskView): number;
  /** To be told the time before anything is asked. @returns true when every head has to be compared anew */
  advance(nowMs: Ms): boolean;
  /** When a task that comes before others may come after them by time alone; Infinity: never. */
  fallsAt(task: TaskView, nowMs: Ms): Ms;
  /** See `SlopeOrder`. */
  isOverdue(task: TaskView): boolean;
}

/**
 * @param grain estimates within this factor count as alike, and each kind has a lane of its own: so a short task is seen behind a long one.
 * 1: each estimate; `undefined`: one lane for all. Only of static orders: the others have lanes of their own.
 */
export function createLaneOrder(order: Order, shares: Shares, work: WorkRatio, grain?: number): LaneOrder {
  switch (order.class) {
    case 'static': {
      const plain = order.late === undefined ? staticOrder(order) : agingOrder(order, order.late);
      return grain === undefined ? plain : byEstimate(plain, grain);
    }
    case 'slope':
      return slopeOrder(order, work);
    case 'share':
      return order.share === 'charge' ? chargeOrder(order, shares) : dominantOrder(order, shares);
  }
}

/** Where ranks are worked out anew at every round of decisions, nobody waits for one longer than this. */
const longestLookMs = 1_000;

const never = () => false;
const notByTime = () => Number.POSITIVE_INFINITY;
const first = () => 0;
const headKey = (lane: Lane) => lane.heap.headKey;

function staticOrder(order: StaticOrder): LaneOrder {
  return {
    markOf: undefined,
    byTenant: false,
    byCapacity: false,
    standsByKey: true,
    ages: false,
    keyOf: (task) => order.key(task),
    rankOf: first,
    rankOfTenant: undefined,
    headKeyOf: headKey,
    advance: never,
    fallsAt: notByTime,
    isOverdue: never,
  };
}

/** Keys only grow, so a head whose key is still right is the least of its lane: stale ones are put back when they come to the head. */
function agingOrder(order: StaticOrder, late: NonNullable<StaticOrder['late']>): LaneOrder {
  let nowMs = Number.NEGATIVE_INFINITY;
  const keyOf = (task: TaskView) => (late.after(task) < nowMs ? late.key(task) : order.key(task));
  const advance = (now: Ms) => {
    nowMs = Math.max(nowMs, now);
    return false;
  };
  const fallsAt = (task: TaskView, at: Ms) => (late.after(task) < at ? Number.POSITIVE_INFINITY : Math.floor(late.after(task)) + 1);
  const fixed = {
    markOf: undefined,
    byTenant: false,
    byCapacity: false,
    standsByKey: true,
    rankOfTenant: undefined,
    ages: true,
    isOverdue: never,
  } as const;
  return { ...fixed, keyOf, rankOf: first, headKeyOf: headKey, advance, fallsAt };
}

function byEstimate(plain: LaneOrder, grain: number): LaneOrder {
  const markOf = grain === 1 ? estimateOf : (task: TaskView) => Math.round(Math.log(Math.max(1, task.estimateMs)) / Math.log(grain));
  return { ...plain, markOf, headKeyOf: (_lane, head) => plain.keyOf(head) };
}

/** Between two moments of ranking nothing that ranks hang on changes, the ratio included. */
function slopeOrder(order: SlopeOrder, work: WorkRatio): LaneOrder {
  let rankedAt = Number.NEGATIVE_INFINITY;
  let workRatio = 1;
  const waitedMs = (task: TaskView) => Math.max(0, rankedAt - task.since);
  function advance(nowMs: Ms): boolean {
    const at = order.refreshMs === 0 ? nowMs : Math.floor(nowMs / order.refreshMs) * order.refreshMs;
    if (at <= rankedAt) return false;
    rankedAt = at;
    workRatio = work.value;
    return true;
  }
  return {
    markOf: (task) => order.bucket(task),
    byTenant: false,
    byCapacity: false,
    standsByKey: false,
    ages: false,
    keyOf: (task) => task.since,
    rankOf: first,
    rankOfTenant: undefined,
    headKeyOf: (_lane, head) => order.rank(head, waitedMs(head), workRatio),
    advance,
    fallsAt: (_task, nowMs) => {
      if (order.isByEvents === true) return Number.POSITIVE_INFINITY;
      return order.refreshMs === 0 ? nowMs + longestLookMs : (Math.floor(nowMs / order.refreshMs) + 1) * order.refreshMs;
    },
    isOverdue: (task) => order.isOverdue?.(task, waitedMs(task), workRatio) ?? false,
  };
}

const estimateOf = (task: TaskView) => task.estimateMs;
const tenantOf = (task: TaskView) => task.tenant;

function chargeOrder(order: ShareOrder, shares: Shares): LaneOrder {
  return {
    markOf: tenantOf,
    byTenant: true,
    byCapacity: false,
    standsByKey: true,
    ages: false,
    keyOf: (task) => order.key(task),
    rankOf: (lane) => shares.usedOf(lane.mark),
    rankOfTenant: (tenant) => shares.usedOf(tenant),
    headKeyOf: (_lane, head) => order.key(head),
    advance: (nowMs) => shares.fade(nowMs, order.halfLifeMs),
    fallsAt: notByTime, // use fades for all alike
    isOverdue: never,
  };
}

function dominantOrder(order: ShareOrder, shares: Shares): LaneOrder {
  return {
    markOf: tenantOf,
    byTenant: true,
    byCapacity: true,
    standsByKey: false,
    ages: false,
    keyOf: (task) => order.key(task),
    rankOf: ({ mark, shape: { need } }) => shares.dominantOf(mark, need.resourceType ?? 'cpu', need.parts * need.slots),
    rankOfTenant: undefined,
    headKeyOf: ({ mark }) => shares.dominantOf(mark, 'cpu', 0),
    advance: never,
    fallsAt: notByTime,
    isOverdue: never,
  };
}
