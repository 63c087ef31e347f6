import type { Fidelity, Figures } from '../../domain/replay.ts';
import type { Ms } from '../../domain/units.ts';
import type { PoolEntry } from '../../scheduling/core.ts';

/** Below this a replay is no ground for a recommendation. */
export const leastFidelity = 0.95;
/** Waits shorter than this differ by nothing that matters. */
const shortestMs: Ms = 1_000;

/** Counts first attempts that went where they really went. */
export function createPlacementCheck(pools: readonly PoolEntry[]) {
  const byName = new Map(pools.map((pool) => [pool.name, pool]));
  let all = 0;
  let same = 0;
  let alike = 0;
  return {
    compare(real: string, pool: PoolEntry): void {
      all++;
      if (pool.name === real) same++;
      const other = byName.get(real);
      if (pool.name === real || (other !== undefined && isAlike(other, pool))) alike++;
    },
    share: () => ({ pool: all === 0 ? 1 : same / all, class: all === 0 ? 1 : alike / all }),
  };
}

function isAlike(a: PoolEntry, b: PoolEntry): boolean {
  return a.region === b.region && a.resourceType === b.resourceType && a.costPerUnit === b.costPerUnit;
}

export function fidelityOf(real: Figures, replayed: Figures, placement: { readonly pool: number; readonly class: number }): Fidelity {
  const placementBy = placement.pool >= leastFidelity ? 'pool' : 'class';
  const waitError = errorOf(real.wait.mean, replayed.wait.mean);
  const tailError = errorOf(real.wait.p95, replayed.wait.p95);
  const score = Math.max(0, Math.min(placement[placementBy], 1 - waitError, 1 - tailError));
  return { score, placement: placement[placementBy], placementBy, waitError, tailError, isGood: score >= leastFidelity };
}

function errorOf(real: Ms | null, replayed: Ms | null): number {
  return Math.abs((replayed ?? 0) - (real ?? 0)) / Math.max(real ?? 0, shortestMs);
}
