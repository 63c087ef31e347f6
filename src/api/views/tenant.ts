import type { Rate } from '../../core/domain/quota.ts';
import type { LiveTenant } from '../../core/engine/engine.ts';
import type { TenantBody } from '../schemas/tenant.ts';

export function tenantView({ tenant, running, waiting, limits }: LiveTenant): TenantBody {
  return {
    name: tenant.name,
    max_running: tenant.maxRunning,
    guaranteed: tenant.guaranteed,
    borrow: tenant.borrow,
    weight: tenant.weight,
    max_waiting: tenant.maxWaiting,
    rate: rateView(tenant.rate),
    running,
    waiting,
    limits: limits.map(({ name, quota, windowS, left, resetS }) => ({
      policy: name,
      quota,
      window_s: windowS ?? null,
      left,
      reset_s: resetS ?? null,
    })),
    version: tenant.version,
  };
}

export function rateView(rate: Rate | null): { per_second: number; burst: number } | null {
  return rate === null ? null : { per_second: rate.perSecond, burst: rate.burst };
}
