import { namePattern } from '../../core/domain/name.ts';
import { executorNames, longestCoolingMs, mostCapacity, poolStates } from '../../core/domain/pool.ts';
import { Millis, Money, Name, Nullable, ownKeyword, Strict, StringEnum, Time } from './common.ts';
import { PatchedLabels, SetLabels } from './constraint.ts';
import type { NodeBody } from './node.ts';
import { resourceTypes } from './task.ts';
import { type Static, Type } from './type.ts';

const Simulated = Strict({
  latency_ms: Type.Array(Millis('', { maximum: 86_400_000 }), {
    minItems: 2,
    maxItems: 2,
    [ownKeyword]: 'latency',
    description: 'Shortest and longest run time; drawn uniformly between them.',
  }),
  failure_ratio: Type.Number({ minimum: 0, maximum: 1 }),
  seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
});

const cooling = {
  failures: Type.Integer({ minimum: 1, maximum: 1_000, description: 'Attempts that fail or time out one after the other.' }),
  for_ms: Millis('The first pause. Each further one is twice as long, up to an hour, until an attempt succeeds.', {
    minimum: 1_000,
    maximum: longestCoolingMs,
  }),
};
const Cooling = Strict(cooling, {
  description: 'When attempts keep failing on the pool, it takes nothing for a while. null: it takes work however much fails.',
});

/** Patterns of one string each: `*` or a name. */
const Types = Type.Array(Type.String({ pattern: `^\\*$|${namePattern}`, maxLength: 64 }), {
  minItems: 1,
  maxItems: 1_000,
  uniqueItems: true,
  description: 'Task types it accepts; ["*"] is every type its executor can run.',
});

const settable = {
  region: Name('Region.'),
  resource_type: StringEnum(resourceTypes),
  cost_per_unit: Type.Number({ minimum: 0, maximum: 1e9, description: 'Price of one unit of work.' }),
  capacity: Type.Integer({
    minimum: 0,
    maximum: mostCapacity,
    description:
      'Slots. Lowering it never stops running work. A pool of the node executor has those of its live nodes: leave it out there.',
  }),
  executor: StringEnum(executorNames),
  types: Types,
  speed: Type.Number({ minimum: 0.001, maximum: 1_000, description: 'Relative speed; 2 halves the run time.' }),
  carbon_grams_per_kwh: Nullable(
    Type.Number({ minimum: 0, maximum: 10_000, description: 'Grams of CO2 per kWh of its electricity; null when nobody said.' }),
  ),
  state: StringEnum(poolStates, { description: 'draining and paused start nothing new.' }),
};
const limit = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const limits = {
  maxProperties: 1_000,
  propertyNames: { pattern: namePattern },
  description: 'Most running attempts of a type in this pool.',
};

export const PoolInput = Strict(
  {
    name: Name('Unique.'),
    region: settable.region,
    resource_type: settable.resource_type,
    cost_per_unit: settable.cost_per_unit,
    capacity: Type.Optional(settable.capacity),
    executor: Type.Optional(settable.executor),
    types: Type.Optional(settable.types),
    speed: Type.Optional(settable.speed),
    carbon_grams_per_kwh: Type.Optional(settable.carbon_grams_per_kwh),
    state: Type.Optional(settable.state),
    type_limits: Type.Optional(Type.Record(Type.String(), limit, limits)),
    labels: Type.Optional(SetLabels),
    simulated: Type.Optional(Nullable(Simulated)),
    cooling: Type.Optional(Nullable(Cooling)),
  },
  { $id: 'PoolInput', [ownKeyword]: 'pool', description: 'A pool to be: where work can run, at what price, and how much of it at once.' },
);
export type PoolInputBody = Static<typeof PoolInput>;

/** A key that is left out stays, `null` takes a limit, a label or the whole of `simulated` or `cooling` away. */
export const PoolPatch = Strict(
  {
    ...Type.Partial(Type.Object(settable)).properties,
    type_limits: Type.Optional(Type.Record(Type.String(), Nullable(limit), limits)),
    labels: Type.Optional(PatchedLabels),
    simulated: Type.Optional(
      Nullable(
        Strict({
          latency_ms: Type.Optional(Simulated.properties.latency_ms),
          failure_ratio: Type.Optional(Simulated.properties.failure_ratio),
          seed: Type.Optional(Simulated.properties.seed),
        }),
      ),
    ),
    cooling: Type.Optional(Nullable(Strict(Type.Partial(Type.Object(cooling)).properties, { minProperties: 1 }))),
  },
  { $id: 'PoolPatch', minProperties: 1, description: 'A JSON merge patch (RFC 7396). The name of a pool cannot change.' },
);
export type PoolPatchBody = Static<typeof PoolPatch>;

/** The fields of the original beside the id, in its order. */
const original = {
  name: Type.String(),
  region: Type.String(),
  resource_type: StringEnum(resourceTypes),
  cost_per_unit: Money('Price of one unit of work.'),
  capacity: Type.Integer({ description: 'Slots.' }),
  current_load: Type.Integer({ description: 'Slots in use.' }),
};

/** Its clients declare the id as a string; it was a uuid. */
export const Worker = Strict(
  { id: Type.String({ description: 'The id of /pools as text.' }), ...original },
  { $id: 'Worker', description: "A pool as the original's clients know it." },
);
export type WorkerBody = Static<typeof Worker>;

export const Pool = Strict(
  {
    id: Type.Integer(),
    ...original,
    executor: StringEnum(executorNames),
    types: Type.Array(Type.String()),
    accepts: Nullable(Type.Array(Type.String(), { description: 'types with * resolved; null is any type.' })),
    speed: Type.Number(),
    carbon_grams_per_kwh: settable.carbon_grams_per_kwh,
    state: StringEnum(poolStates),
    unavailable: Nullable(
      Type.String({ description: 'Why its executor can run nothing on this machine, so that nothing starts here; null: it can.' }),
    ),
    type_limits: Type.Record(Type.String(), Type.Integer()),
    labels: SetLabels,
    simulated: Nullable(Simulated),
    cooling: Nullable(Cooling),
    cools_until: Nullable(Time('While attempts kept failing there: when it takes tasks again. Setting its state ends that.')),
    version: Type.Integer({ description: 'Grows with every change; the ETag.' }),
  },
  { $id: 'Pool', description: 'A pool with what runs on it now.' },
);
export type PoolBody = Static<typeof Pool>;

export const PoolList = Strict({ pools: Type.Array(Type.Unsafe<PoolBody>({ $ref: 'Pool#' })) }, { $id: 'PoolList' });
export const WorkerList = Strict(
  { worker_pools: Type.Array(Type.Unsafe<WorkerBody>({ $ref: 'Worker#' })), nodes: Type.Array(Type.Unsafe<NodeBody>({ $ref: 'Node#' })) },
  { $id: 'WorkerList' },
);
