import type { SimulationInput } from '../core/domain/workload.ts';
import { refused } from './refused.ts';
import type { SimulationInputBody } from './schemas/simulation.ts';

const defaultRate = 10;

/**
 * Defaults filled in.
 * @throws TaskRouterError `validation_failed`
 */
export function parseSimulation(body: SimulationInputBody, regions: readonly string[], drawSeed: () => number): SimulationInput {
  const priorityRange = body.priority_range ?? [1, 10];
  const costRange = body.cost_range ?? [0.1, 10];
  const regionBias = body.region_bias ?? null;
  const rate = body.rate ?? (body.duration === undefined ? defaultRate : body.task_count / body.duration);
  if (regionBias !== null && !regions.includes(regionBias))
    throw refused({ path: '/body/region_bias', message: `must be null or one of ${regions.join(', ')}, and it was ${regionBias}` });
  return {
    taskCount: body.task_count,
    distribution: body.distribution ?? 'random',
    regionBias,
    priorityRange: priorityRange as [number, number], // the schema asks for exactly two
    costRange: costRange as [number, number],
    pattern: body.pattern ?? null,
    rate,
    durationMs: Math.round((body.duration ?? body.task_count / rate) * 1_000),
    seed: body.seed ?? drawSeed(),
  };
}
