import { type BundleSettings, defaultBundleSettings } from '../core/domain/bundle.ts';
import type { FieldError } from '../core/domain/errors.ts';
import { type TaskType, type TaskTypeSpec, unlimitedType } from '../core/domain/task-type.ts';
import { parseRate, patchRate } from './parse-quota.ts';
import { refuseAny } from './refused.ts';
import type { BundleSettingsInputBody } from './schemas/bundle.ts';
import type { TaskTypeInputBody, TaskTypePatchBody } from './schemas/task-type.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function parseType(name: string, body: TaskTypeInputBody, origin: TaskType['origin']): TaskTypeSpec {
  return {
    ...unlimitedType,
    name,
    description: body.description ?? '',
    requires: body.requires ?? [],
    limitTotal: body.limit_total ?? null,
    limitPerTenant: body.limit_per_tenant ?? null,
    limitWaiting: body.limit_waiting ?? null,
    rate: parseRate(body.rate),
    betweenTenants: body.between_tenants ?? unlimitedType.betweenTenants,
    timeoutMs: body.timeout_ms ?? 60_000,
    maxAttempts: body.max_attempts ?? 3,
    resourceType: body.resource_type ?? null,
    bundle: parseBundle(body.bundle, defaultBundleSettings),
    origin,
  };
}

/**
 * What a merge patch makes of `type`: `null` takes a limit away. @see https://www.rfc-editor.org/rfc/rfc7396
 * @throws TaskRouterError `validation_failed`
 */
export function parseTypePatch(patch: TaskTypePatchBody, { version: _version, ...type }: TaskType): TaskTypeSpec {
  const changed: Writable<TaskTypeSpec> = { ...type };
  if (patch.description !== undefined) changed.description = patch.description;
  if (patch.requires !== undefined) changed.requires = patch.requires;
  if (patch.limit_total !== undefined) changed.limitTotal = patch.limit_total;
  if (patch.limit_per_tenant !== undefined) changed.limitPerTenant = patch.limit_per_tenant;
  if (patch.limit_waiting !== undefined) changed.limitWaiting = patch.limit_waiting;
  const wrong: FieldError[] = [];
  if (patch.rate !== undefined) changed.rate = patchRate(patch.rate, type.rate, wrong);
  if (patch.between_tenants !== undefined) changed.betweenTenants = patch.between_tenants;
  if (patch.timeout_ms !== undefined) changed.timeoutMs = patch.timeout_ms;
  if (patch.max_attempts !== undefined) changed.maxAttempts = patch.max_attempts;
  if (patch.resource_type !== undefined) changed.resourceType = patch.resource_type;
  if (patch.bundle !== undefined) changed.bundle = parseBundle(patch.bundle, type.bundle ?? defaultBundleSettings);
  refuseAny(wrong);
  return changed;
}

/** @param otherwise what is not said */
function parseBundle(body: BundleSettingsInputBody | null | undefined, otherwise: BundleSettings): BundleSettings | null {
  if (body === null || body === undefined) return null;
  return {
    network: body.network ?? otherwise.network,
    memoryMb: body.memory_mb ?? otherwise.memoryMb,
    processes: body.processes ?? otherwise.processes,
    diskMb: body.disk_mb ?? otherwise.diskMb,
    keepHours: body.keep_hours === undefined ? otherwise.keepHours : body.keep_hours,
  };
}
