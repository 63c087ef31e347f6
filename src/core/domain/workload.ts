import type { Ms } from './units.ts';

export const arrivalPatterns = ['steady', 'poisson', 'burst', 'diurnal', 'spike'] as const;
export type ArrivalPattern = (typeof arrivalPatterns)[number];

/** The original's words: `random` and `weighted` as fast as accepted, `burst` with a 100 ms pause after tasks 1, 11, 21, ... */
export const distributions = ['random', 'burst', 'weighted'] as const;
export type Distribution = (typeof distributions)[number];

/** What a client asks of the traffic simulator, defaults filled in. Ranges were checked at the door. */
export interface SimulationInput {
  /** 1-1000. */
  readonly taskCount: number;
  readonly distribution: Distribution;
  /** 70 % of the tasks go there, the rest uniformly over all regions. */
  readonly regionBias: string | null;
  readonly priorityRange: readonly [min: number, max: number];
  readonly costRange: readonly [min: number, max: number];
  /** `null`: the arrival times of `distribution`. */
  readonly pattern: ArrivalPattern | null;
  /** Mean arrivals per second of `pattern`. */
  readonly rate: number;
  /** Length over which `pattern` runs its course. */
  readonly durationMs: Ms;
  readonly seed: number;
}
