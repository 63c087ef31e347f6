import { roundMoney } from '../core/domain/cost.ts';
import type { TaskInput } from '../core/domain/task-input.ts';
import type { EpochMs } from '../core/domain/units.ts';
import { constraintsOf } from './constraints.ts';
import { refused } from './refused.ts';
import type { TaskInputBody } from './schemas/task.ts';

const maxMetadataBytes = 65_536;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The engine's words for a body that fits its schema. Only what was said is set: the engine fills in the rest.
 * @param bodyLength characters of the body it came in: a short one cannot hold too much metadata
 * @throws TaskRouterError `validation_failed` for what a schema cannot say
 */
export function parseTask(body: TaskInputBody, bodyLength: number, root = '/body'): TaskInput {
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
  if (body.metadata !== undefined) {
    if (bodyLength > maxMetadataBytes) checkMetadata(body.metadata, `${root}/metadata`);
    input.metadata = body.metadata;
  }
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

/** @throws TaskRouterError `validation_failed`: a form that is valid and a time that is none, such as a leap second */
export function parseTime(value: string | null, path: string): EpochMs | null {
  if (value === null) return null;
  const at = Date.parse(value);
  if (!Number.isFinite(at) || at < 0 || at > maxTime) throw refused({ path, message: 'must be a time between 1970 and 9999' });
  return at;
}
const maxTime = Date.parse('9999-12-31T23:59:59.999Z');

function checkMetadata(metadata: unknown, path: string): void {
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxMetadataBytes) throw refused({ path, message: 'must be at most 64 KiB of JSON' });
}
