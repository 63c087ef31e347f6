import { roundMoney } from '../core/domain/cost.ts';
import { type Labels, labelsProblems } from '../core/domain/label.ts';
import type { CoolingRule, Pool, PoolSpec, SimulatedSettings } from '../core/domain/pool.ts';
import { merged } from './merged.ts';
import { asPointer } from './pointer.ts';
import { refused } from './refused.ts';
import type { PoolInputBody, PoolPatchBody } from './schemas/pool.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type SimulatedPatch = NonNullable<PoolPatchBody['simulated']>;

/** As the demo's pools: 100 ms to 2 s, 5 % fail. */
const defaultSimulated: SimulatedSettings = { latencyMs: [100, 2_000], failureRatio: 0.05, seed: 1 };

/** @param body one that its schema has looked at */
export function parsePool(body: PoolInputBody): PoolSpec {
  const executor = body.executor ?? 'simulated';
  return {
    name: body.name,
    region: body.region,
    resourceType: body.resource_type,
    costPerUnit: roundMoney(body.cost_per_unit),
    capacity: body.capacity ?? 0, // left out only where its nodes have it
    executor,
    types: body.types ?? ['*'],
    speed: body.speed ?? 1,
    carbonGramsPerKwh: body.carbon_grams_per_kwh ?? null,
    state: body.state ?? 'active',
    cooling: body.cooling == null ? null : { failures: body.cooling.failures, forMs: body.cooling.for_ms },
    typeLimits: body.type_limits ?? {},
    labels: body.labels ?? {},
    simulated: parseSimulated(body.simulated, executor === 'simulated' ? defaultSimulated : null),
  };
}

/**
 * The change that a merge patch makes to `pool`: `null` takes a member away. @see https://www.rfc-editor.org/rfc/rfc7396
 * @throws TaskRouterError `validation_failed`
 */
export function parsePoolPatch(patch: PoolPatchBody, pool: Pool): Partial<PoolSpec> {
  const change: Writable<Partial<PoolSpec>> = {};
  if (patch.region !== undefined) change.region = patch.region;
  if (patch.resource_type !== undefined) change.resourceType = patch.resource_type;
  if (patch.cost_per_unit !== undefined) change.costPerUnit = roundMoney(patch.cost_per_unit);
  if (patch.capacity !== undefined) change.capacity = patch.capacity;
  if (patch.executor !== undefined) change.executor = patch.executor;
  if (patch.types !== undefined) change.types = patch.types;
  if (patch.speed !== undefined) change.speed = patch.speed;
  if (patch.carbon_grams_per_kwh !== undefined) change.carbonGramsPerKwh = patch.carbon_grams_per_kwh;
  if (patch.state !== undefined) change.state = patch.state;
  if (patch.cooling !== undefined) change.cooling = patchCooling(patch.cooling, pool.cooling);
  if (patch.type_limits !== undefined) change.typeLimits = merged(pool.typeLimits, patch.type_limits);
  if (patch.labels !== undefined) change.labels = checkedLabels(merged(pool.labels, patch.labels));
  if (patch.simulated !== undefined) change.simulated = parseSimulated(patch.simulated, pool.simulated ?? defaultSimulated);
  return change;
}

/** @throws TaskRouterError `validation_failed` */
function patchCooling(patch: NonNullable<PoolPatchBody['cooling']> | null, before: CoolingRule | null): CoolingRule | null {
  if (patch === null) return null;
  const { failures = before?.failures, for_ms: forMs = before?.forMs } = patch;
  if (failures !== undefined && forMs !== undefined) return { failures, forMs };
  throw refused({
    path: `/body/cooling/${failures === undefined ? 'failures' : 'for_ms'}`,
    message: 'is required: the pool has no rule yet',
  });
}

/** Each label was looked at, and now all of them together. */
function checkedLabels(labels: Labels): Labels {
  const [first] = labelsProblems(labels);
  if (first !== undefined)
    throw refused({ path: `/body/labels${first.label === '' ? '' : asPointer(first.label)}`, message: first.problem });
  return labels;
}

function parseSimulated(patch: SimulatedPatch | null | undefined, before: SimulatedSettings | null): SimulatedSettings | null {
  if (patch === undefined) return before;
  if (patch === null) return null;
  const { latencyMs, failureRatio, seed } = before ?? defaultSimulated;
  const [shortest, longest] = (patch.latency_ms ?? latencyMs) as readonly [number, number]; // the schema asks for exactly two, in order
  return { latencyMs: [shortest, longest], failureRatio: patch.failure_ratio ?? failureRatio, seed: patch.seed ?? seed };
}
