// biome-ignore-all lint/style/noNonNullAssertion: indices come from this code and are in range by construction.
import type { EpochMs, Ms } from '../domain/units.ts';
import type { WaitingGroup } from './answers.ts';
import type { Explainer } from './explain.ts';
import type { Layout } from './layout.ts';
import type { Need, Shape } from './need.ts';
import type { NeedTable } from './need-table.ts';
import type { PoolIndex } from './pool-index.ts';
import { type SchedulingReason, schedulingReasons } from './reasons.ts';
import type { TaskCursor, TaskTable } from './task-table.ts';
import type { WorkRatio } from './work-ratio.ts';

interface GroupDeps {
  readonly origin: EpochMs;
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly work: WorkRatio;
  readonly layout: () => Layout;
  readonly needs: NeedTable;
  readonly pools: PoolIndex;
  readonly explainer: Explainer;
  readonly tenantName: (tenant: number) => string;
}

interface Gathered {
  readonly shape: Shape;
  readonly code: SchedulingReason;
  /** A limit of its tenant's stops it. */
  readonly isOwn: boolean;
  tasks: number;
  oldestRow: number;
  past: number;
}

/** All that waits, most tasks first: one pass over the waiting tasks. */
export function waitingGroups(deps: GroupDeps, now: EpochMs): WaitingGroup[] {
  const { origin, table, needs, pools, explainer, tenantName } = deps;
  const { oldestRows, pasts } = oldestByShape(deps, now - origin);
  const groups = new Map<string, Gathered>();
  for (const shape of needs.shapes) {
    if (shape === undefined || shape.waiting === 0) continue;
    const code = explainer.stopOf(shape);
    const isOwn = schedulingReasons[code] === 'quota_owner';
    const key = `${shape.need.id} ${code} ${isOwn ? shape.gate?.tenant : ''}`;
    const group = groups.get(key);
    const row = oldestRows[shape.id]!;
    const past = pasts[shape.id]!;
    if (group === undefined) groups.set(key, { shape, code, isOwn, tasks: shape.waiting, oldestRow: row, past });
    else {
      group.tasks += shape.waiting;
      group.past += past;
      if (table.sinceAt(row) < table.sinceAt(group.oldestRow)) group.oldestRow = row;
    }
  }
  return [...groups.values()]
    .map(({ shape, code, isOwn, tasks, oldestRow, past }) => ({
      hold: explainer.told(code, oldestRow),
      tasks,
      oldest: table.seqAt(oldestRow),
      oldestReadyAt: origin + table.sinceAt(oldestRow),
      past,
      tenant: isOwn ? tenantName(shape.gate?.tenant ?? -1) : null,
      needs: needsOf(shape.need, pools),
    }))
    .sort((a, b) => b.tasks - a.tasks || a.oldestReadyAt - b.oldestReadyAt || a.oldest - b.oldest);
}

/** By shape: the row of the task that was ready first, and how many have passed their longest wait. */
function oldestByShape({ table, cursor, needs, work, layout }: GroupDeps, nowMs: Ms): { oldestRows: Int32Array; pasts: Int32Array } {
  const { bound } = layout();
  const shapes = needs.shapes.length;
  const oldestRows = new Int32Array(shapes).fill(-1);
  const pasts = new Int32Array(shapes);
  const since = new Float64Array(shapes).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < table.rows; row++) {
    if (table.seqAt(row) === 0) continue;
    const shape = table.shapeAt(row);
    if (bound.pastFrom(cursor.at(row), work.value) <= nowMs) pasts[shape]!++;
    const at = table.sinceAt(row);
    if (at >= since[shape]!) continue;
    since[shape] = at;
    oldestRows[shape] = row;
  }
  return { oldestRows, pasts };
}

function needsOf({ type, demand, reach = [] }: Need, { regions }: PoolIndex): WaitingGroup['needs'] {
  return {
    type: type.name,
    resourceType: demand.resourceType,
    regions: reach.map((id) => regions.nameOf(id)),
    regionMode: demand.stays ? 'require' : 'prefer',
    slots: demand.slots,
    parts: demand.parts,
    priceCap: demand.priceCap === Number.POSITIVE_INFINITY ? null : Math.max(0, demand.priceCap),
    constraints: demand.constraints?.all ?? [],
  };
}
