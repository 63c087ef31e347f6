import { roundMoney } from '../core/domain/cost.ts';
import type { FieldError } from '../core/domain/errors.ts';
import type { Rate, SpendLimit } from '../core/domain/quota.ts';
import { type Tenant, type TenantSpec, unlimitedTenant } from '../core/domain/tenant.ts';
import { merged } from './merged.ts';
import { refuseAny } from './refused.ts';
import type { RateBody, RatePatchBody, SpendBody, SpendPatchBody } from './schemas/quota.ts';
import type { TenantInputBody, TenantPatchBody } from './schemas/tenant.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function parseTenant(name: string, body: TenantInputBody): TenantSpec {
  return {
    name,
    maxRunning: body.max_running ?? unlimitedTenant.maxRunning,
    guaranteed: body.guaranteed ?? unlimitedTenant.guaranteed,
    borrow: body.borrow ?? unlimitedTenant.borrow,
    weight: body.weight ?? unlimitedTenant.weight,
    maxWaiting: body.max_waiting ?? unlimitedTenant.maxWaiting,
    rate: parseRate(body.rate),
    spend: parseSpend(body.spend),
    typeLimits: body.type_limits ?? unlimitedTenant.typeLimits,
  };
}

/**
 * The change that a merge patch makes to `tenant`: `null` takes a limit away. @see https://www.rfc-editor.org/rfc/rfc7396
 * @throws TaskRouterError `validation_failed`: every half of a limit that is missing
 */
export function parseTenantPatch(patch: TenantPatchBody, tenant: Tenant): Partial<TenantSpec> {
  const change: Writable<Partial<TenantSpec>> = {};
  const wrong: FieldError[] = [];
  if (patch.max_running !== undefined) change.maxRunning = patch.max_running;
  if (patch.guaranteed !== undefined) change.guaranteed = patch.guaranteed;
  if (patch.borrow !== undefined) change.borrow = patch.borrow;
  if (patch.weight !== undefined) change.weight = patch.weight;
  if (patch.max_waiting !== undefined) change.maxWaiting = patch.max_waiting;
  if (patch.rate !== undefined) change.rate = patchRate(patch.rate, tenant.rate, wrong);
  if (patch.spend !== undefined) change.spend = patchSpend(patch.spend, tenant.spend, wrong);
  if (patch.type_limits !== undefined) change.typeLimits = merged(tenant.typeLimits, patch.type_limits);
  refuseAny(wrong);
  return change;
}

export function parseRate(rate: RateBody | null | undefined): Rate | null {
  if (rate === undefined || rate === null) return null;
  return { perSecond: rate.per_second, burst: rate.burst ?? Math.max(1, Math.ceil(rate.per_second)) };
}

/** @param wrong takes what is missing: there is no rate whose burst could be changed */
export function patchRate(patch: RatePatchBody | null, before: Rate | null, wrong: FieldError[]): Rate | null {
  if (patch === null) return null;
  const perSecond = patch.per_second ?? before?.perSecond;
  if (perSecond === undefined) {
    wrong.push({ path: '/body/rate/per_second', message: 'is required where there was no rate' });
    return null;
  }
  const burst = patch.burst ?? before?.burst;
  return parseRate({ per_second: perSecond, ...(burst === undefined ? {} : { burst }) });
}

function parseSpend(spend: SpendBody | null | undefined): SpendLimit | null {
  if (spend === undefined || spend === null) return null;
  return { limit: roundMoney(spend.limit), window: spend.window };
}

/** @param wrong takes what is missing: there is no limit whose other half could stay */
function patchSpend(patch: SpendPatchBody | null, before: SpendLimit | null, wrong: FieldError[]): SpendLimit | null {
  if (patch === null) return null;
  const limit = patch.limit ?? before?.limit;
  const window = patch.window ?? before?.window;
  const message = 'is required where there was no limit';
  if (limit === undefined) wrong.push({ path: '/body/spend/limit', message });
  if (window === undefined) wrong.push({ path: '/body/spend/window', message });
  return limit === undefined || window === undefined ? null : parseSpend({ limit, window });
}
