import { type FieldError, TaskRouterError } from '../core/domain/errors.ts';
import type { SimulationInput } from '../core/domain/workload.ts';
import type { SimulationInputBody } from './schemas/simulation.ts';

const defaultRate = 10;

/**
 * Defaults filled in, ranges in order.
 * @throws TaskRouterError `validation_failed`
 */
export function parseSimulation(body: SimulationInputBody, regions: readonly string[], drawSeed: () => number): SimulationInput {
  const priorityRange = body.priority_range ?? [1, 10];
  const costRange = body.cost_range ?? [0.1, 10];
  const regionBias = body.region_bias ?? null;
  const rate = body.rate ?? (body.duration === undefined ? defaultRate : body.task_count / body.duration);
  const errors = [
    ...inOrder('priority_range', priorityRange),
    ...inOrder('cost_range', costRange),
    ...(regionBias === null || regions.includes(regionBias) ? [] : [unknownRegion(regionBias, regions)]),
  ];
  const [first] = errors;
  if (first !== undefined)
    throw new TaskRouterError('validation_failed', `${first.path.slice('/body/'.length)} ${first.message}.`, { errors });
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

function inOrder(field: string, [least = 0, most = 0]: readonly number[]): FieldError[] {
  if (least <= most) return [];
  return [{ path: `/body/${field}`, message: `must be [smallest, largest], and it was [${least}, ${most}]` }];
}

function unknownRegion(region: string, regions: readonly string[]): FieldError {
  return { path: '/body/region_bias', message: `must be null or one of ${regions.join(', ')}, and it was ${region}` };
}
