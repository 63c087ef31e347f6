import type { Labels } from '../../src/core/domain/label.ts';
import type { Pool, PoolSpec } from '../../src/core/domain/pool.ts';
import { type TaskTypeSpec, unlimitedType } from '../../src/core/domain/task-type.ts';
import type { InitialCatalogue } from '../../src/core/engine/catalogue.ts';

export const regions = ['us-east', 'eu-west', 'ap-east'] as const;
export const tenants = ['acme', 'blue', 'core'] as const;

function aPool(
  name: string,
  region: string,
  resourceType: Pool['resourceType'],
  costPerUnit: number,
  capacity: number,
  labels: Labels = {},
): PoolSpec {
  return {
    name,
    region,
    resourceType,
    costPerUnit,
    capacity,
    executor: 'simulated',
    types: ['*'],
    speed: 1,
    carbonGramsPerKwh: null,
    cooling: null,
    state: 'active',
    typeLimits: {},
    labels,
    simulated: { latencyMs: [1, 2], failureRatio: 0, seed: 0 },
  };
}

function aType(name: string, limits: Partial<TaskTypeSpec> = {}): TaskTypeSpec {
  return {
    name,
    description: name,
    requires: [],
    ...unlimitedType,
    timeoutMs: 5_000,
    maxAttempts: 3,
    resourceType: null,
    origin: 'catalogue',
    ...limits,
  };
}

/** Small enough to be full often, with every kind of limit. */
export const catalogue: InitialCatalogue = {
  pools: [
    aPool('east-cpu', 'us-east', 'cpu', 0.5, 3),
    aPool('east-gpu', 'us-east', 'gpu', 2, 2, { gpu_memory_gb: 24, zone: 'a' }),
    aPool('west-cpu', 'eu-west', 'cpu', 0.6, 2, { spot: 1 }),
    { ...aPool('far-cpu', 'ap-east', 'cpu', 0.6, 4, { zone: 'b' }), typeLimits: { query: 1 } },
  ],
  types: [aType('order'), aType('query', { limitTotal: 4 }), aType('train', { limitPerTenant: 2, timeoutMs: 2_000 })],
};
