import type { EpochMs } from '../../domain/units.ts';
import type { WindowWorld, WorldChange } from './window-world.ts';

/** Speed of a pool at a time, as the record has it; 1 for one it does not know. */
export function poolSpeeds({ start, changes }: WindowWorld): (pool: string, at: EpochMs) => number {
  const steps = new Map<string, { readonly at: EpochMs; readonly speed: number }[]>();
  const see = (at: EpochMs, change: WorldChange) => {
    if (change.kind !== 'pool') return;
    const { name, speed } = change.pool;
    const known = steps.get(name) ?? [];
    steps.set(name, known);
    if (known.at(-1)?.speed !== speed) known.push({ at, speed });
  };
  for (const change of start) see(Number.NEGATIVE_INFINITY, change);
  for (const { at, change } of changes) see(at, change);
  return (pool, at) => {
    const known = steps.get(pool);
    if (known === undefined) return 1;
    // Nearly always there is one.
    if (known.length === 1) return known[0]?.speed ?? 1;
    return known.findLast((step) => step.at <= at)?.speed ?? known[0]?.speed ?? 1;
  };
}
