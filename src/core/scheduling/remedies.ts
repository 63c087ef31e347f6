import { type Constraint, constraintsText, constraintText, holds } from '../domain/constraint.ts';
import { priceOf } from '../domain/cost.ts';
import type { FitCheck } from './fit-checks.ts';
import { regionsOf } from './missing-pool.ts';
import type { Need } from './need.ts';
import { missesOf } from './pool-fits.ts';
import type { PoolIndex } from './pool-index.ts';
import type { PoolSlot } from './pool-slot.ts';
import type { ClearedBy, MissingCause } from './reasons.ts';
import { makerOf, type Remedy } from './relaxation.ts';
import { machinesShort, type Survey } from './survey.ts';

/** Of one kind, the smallest ones. */
const toldOfKind = 2;

/** What comes and goes by itself, or would be a change more. */
const passing: readonly FitCheck[] = ['state', 'type_limit', 'room'];
/** What constraints ask for like labels, and no label can say. */
const fields: readonly string[] = ['region', 'resource_type'];

interface Subject {
  readonly need: Need;
  readonly cost: number;
  readonly maxCost: number | null;
}

/** A remedy before the smallest are told. */
type Found = Remedy & { readonly size: number };

/**
 * What would let a task that no pool could run wait for room like any other: single changes of one pool or of the task, by what the closest
 * pools lack, and a pool to add where no operator could change one that is there. Nothing is tried: room comes and goes. O(pools).
 */
export function remediesFor(subject: Subject, survey: Survey, pools: PoolIndex): Remedy[] {
  const { need } = subject;
  const { missing } = survey;
  if (missing === undefined) return survey.mayRun.length > 0 ? [] : smallest(opened(need, pools));
  const misses = [...pools.all()].map((pool) => [pool, lastingMisses(need, pool, pools)] as const);
  const active = misses.filter(([{ state }]) => state === 'active');
  // Pools that take nothing now come in where no other would do.
  const told = [active, misses].map((some) => smallest(changesOn(some, subject, survey, pools))).find((some) => some.length > 0) ?? [];
  const isFor = (who: ClearedBy) => told.some(({ change }) => makerOf(change) === who);
  if (missing === 'price') return isFor('submitter') ? told : [...told, ...together(misses, subject, survey, pools)];
  const steps = missing !== 'slots' || isFor('submitter') ? [] : together(misses, subject, survey, pools);
  return [...told, ...steps, ...(isFor('operator') ? [] : [poolToAdd(need, missing, pools)])];
}

/** Of pools that would do and take nothing now. What changes by itself is left out. */
function opened(need: Need, pools: PoolIndex): Found[] {
  return [...pools.all()].flatMap((pool): Found[] => {
    const { id: poolId, name: subject, costPerUnit: size, state, closedBy } = pool;
    if (state === 'active' || lastingMisses(need, pool, pools).length > 0) return [];
    if (closedBy === 'no_node') return [{ change: 'start_node', subject, from: null, to: null, poolId, size }];
    return closedBy === undefined ? [{ change: 'resume_pool', subject, from: state, to: 'active', poolId, size }] : [];
  });
}

/** Where no change would do alone: all that the closest pool lacks. */
function together(all: Misses, subject: Subject, survey: Survey, pools: PoolIndex): Remedy[] {
  const { need } = subject;
  const able = all.filter(([pool]) => pool.largestFor(need.type.id) > 0);
  const some = able.length > 0 ? able : all;
  const [closest] = some.toSorted(([a, one], [b, other]) => one.length - other.length || a.costPerUnit - b.costPerUnit);
  if (closest === undefined) return [];
  const [pool, misses] = closest;
  const changes = misses.flatMap((miss) => byMiss(miss, subject, pool, pools));
  const larger = misses.includes('slots') && !lacksMachinesAlone(misses) ? moreMachines(need, survey, pool) : [];
  const most = pool.mostParts(need.type.id, Math.min(need.slots, pool.largestFor(need.type.id)));
  const isTooMany = most > 0 && most < need.parts && !misses.includes('parts');
  const fewer: Found[] = isTooMany ? [{ change: 'fewer_parts', subject: '', from: need.parts, to: most, poolId: pool.id, size: 0 }] : [];
  return smallest([...changes, ...larger, ...fewer]).map((remedy) => ({ ...remedy, isStep: true }));
}

type Misses = readonly (readonly [pool: PoolSlot, misses: readonly FitCheck[]])[];

function changesOn(all: Misses, subject: Subject, survey: Survey, pools: PoolIndex): Found[] {
  const { need } = subject;
  const single = all.flatMap(([pool, [miss, more]]) => {
    const isOne = miss !== undefined && more === undefined;
    // A pool that is there for other work is told to take this only where none is there for it.
    if (!isOne || (miss === 'type' && survey.missing !== 'type')) return [];
    return byMiss(miss, subject, pool, pools).filter((one) => holdsAll(one, need, pool, survey));
  });
  const able = survey.missing === 'slots' ? all.filter(([, misses]) => lacksMachinesAlone(misses)) : [];
  const larger = able.flatMap(([pool]) => moreMachines(need, survey, pool));
  return need.parts > 1 && survey.parts > 0 ? [...single, ...larger, ...forParts(need, survey, all)] : [...single, ...larger];
}

/** If it has any: then they would do without another change. */
function lacksMachinesAlone(misses: readonly FitCheck[]): boolean {
  return misses.every((miss) => miss === 'slots' || miss === 'parts');
}

/** Where a pool lacks machines that are large enough, and there may be such. */
function moreMachines(need: Need, survey: Survey, { isOfMachines, id: poolId, name: subject, costPerUnit: size }: PoolSlot): Found[] {
  const machines = isOfMachines ? machinesShort(need, survey) : undefined;
  if (machines === undefined) return [];
  const nodes = need.parts === 1 ? {} : { nodes: machines.count };
  return [{ change: 'start_node', subject, from: null, to: machines.slots, ...nodes, poolId, size }];
}

/** Whether all parts would find a place on the pool and those that would do already. */
function holdsAll({ change, to }: Found, need: Need, pool: PoolSlot, { parts }: Survey): boolean {
  if (need.parts === 1 || change === 'fewer_parts') return true;
  return parts + pool.mostParts(need.type.id, change === 'fewer_slots' ? Number(to) : need.slots) >= need.parts;
}

function lastingMisses(need: Need, pool: PoolSlot, pools: PoolIndex): FitCheck[] {
  return missesOf(need, pool, pools).filter((miss) => !passing.includes(miss));
}

/** What would do where this is all that a pool lacks. */
function byMiss(miss: FitCheck, { need, cost, maxCost }: Subject, pool: PoolSlot, pools: PoolIndex): Found[] {
  const { demand, type } = need;
  const there = { poolId: pool.id, size: pool.costPerUnit, from: null };
  switch (miss) {
    case 'type':
      return [{ ...there, change: 'add_type', subject: pool.name, to: type.name }];
    case 'parts':
      return pool.largestFor(type.id) < need.slots ? [] : [{ ...there, change: 'fewer_parts', subject: '', from: need.parts, to: 1 }];
    case 'resource_type':
      return [{ ...there, change: 'drop_resource_type', subject: '', from: demand.resourceType, to: null }];
    case 'region':
      return [{ ...there, change: 'allow_region', subject: pools.regions.nameOf(pool.region), to: null }];
    case 'label':
      return byLabels(demand.constraints?.all ?? [], pool, there);
    case 'price': {
      const to = priceOf(cost, pool.costPerUnit);
      return [{ ...there, change: 'raise_max_cost', subject: '', from: maxCost, to, size: to }];
    }
    case 'slots': {
      const most = pool.largestFor(type.id);
      const fewer: Found[] = most < 1 ? [] : [{ ...there, change: 'fewer_slots', subject: '', from: need.slots, to: most, size: -most }];
      const { capacity } = pool;
      // Where single machines bound a task, slots of the pool are not what is missing.
      if (pool.isOfMachines || most < capacity || (need.parts > 1 && most > 0)) return fewer;
      return [
        ...fewer,
        { ...there, change: 'add_capacity', subject: pool.name, from: capacity, to: need.slots, size: need.slots - capacity },
      ];
    }
    default:
      return [];
  }
}

function byLabels(constraints: readonly Constraint[], pool: PoolSlot, there: Pick<Found, 'poolId' | 'size' | 'from'>): Found[] {
  const { labels } = pool.profile;
  const unmet = constraints.filter((one) => !holds(one, labels.get(one.label)));
  const [first] = unmet;
  if (first === undefined) return [];
  const said = [...new Set(unmet.map(({ label }) => `${label}: ${labels.get(label) ?? 'none'}`))].join(', ');
  const relabel: Found = { ...there, change: 'set_labels', subject: pool.name, from: said, to: constraintsText(unmet) };
  return [
    ...(unmet.some(({ label }) => fields.includes(label)) ? [] : [{ ...relabel, size: unmet.length * 1e12 + there.size }]),
    ...(unmet.length === 1 ? [{ ...there, change: 'drop_constraint' as const, subject: constraintText(first), to: null }] : []),
  ];
}

/** Each part fits, and there is not room for all of them even where nothing else runs. */
function forParts(need: Need, { parts }: Survey, all: Misses): Found[] {
  const [pool] = all.flatMap(([one, misses]) => (misses.length === 0 ? [one] : []));
  if (pool === undefined) return [];
  const { id: poolId, name, capacity, caps } = pool;
  const fewer: Found = { change: 'fewer_parts', subject: '', from: need.parts, to: parts, poolId, size: 0 };
  if (pool.isOfMachines || pool.largestFor(need.type.id) < capacity || caps?.has(need.type.id)) return [fewer];
  const to = Math.floor(capacity / need.slots) * need.slots + (need.parts - parts) * need.slots;
  return [fewer, { change: 'add_capacity', subject: name, from: capacity, to, poolId, size: to - capacity }];
}

/** By kind, each change once. */
function smallest(found: readonly Found[]): Remedy[] {
  const kinds = new Map<string, Found[]>();
  for (const one of found.toSorted((a, b) => a.size - b.size)) {
    const same = kinds.get(one.change) ?? [];
    kinds.set(one.change, same);
    if (same.length < toldOfKind && !same.some(({ subject, to }) => subject === one.subject && to === one.to)) same.push(one);
  }
  return [...kinds.values()].flatMap((some) => some.map(({ size: _, ...remedy }) => remedy));
}

/** All that it would have to be. */
function poolToAdd(need: Need, missing: MissingCause, pools: PoolIndex): Remedy {
  const { resourceType, constraints } = need.demand;
  const asked = constraints === undefined ? [] : [`labels that meet ${constraints.text}`];
  const wanted = [
    `for type ${need.type.name}`,
    ...(resourceType === null ? [] : [`with resource_type ${resourceType}`]),
    ...(need.demand.stays && need.reach !== undefined ? [`in ${need.reach.length === 1 ? '' : 'one of '}${regionsOf(need, pools)}`] : []),
    ...(asked.length === 0 ? [] : [`with ${asked.join(' and ')}`]),
    ...(need.slots === 1 ? [] : [`where one task may have ${need.slots} slots`]),
    ...(need.parts === 1
      ? []
      : [missing === 'parts' ? 'that runs tasks of several parts' : `for ${need.parts} parts together with the others`]),
  ];
  return { change: 'add_pool', subject: '', from: null, to: wanted.join(', '), poolId: undefined };
}
