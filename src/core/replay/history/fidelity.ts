import type { Fidelity, Figures, Proof } from '../../domain/replay.ts';
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

/**
 * Whether the replay decides as the server does, and whether its waits come out as they were. Where a pool is nearly full, an end a millisecond
 * earlier sends every task behind it elsewhere, so that free placement says little of the first; decisions made again on what was told say it exactly.
 */
export function fidelityOf(
  real: Figures,
  replayed: Figures,
  free: { readonly pool: number; readonly class: number },
  proof: Pick<Proof, 'outcome'>,
): Fidelity {
  const freeBy = free.pool >= leastFidelity ? 'pool' : 'class';
  const freePlacement = free[freeBy];
  const [placement, placementBy] = proof.outcome === 'proved' ? ([1, 'decisions'] as const) : ([freePlacement, freeBy] as const);
  const waitError = errorOf(real.wait.mean, replayed.wait.mean);
  const tailError = errorOf(real.wait.p95, replayed.wait.p95);
  const score = proof.outcome === 'differs' ? 0 : Math.max(0, Math.min(placement, 1 - waitError, 1 - tailError));
  return { score, placement, placementBy, freePlacement, waitError, tailError, isGood: score >= leastFidelity };
}

function errorOf(real: Ms | null, replayed: Ms | null): number {
  return Math.abs((replayed ?? 0) - (real ?? 0)) / Math.max(real ?? 0, shortestMs);
}
