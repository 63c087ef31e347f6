import { roundMoney } from '../../core/domain/cost.ts';
import type { Rate } from '../../core/domain/quota.ts';
import type { LiveTenant } from '../../core/engine/engine.ts';
import type { TenantBody } from '../schemas/tenant.ts';
import { isoTime } from '../time.ts';

export function tenantView(live: LiveTenant): TenantBody {
  const { tenant, running, waiting, limits } = live;
  return {
    name: tenant.name,
    max_running: tenant.maxRunning,
    guaranteed: tenant.guaranteed,
    borrow: tenant.borrow,
    weight: tenant.weight,
    max_waiting: tenant.maxWaiting,
    rate: rateView(tenant.rate),
    spend: tenant.spend === null ? null : { ...tenant.spend },
    type_limits: { ...tenant.typeLimits },
    spending: spendingView(live),
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

function spendingView({ tenant, spending }: LiveTenant): TenantBody['spending'] {
  if (tenant.spend === null || spending === undefined) return null;
  const { spent, reserved, until } = spending;
  return { spent, reserved, left: Math.max(0, roundMoney(tenant.spend.limit - spent - reserved)), until: isoTime(until) };
}

export function rateView(rate: Rate | null): { per_second: number; burst: number } | null {
  return rate === null ? null : { per_second: rate.perSecond, burst: rate.burst };
}
