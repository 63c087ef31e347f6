import { type Constraint, constraintsText, holds } from '../domain/constraint.ts';
import type { LabelValue } from '../domain/label.ts';
import type { ResourceType, TaskEntry } from '../domain/task.ts';
import type { Interner } from './interner.ts';
import type { Prices } from './prices.ts';

/** Constraints that hold together, told apart by their text. */
export interface ConstraintSet {
  readonly text: string;
  readonly all: readonly Constraint[];
}

/** What a pool must offer, apart from the type. */
export interface Demand {
  readonly resourceType: ResourceType | null;
  /** -1: no home. */
  readonly region: number;
  /** Where the first ring lies, ascending; `undefined`: in the home region alone. */
  readonly regions: readonly number[] | undefined;
  /** The first ring is a must. */
  readonly stays: boolean;
  /** Of one part. */
  readonly slots: number;
  /** Parts that start together; 1: no gang. */
  readonly parts: number;
  /** The dearest listed price the task can pay; Infinity: any, -1: it can pay for none. */
  readonly priceCap: number;
  /** `undefined`: the labels of a pool do not matter. */
  readonly constraints: ConstraintSet | undefined;
}

export function demandOf(task: Readonly<TaskEntry>, regions: Interner, prices: Prices): Demand {
  const region = task.region === null ? -1 : regions.idOf(task.region);
  return {
    resourceType: task.resourceType,
    region,
    regions: task.regions === null ? undefined : regionSet(task.regions, region, regions),
    stays: task.regionMode === 'require',
    slots: task.slots,
    parts: task.parts,
    priceCap: prices.capFor(task.cost, task.maxCost ?? Number.POSITIVE_INFINITY),
    constraints: task.constraints === null ? undefined : { text: constraintsText(task.constraints), all: task.constraints },
  };
}

function regionSet(names: readonly string[], home: number, regions: Interner): readonly number[] | undefined {
  const ids = [...new Set(names.map((name) => regions.idOf(name)))].sort((a, b) => a - b);
  return ids.length === 1 && ids[0] === home ? undefined : ids;
}

/** Regions of the first ring; `undefined`: there is no such ring. */
export function reachOf({ region, regions }: Demand): readonly number[] | undefined {
  return regions ?? (region === -1 ? undefined : [region]);
}

/** The same for equal demands. A number where it is exact, which is nearly always: it is much quicker to look up. */
export function demandKey({ resourceType, region, regions, stays, slots, parts, priceCap, constraints }: Demand): number | string {
  const resource = resourceType === null ? 0 : resourceType === 'cpu' ? 1 : 2;
  const kind = ((region + 1) * 3 + resource) * 2 + (stays ? 1 : 0);
  const isPlain = regions === undefined && constraints === undefined && priceCap === Number.POSITIVE_INFINITY && parts === 1;
  if (isPlain && kind < 2 ** 16) return slots * 2 ** 16 + kind;
  return `${kind} ${slots}x${parts} ${priceCap} ${regions?.join() ?? ''} ${constraints?.text ?? ''}`;
}

/** Whether labels are as constraints ask. */
export function meets(labels: ReadonlyMap<string, LabelValue>, { all }: ConstraintSet): boolean {
  return all.every((constraint) => holds(constraint, labels.get(constraint.label)));
}
