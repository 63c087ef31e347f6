import { microsOf, priceOf } from '../cost.ts';
import type { LogEntry } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { hourOf, type SpendWindow, spendWindowOf } from '../quota.ts';
import type { Task } from '../task.ts';
import type { EpochMs, Ms, Seq } from '../units.ts';

/** Rows that share a commit may be told in another order than they happened. */
const shuffledMs: Ms = 60_000;

/**
 * Follows the money of tenants through the log: what runs is set aside with the price it started at, and spent when it ends. Where the price of its
 * pool fell meanwhile the lower one counts, of the pools of several parts the cheapest, and after a clock that was set back nothing is judged, so it
 * never accuses wrongly.
 */
export interface SpendWalk {
  /**
   * @param pools of its parts, as they are now
   * @returns what the tenant has spent and set aside in the window, this start included, above `spend` of its limits; 0: not too much.
   */
  start(task: Task, entry: LogEntry, pools: readonly (JsonObject | undefined)[], spend: unknown): number;
  end(task: Task, entry: LogEntry, pools: readonly (JsonObject | undefined)[]): void;
}

export function createSpendWalk(): SpendWalk {
  // All in millionths.
  const prices = new Map<Seq, number>();
  const reserved = new Map<string, number>();
  const spent = new Map<string, Map<EpochMs, number>>();
  let latest = Number.NEGATIVE_INFINITY;
  let isJudging = true;

  function watch(at: EpochMs): void {
    if (at < latest - shuffledMs) isJudging = false;
    latest = Math.max(latest, at);
  }

  return {
    start(task, { at, details }, pools, spend) {
      watch(at);
      const price = leastPrice(task, pools.length > 1 ? [details, ...pools] : [details]);
      prices.set(task.seq, price);
      reserved.set(task.tenant, (reserved.get(task.tenant) ?? 0) + price);
      if (!isLimit(spend) || !isJudging || price === 0) return 0;
      const { from } = spendWindowOf(spend.window, latest);
      const inWindow = [...(spent.get(task.tenant) ?? [])].filter(([hour]) => hour >= from);
      const sum = inWindow.reduce((total, [, micros]) => total + micros, reserved.get(task.tenant) ?? 0);
      return Math.max(0, sum - microsOf(spend.limit));
    },
    end(task, { at, type }, pools) {
      watch(at);
      const price = prices.get(task.seq);
      if (price === undefined) return;
      prices.delete(task.seq);
      reserved.set(task.tenant, (reserved.get(task.tenant) ?? 0) - price);
      if (type === 'released') return;
      const hours = spent.get(task.tenant) ?? new Map<EpochMs, number>();
      spent.set(task.tenant, hours);
      hours.set(hourOf(at), (hours.get(hourOf(at)) ?? 0) + Math.min(price, leastPrice(task, pools)));
    },
  };
}

function leastPrice({ cost }: Task, pools: readonly (JsonObject | undefined)[]): number {
  return Math.min(
    ...pools.map((pool) => {
      const price = pool?.['cost_per_unit'];
      return typeof price === 'number' ? microsOf(priceOf(cost, price)) : 0;
    }),
  );
}

function isLimit(spend: unknown): spend is { readonly limit: number; readonly window: SpendWindow } {
  return typeof spend === 'object' && spend !== null && 'limit' in spend && 'window' in spend;
}
