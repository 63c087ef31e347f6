// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { SpendWindow } from '../domain/quota.ts';
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs, Seq } from '../domain/units.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { KeptPool, PoolFit, Preview, WaitingGroup, WaitingTask, WaitSurvey } from './answers.ts';
import { demandOf } from './demand.ts';
import type { Need } from './need.ts';
import type { Parts } from './parts.ts';
import type { Hold, SchedulingReason } from './reasons.ts';
import type { Relaxation, Remedy } from './relaxation.ts';
import type { Spending } from './spend.ts';
import { waitingOrder } from './waiting-order.ts';

/** Room there is may be kept from a task for these. */
const keptCodes: readonly SchedulingReason[] = ['reserved_for_older', 'strict_order'];

/** What may be asked of a core: nothing here changes what it will decide. */
export class Questions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#parts.table.size;
  }

  holdOf(seq: Seq, _now: EpochMs): Hold | undefined {
    const { table, explainer } = this.#parts;
    const row = table.rowOf(seq);
    return row === -1 ? undefined : explainer.holdOf(row);
  }

  isKept(seq: Seq): boolean {
    const { table, epochs, room, explainer } = this.#parts;
    const row = table.rowOf(seq);
    if (row === -1) return false;
    const { layout } = epochs;
    const shape = room.shapeAt(row);
    if (layout.sleepers.untilOf(seq) !== undefined || (layout.lanes.at(row, shape)?.heldUntil ?? 0) > 0) return true;
    return keptCodes.includes(explainer.stopOf(shape));
  }

  explain(seq: Seq, now: EpochMs): WaitingTask | undefined {
    return this.#parts.inquiry.waiting(seq, now);
  }

  unlock(seq: Seq, now: EpochMs): readonly Relaxation[] {
    return this.#parts.inquiry.unlock(seq, now);
  }

  remedies(seq: Seq): readonly Remedy[] {
    return this.#parts.inquiry.remedies(seq);
  }

  poolFits(seq: Seq, offset: number, limit: number): { readonly total: number; readonly fits: readonly PoolFit[] } | undefined {
    return this.#parts.inquiry.poolFits(seq, offset, limit);
  }

  preview(task: Readonly<TaskEntry>, now: EpochMs, strategy?: Strategy): Preview {
    const { inquiry, epochs, outcomes } = this.#parts;
    if (strategy === undefined) return inquiry.preview(task, epochs.layout, now);
    const layout = epochs.layoutFor(strategy);
    if (strategy.learn !== undefined) outcomes.teach(strategy.learn);
    const preview = inquiry.preview(task, layout, now);
    layout.close();
    return preview;
  }

  waitingGroups(now: EpochMs): readonly WaitingGroup[] {
    return this.#parts.inquiry.groups(now);
  }

  surveyWaits(now: EpochMs, since: EpochMs): WaitSurvey {
    return this.#parts.inquiry.surveyWaits(now, since);
  }

  keptPools(): readonly KeptPool[] {
    return this.#parts.inquiry.keptPools();
  }

  unroutable(task: Readonly<TaskEntry>): Hold | undefined {
    return this.#parts.explainer.unroutable(needFor(this.#parts, task), task.cost, task.maxCost);
  }

  leastPriceFor(task: Readonly<TaskEntry>): number {
    return this.#parts.explainer.cheapestOf(needFor(this.#parts, task));
  }

  waitingFor(poolId: number, type?: string): number {
    const { pools, needs } = this.#parts;
    const pool = pools.get(poolId);
    const waiting = new Set<Need>();
    for (const set of pool === undefined ? [] : pools.setsOf(pool)) for (const id of set.lot.parked()) waiting.add(needs.needs[id]!);
    let tasks = 0;
    for (const need of waiting) if (type === undefined || need.type.name === type) tasks += need.waiting;
    return tasks;
  }

  runningOn(poolId: number, type: string): number {
    const { pools, gates } = this.#parts;
    return pools.get(poolId)?.caps?.get(gates.type(type).id)?.running ?? 0;
  }

  loadOf(poolId: number): number {
    return this.#parts.pools.get(poolId)?.load ?? 0;
  }

  runningOf(type: string, tenant?: string): number {
    return this.#parts.gates.running(type, tenant);
  }

  mostRunningOf(type: string): number {
    return this.#parts.gates.mostRunning(type);
  }

  spendingOf(tenant: string, window: SpendWindow, now: EpochMs): Spending {
    const { spend, gates } = this.#parts;
    return spend.spendingOf(gates.tenants.find(tenant) ?? -1, window, now);
  }

  runningBy(tenant: string): number {
    return this.#parts.gates.runningBy(tenant);
  }

  waitingByReason(): ReadonlyMap<string, number> {
    return this.#parts.explainer.byReason();
  }

  order(): readonly Seq[] {
    return waitingOrder(this.#parts);
  }
}

/** What the task needs of a pool; made when nobody needed the same before. */
export function needFor({ needs, gates, pools }: Parts, task: Readonly<TaskEntry>): Need {
  return needs.intern(gates.type(task.type), demandOf(task, pools.regions, pools.prices));
}
