import { readySeconds } from '../../strategies/f1.ts';
import { byScore } from '../../strategies/slopes.ts';
import type { SlopeOrder } from '../../strategies/strategy.ts';

/**
 * The other rules of the regression that found `f1`, for comparisons: on a server their run times would outweigh every wait. Run time r in
 * seconds, slots n, seconds s until it was ready.
 * @see Carastan-Santos, de Camargo, Obtaining dynamic scheduling policies with simulation and machine learning, SC'17, table 3
 */
export const scoreOrders: ReadonlyMap<string, SlopeOrder> = new Map([
  ['f2', scoreOrder((r, n) => Math.sqrt(r) * n, 25_600)],
  ['f3', scoreOrder((r, n) => r * n, 6_860_000)],
  ['f4', scoreOrder((r, n) => r * Math.sqrt(n), 530_000)],
]);

function scoreOrder(size: (runS: number, slots: number) => number, weight: number): SlopeOrder {
  return byScore(0, (task, waitedMs) => -size(task.estimateMs / 1_000, task.slots) - weight * Math.log10(readySeconds(task, waitedMs)));
}
