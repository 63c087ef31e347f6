import { roundMoney } from '../core/domain/cost.ts';
import type { TaskInput } from '../core/domain/task-input.ts';
import type { EpochMs } from '../core/domain/units.ts';
import { constraintsOf } from './constraints.ts';
import { refused } from './refused.ts';
import type { TaskInputBody } from './schemas/task.ts';
import { aTime, timeOf } from './time.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The engine's words for a body that fits its schema. Only what was said is set: the engine fills in the rest.
 * @throws TaskRouterError `validation_failed` where no schema has looked at it
 */
export function parseTask(body: TaskInputBody, root = '/body'): TaskInput {
  const input: Writable<TaskInput> = { type: body.type };
  if (body.tenant !== undefined) input.tenant = body.tenant;
  if (body.priority !== undefined) input.priority = Number(body.priority);
  if (body.cost !== undefined) input.cost = parseCost(body.cost, `${root}/cost`);
  if (body.region !== undefined) input.region = body.region;
  if (body.regions !== undefined) input.regions = body.regions;
  if (body.region_mode !== undefined) input.regionMode = body.region_mode;
  if (body.resource_type !== undefined) input.resourceType = body.resource_type;
  if (body.constraints !== undefined) input.constraints = constraintsOf(body.constraints, `${root}/constraints`);
  if (body.slots !== undefined) input.slots = body.slots;
  if (body.parts !== undefined) input.parts = body.parts;
  if (body.estimate_ms !== undefined) input.estimateMs = body.estimate_ms;
  if (body.deadline !== undefined) input.deadline = parseTime(body.deadline, `${root}/deadline`);
  if (body.max_cost !== undefined) input.maxCost = body.max_cost === null ? null : roundMoney(body.max_cost);
  if (body.run_at !== undefined) input.runAt = parseTime(body.run_at, `${root}/run_at`);
  if (body.timeout_ms !== undefined) input.timeoutMs = body.timeout_ms;
  if (body.max_attempts !== undefined) input.maxAttempts = body.max_attempts;
  if (body.metadata !== undefined) input.metadata = body.metadata;
  if (body.payload !== undefined) input.payload = body.payload;
  if (body.depends_on !== undefined)
    input.dependsOn = body.depends_on.map((parent) => (typeof parent === 'object' ? parent : { task: parent }));
  if (body.on_parent_failure !== undefined) input.onParentFailure = body.on_parent_failure;
  if (body.accept_unroutable !== undefined) input.acceptUnroutable = body.accept_unroutable;
  return input;
}

function parseCost(value: number | string, path: string): number {
  const cost = roundMoney(Number(value));
  if (cost <= 0) throw refused({ path, message: 'must be at least 0.000001' });
  return cost;
}

/** @throws TaskRouterError `validation_failed`: no schema has looked at it */
export function parseTime(value: string | null, path: string): EpochMs | null {
  if (value === null) return null;
  const at = timeOf(value);
  if (at === undefined) throw refused({ path, message: `must be ${aTime}` });
  return at;
}
