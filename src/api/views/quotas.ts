import { roundMoney } from '../../core/domain/cost.ts';
import type { EpochMs } from '../../core/domain/units.ts';
import type { Quota } from '../../core/engine/quotas.ts';
import type { QuotaListBody } from '../schemas/quotas.ts';
import { isoTime, isoTimeOrNull } from '../time.ts';

export function quotasView(quotas: readonly Quota[], limit: number, at: EpochMs): QuotaListBody {
  return {
    as_of: isoTime(at),
    total: quotas.length,
    quotas: quotas.slice(0, limit).map(({ used, until, ...quota }) => ({ ...quota, used: roundMoney(used), until: isoTimeOrNull(until) })),
  };
}
