import type { Ms } from './units.ts';

export const arrivalPatterns = ['steady', 'poisson', 'burst', 'diurnal', 'spike'] as const;
export type ArrivalPattern = (typeof arrivalPatterns)[number];

/** What can be generated for a replay: those of the traffic simulator, and a parallel machine's jobs. */
export const workloadPatterns = [...arrivalPatterns, 'lublin'] as const;
export type WorkloadPattern = (typeof workloadPatterns)[number];

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

/** One task of a workload: when, counted from the start, and what. */
export interface Arrival {
  readonly offsetMs: Ms;
  readonly type: string;
  readonly priority: number;
  /** Units of work, 2 decimals, at least 0.01. */
  readonly cost: number;
  readonly region: string;
}

/**
 * The tasks of a simulation, in order of arrival. The same input, world and random stream give the same tasks: a restart draws them
 * again and goes on where it stopped.
 * @param random uniform in [0, 1)
 */
export function arrivalsOf(
  input: SimulationInput,
  world: { readonly types: readonly string[]; readonly regions: readonly string[] },
  random: () => number,
): readonly Arrival[] {
  const offsetOf = input.pattern === null ? originalOffsets(input.distribution) : patternOffsets(input.pattern, input, random);
  return Array.from({ length: input.taskCount }, (_, i) => ({
    offsetMs: offsetOf(i),
    type: pick(world.types, random),
    priority: drawPriority(input, random),
    cost: drawCost(input.costRange, random),
    region: input.regionBias !== null && random() < 0.7 ? input.regionBias : pick(world.regions, random),
  }));
}

function pick(from: readonly string[], random: () => number): string {
  return from[Math.floor(random() * from.length)] ?? '';
}

/** `weighted` draws priority p with weight p, the others uniformly. */
function drawPriority({ priorityRange: [low, high], distribution }: SimulationInput, random: () => number): number {
  if (distribution !== 'weighted') return low + Math.floor(random() * (high - low + 1));
  const weight = ((low + high) * (high - low + 1)) / 2;
  let left = random() * weight;
  for (let priority = low; priority < high; priority++) {
    left -= priority;
    if (left < 0) return priority;
  }
  return high;
}

function drawCost([low, high]: readonly [number, number], random: () => number): number {
  return Math.max(0.01, Math.round((low + random() * (high - low)) * 100) / 100);
}

/** The original's `burst` pauses 100 ms after tasks 1, 11, 21, ...; the others go as fast as they are accepted. */
function originalOffsets(distribution: Distribution): (index: number) => Ms {
  return (index) => (distribution === 'burst' ? 100 * Math.ceil(index / 10) : 0);
}

const burstSize = 10;
/** Swing of `diurnal` around its mean, and the height of a `spike` above the base. */
const diurnalSwing = 0.8;
const spikeFactor = 10;

function patternOffsets(
  pattern: ArrivalPattern,
  { rate, durationMs }: { readonly rate: number; readonly durationMs: Ms },
  random: () => number,
): (index: number) => Ms {
  const gapMs = 1_000 / rate;
  if (pattern === 'steady') return (index) => index * gapMs;
  if (pattern === 'burst') return (index) => Math.floor(index / burstSize) * burstSize * gapMs;
  const relative = relativeRate(pattern, durationMs);
  const most = pattern === 'spike' ? spikeFactor : pattern === 'diurnal' ? 1 + diurnalSwing : 1;
  let atMs = 0;
  return () => {
    // Thinning (Lewis and Shedler 1979): draw at the highest rate, keep each arrival with the share the rate has at that moment.
    do atMs += (-Math.log(1 - random()) * gapMs) / most;
    while (random() * most >= relative(atMs));
    return atMs;
  };
}

/** Rate at a moment, relative to the mean rate (diurnal) or to the base rate (spike). */
function relativeRate(pattern: 'poisson' | 'diurnal' | 'spike', durationMs: Ms): (atMs: Ms) => number {
  if (pattern === 'diurnal') return (atMs) => 1 + diurnalSwing * Math.sin((2 * Math.PI * atMs) / durationMs);
  if (pattern === 'spike') return (atMs) => (atMs >= 0.4 * durationMs && atMs < 0.5 * durationMs ? spikeFactor : 1);
  return () => 1;
}
