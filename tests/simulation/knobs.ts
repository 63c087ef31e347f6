import type { Ms } from '../../src/core/domain/units.ts';
import type { SeededRandom } from '../../src/core/replay/seeded-random.ts';
import { chance, oneOf, uniform } from './draws.ts';

const firstKinds = [
  'crashes',
  'commit-crashes',
  'full-disk',
  'failed-disk',
  'slow-disk',
  'wall-jumps',
  'failing-work',
  'hanging-work',
  'lost-work',
  'stubborn-work',
  'zombies',
  'pool-changes',
  'type-changes',
  'switches',
  'cancels',
  'retries',
  'drains',
  'traffic',
  'retention',
] as const;
/** Drawn by themselves, so that the seeds that broke something once are still the same runs. */
const laterKinds = ['tenant-changes', 'labels', 'dependencies', 'nodes', 'gangs', 'cooling'] as const;

/** They make a run half as long again. */
const nodesRatio = 0.25;

/** What can go wrong or be changed while it runs. Each is switched off in half of the seeds, or the rare orders never come. */
export const faultKinds = [...firstKinds, ...laterKinds] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How strong everything is in one seed. Drawn, not fixed. */
export interface Knobs {
  readonly on: ReadonlySet<FaultKind>;
  /** Faults, clients and operators stop here; then everything must come to rest. */
  readonly faultsStopMs: Ms;
  /** Mean time between two submits of a client. */
  readonly submitEveryMs: Ms;
  /** Tasks the clients make at most. */
  readonly maxTasks: number;
  readonly largestBatch: number;
  readonly crashEveryMs: Ms;
  /** Probability that a commit is where the process dies. */
  readonly commitCrashRatio: number;
  readonly runMs: readonly [min: Ms, max: Ms];
  readonly commitMs: Ms;
  readonly zombieRatio: number;
  /** Mean time between two acts of each operator. */
  readonly operateEveryMs: Ms;
  readonly maxWaiting: number;
  readonly keepMs: Ms;
  readonly keepTasks: number;
}

/** @param without kinds to leave out, whatever the seed drew: what shrinking turns off */
export function drawKnobs(random: SeededRandom, without: readonly FaultKind[] = []): Knobs {
  const draws = random.fork('knobs');
  const drawn = [
    ...firstKinds.filter(() => chance(draws, 0.5)),
    ...laterKinds.filter((kind) => chance(random.fork(kind), kind === 'nodes' ? nodesRatio : 0.5)),
  ];
  const on = new Set<FaultKind>(drawn.filter((kind) => !without.includes(kind)));
  const slowness = oneOf(draws, [1, 5, 20]);
  // Retention runs once a minute: some runs are long enough to have it among the faults.
  const length = oneOf(random.fork('length'), [1, 1, 1, 4]);
  return {
    on,
    faultsStopMs: length * uniform(draws, 5_000, 40_000),
    submitEveryMs: oneOf(draws, [50, 200, 800]),
    maxTasks: oneOf(draws, [30, 80, 160]),
    largestBatch: oneOf(draws, [1, 8, 64]),
    crashEveryMs: oneOf(draws, [2_000, 15_000]),
    commitCrashRatio: oneOf(draws, [0.003, 0.03]),
    runMs: [5 * slowness, 400 * slowness],
    commitMs: oneOf(draws, [1, 20, 100]),
    zombieRatio: oneOf(draws, [0.02, 0.05, 0.3]),
    operateEveryMs: oneOf(draws, [500, 5_000]),
    maxWaiting: oneOf(draws, [10_000, 20]),
    keepMs: oneOf(draws, [20_000, 3_600_000]),
    keepTasks: oneOf(draws, [1_000, 25]),
  };
}
