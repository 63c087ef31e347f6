import { type Constraint, constraintText, holds, valueText } from '../domain/constraint.ts';
import type { LabelValue } from '../domain/label.ts';
import { nearest } from '../domain/near.ts';
import type { Need } from './need.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import { poolsUpTo } from './survey.ts';

/** Names told of many. */
const mostTold = 6;

/** What no pool has of what a need asks for, and what there is instead. */
export function missingPool(need: Need, cause: 'type' | 'parts' | 'resource_type' | 'region' | 'label', pools: PoolIndex): string {
  const type = need.type.name;
  const { resourceType, constraints } = need.demand;
  if (cause === 'type') return `No pool takes tasks of type ${type}.`;
  if (cause === 'parts') return `No pool that takes tasks of type ${type} runs tasks of several parts.`;
  if (cause === 'resource_type') return `No pool that takes type ${type} has resource_type ${resourceType}.`;
  const kind = `No ${resourceType === null ? '' : `${resourceType} `}pool that takes type ${type}${need.parts === 1 ? '' : ' and runs tasks of several parts'}`;
  const near = poolsUpTo(cause, need, pools);
  if (cause === 'label') return `${kind}${placeOf(need, pools)} ${missingLabel(constraints?.all ?? [], near)}.`;
  const there = [...new Set(near.map((pool) => pools.regions.nameOf(pool.region)))];
  return `${kind} is in ${regionsOf(need, pools)}, and region_mode is require. There are such pools in ${listed(there)}.`;
}

/** `region us-east`, or `regions us-east, us-west`. */
export function regionsOf({ reach = [] }: Need, { regions }: PoolIndex): string {
  const names = reach.map((id) => regions.nameOf(id));
  return `${names.length === 1 ? 'region' : 'regions'} ${listed(names)}`;
}

function placeOf(need: Need, pools: PoolIndex): string {
  return need.demand.stays && need.reach !== undefined ? ` in ${regionsOf(need, pools)}` : '';
}

/** The first constraint that none of the pools meets; where each is met by some, how close one comes to all. */
function missingLabel(constraints: readonly Constraint[], pools: readonly PoolSlot[]): string {
  const unmet = constraints.find((one) => !pools.some((pool) => isMet(one, pool)));
  if (unmet !== undefined) return `meets ${constraintText(unmet)}: ${insteadOf(unmet, pools)}`;
  const [closest, missed] = pools
    .map((pool) => [pool, constraints.filter((one) => !isMet(one, pool))] as const)
    .reduce((best, next) => (next[1].length < best[1].length ? next : best));
  const all = constraints.map(constraintText).join(', ');
  return `meets all of ${all}: ${closest.name} comes closest, but for ${missed.map(constraintText).join(', ')}`;
}

function isMet(constraint: Constraint, pool: PoolSlot): boolean {
  return holds(constraint, pool.profile.labels.get(constraint.label));
}

/** What the label says there instead, nearest first; of a label nobody has, which others there are. */
function insteadOf(constraint: Constraint, pools: readonly PoolSlot[]): string {
  const { label } = constraint;
  const values = [...new Set(pools.map((pool) => pool.profile.labels.get(label)))].filter((value) => value !== undefined);
  if (values.length > 0) return `there ${label} is ${listed(byNearness(values, constraint).map(valueText))}`;
  const labels = [...new Set(pools.flatMap((pool) => [...pool.profile.labels.keys()]))].sort();
  const [near] = nearest(label, labels);
  return `none has the label ${label}${near === undefined ? `; labels there are ${listed(labels)}` : `, the nearest is ${near}`}`;
}

function byNearness(values: readonly LabelValue[], constraint: Constraint): readonly LabelValue[] {
  const sorted = values.toSorted((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1));
  if (constraint.op === '>' || constraint.op === '>=') return sorted.toReversed();
  if (constraint.op !== '=') return sorted;
  const { value } = constraint;
  const texts = sorted.filter((one) => typeof one === 'string');
  const near: readonly LabelValue[] =
    typeof value === 'string' ? nearest(value, texts) : sorted.filter((one) => String(one) === String(value));
  return [...new Set([...near, ...sorted])];
}

function listed(names: readonly string[]): string {
  const told = names.slice(0, mostTold).join(', ');
  return names.length > mostTold ? `${told} and ${names.length - mostTold} more` : told;
}
