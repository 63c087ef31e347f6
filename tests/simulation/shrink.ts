import type { FaultKind } from './knobs.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import type { Tampering } from './tampering.ts';

/**
 * Turns kinds of faults off, one by one, for as long as the same rule is broken: what is left is what it takes.
 * @param base kinds that were off already
 * @param plant makes the planted bug anew for every run
 * @returns the smallest failing run, and every kind that is off in it
 */
export async function shrink(
  failed: SimulationResult,
  base: readonly FaultKind[] = [],
  plant?: () => Tampering,
): Promise<{ readonly smallest: SimulationResult; readonly without: readonly FaultKind[] }> {
  const rule = failed.problems[0]?.rule;
  let smallest = failed;
  let without = base;
  for (const kind of failed.knobs.on) {
    const attempt = [...without, kind];
    const result = await simulate({ seed: failed.seed, without: attempt, ...(plant === undefined ? {} : { tampering: plant() }) });
    if (!result.problems.some((problem) => problem.rule === rule)) continue;
    without = attempt;
    smallest = result;
  }
  return { smallest, without };
}

/** The command that shows this failure again. */
export function commandFor({ seed, atMs }: SimulationResult, without: readonly FaultKind[] = [], bug?: string): string {
  const extra = [...(without.length > 0 ? [`--without=${without.join(',')}`] : []), ...(bug === undefined ? [] : [`--bug=${bug}`])];
  return ['npm run sim --', `--seed=${seed}`, ...extra, `--until=${Math.ceil(atMs)}`, '--trace'].join(' ');
}
