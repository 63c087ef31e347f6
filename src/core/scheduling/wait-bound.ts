import type { Ms } from '../domain/units.ts';
import type { Strategy, TaskView } from '../strategies/strategy.ts';

/** How long newer work may go before single tasks. Times are from the core's origin. */
export interface WaitBound {
  /** What gets ready after this never goes before the task; Infinity: it always may. */
  newerUntil(task: TaskView, workRatio: number): Ms;
  /**
   * A task that still waits then has passed its longest wait, and somebody should hear of it: nothing newer may pass it any more, and its
   * patience is over, so that a wait of a moment alarms nobody. Infinity: never, as where every task is first of all that come later.
   */
  pastFrom(task: TaskView, workRatio: number): Ms;
}

/** Where a strategy keeps no pools, or always keeps one, and so has none of its own. */
const usualPatience = { estimates: 5, leastMs: 30_000, mostMs: 600_000 };

const never = () => Number.POSITIVE_INFINITY;

export function waitBoundOf({ order, overtaking, place }: Pick<Strategy, 'order' | 'overtaking' | 'place'>): WaitBound {
  const { newer } = order;
  if (newer === undefined || place.plan !== undefined) return { newerUntil: never, pastFrom: never };
  const newerUntil: WaitBound['newerUntil'] = (task, workRatio) => newer.until(task, workRatio);
  if (newer.by === 'arrival') return { newerUntil, pastFrom: never };
  const own = overtaking?.reservations?.patience;
  const { estimates, leastMs, mostMs } = own === undefined || own.mostMs === 0 ? usualPatience : own;
  const patienceOf = ({ estimateMs }: TaskView) => Math.min(mostMs, Math.max(leastMs, estimates * estimateMs));
  return { newerUntil, pastFrom: (task, workRatio) => Math.max(newer.until(task, workRatio), task.since + patienceOf(task)) };
}
