// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { TaskEntry } from '../domain/task.ts';
import type { EpochMs } from '../domain/units.ts';
import type { TaskView } from '../strategies/strategy.ts';
import { type Backlog, workOf } from './backlog.ts';
import { type Demand, demandOf } from './demand.ts';
import type { Estimates } from './estimates.ts';
import type { Explainer } from './explain.ts';
import type { Gates } from './gates.ts';
import type { Layout } from './layout.ts';
import type { Need, Shape, TenantGate } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import { nobody } from './shares.ts';
import { TaskCursor, type TaskTable } from './task-table.ts';
import type { Candidate } from './trial.ts';

/** Later than every task there is. */
const lastSeq = Number.MAX_SAFE_INTEGER;

interface CandidateDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly gates: Gates;
  readonly estimates: Estimates;
  readonly backlog: Backlog;
  readonly explainer: Explainer;
}

/** Tasks to try: those that wait, and those that might. */
export class Candidates {
  readonly #deps: CandidateDeps;

  constructor(deps: CandidateDeps) {
    this.#deps = deps;
  }

  /** A waiting task. */
  at(row: number): Candidate {
    const { origin, table, needs, explainer } = this.#deps;
    return {
      ...explainer.subjectAt(row),
      shape: needs.shapes[table.shapeAt(row)]!,
      view: new TaskCursor(table, needs.shapes).at(row),
      readyAt: origin + table.sinceAt(row),
      ownStop: explainer.ownStop(row),
    };
  }

  /** A waiting task, were it to ask for something else. */
  withDemand(candidate: Candidate, demand: Demand): Candidate {
    const { needs } = this.#deps;
    const { view, shape } = candidate;
    const need = needs.draft(candidate.need.type, demand);
    const { seq, tenant, type, priority, cost, since, deadline, estimateMs, timeoutMs, backlogMs, attempt } = view;
    const changed = { seq, tenant, type, priority, cost, since, deadline, estimateMs, timeoutMs, backlogMs, attempt };
    return {
      ...{ ...candidate, need, isNext: true, shape: shapeFor(need, shape.gate) },
      view: { ...changed, slots: demand.parts * demand.slots, parts: demand.parts, region: demand.region },
    };
  }

  /** A task that is not here, as if it were submitted now. `seq` 0: after all others. Names that were never seen are not remembered. */
  of(task: Readonly<TaskEntry>, layout: Layout, now: EpochMs): Candidate {
    const { pools, gates, needs, origin, estimates, backlog } = this.#deps;
    const tenant = gates.tenants.find(task.tenant) ?? nobody;
    const type = gates.type(task.type);
    const need = needs.draft(type, demandOf(task, pools.regions, pools.prices));
    const gate = gates.gateIfAny(type, tenant);
    const estimateMs = estimates.predict(tenant, type.id, task.estimateMs, task.timeoutMs * pools.mostSpeed) ?? task.timeoutMs;
    const view: TaskView = {
      seq: task.seq === 0 ? lastSeq : task.seq,
      tenant,
      type: type.id,
      priority: task.priority,
      cost: task.cost,
      slots: task.parts * task.slots,
      parts: task.parts,
      since: task.readyAt - origin,
      deadline: task.deadline === null ? Number.POSITIVE_INFINITY : task.deadline - origin,
      estimateMs,
      backlogMs: Math.fround(backlog.with(workOf(task.parts * task.slots, estimateMs))),
      timeoutMs: task.timeoutMs,
      attempt: task.attempt,
      region: need.region,
    };
    const releaseMs = layout.facts.tried(now - origin, () => layout.strategy.place.release?.(view, layout.facts) ?? 0);
    const releasedAt = Math.max(now, task.readyAt) + releaseMs;
    const shape = shapeFor(need, gate);
    return {
      ...{ need, gate, tenant: task.tenant, cost: task.cost, maxCost: task.maxCost, isNext: true },
      ...{ shape, view, readyAt: task.readyAt, lacksMoney: layout.lanes.standings.isBehindMoney(view, shape) },
      ownStop: releaseMs > 0 ? { code: 'waiting_for_carbon', until: releasedAt } : undefined,
    };
  }
}

function shapeFor(need: Need, gate: TenantGate | undefined): Shape {
  const known = gate === undefined ? need.shapes[0] : gate.shapes.get(need);
  return known ?? { id: -1, need, entry: -1, gate, waiting: 0, held: false };
}
