import { drawGamma, type Uniform } from './draws.ts';

/**
 * Size, run time and gaps of jobs of a parallel machine after the model of Lublin and Feitelson, without its two classes of jobs: sizes favour
 * 1 and powers of two, the logarithm of run times is one of two gamma distributions, small jobs being short more often, and arrivals
 * follow the day. Made in the likeness of the model, not to reproduce a published trace of it.
 * @see Lublin, Feitelson, The workload on parallel supercomputers: modeling the characteristics of rigid jobs, JPDC 2003
 */
export interface Lublin {
  /** Processors, 1 to `machine`. */
  size(): number;
  /** Whole seconds, from 1. */
  run(size: number): number;
  /** Time between two arrivals, in no unit: only the proportions matter. */
  gap(): number;
}

const serialShare = 0.244;
const powerOfTwoShare = 0.576;
/** Of the logarithm of sizes: where it begins, the share below the bend, and how far the bend lies below the largest. */
const sizes = { low: 0.8, belowBend: 0.86, bend: 2.5 } as const;
const short = { shape: 4.2, scale: 0.94 } as const;
const long = { shape: 312, scale: 0.03 } as const;
const shortShare = (size: number) => Math.min(1, Math.max(0, 0.78 - 0.0054 * size));
const gaps = { shape: 10.2303, scale: 0.4871 } as const;
/** Nothing runs longer than two days. */
const longestRunS = 172_800;
const dayS = 86_400;

export function createLublin(machine: number, random: Uniform): Lublin {
  const high = Math.log2(machine);
  const bend = Math.max(sizes.low, high - sizes.bend);
  return {
    size() {
      const kind = random();
      if (kind < serialShare || machine === 1) return 1;
      const isLow = random() < sizes.belowBend;
      const [from, to] = isLow ? [Math.min(sizes.low, high), bend] : [bend, high];
      const logarithm = from + random() * Math.max(0, to - from);
      const size = kind < serialShare + powerOfTwoShare ? 2 ** Math.round(logarithm) : Math.round(2 ** logarithm);
      return Math.min(machine, Math.max(1, size));
    },
    run(size) {
      const { shape, scale } = random() < shortShare(size) ? short : long;
      return Math.max(1, Math.round(Math.min(longestRunS, Math.exp(drawGamma(random, shape, scale)))));
    },
    gap: () => Math.exp(drawGamma(random, gaps.shape, gaps.scale)),
  };
}

/** How much more (or less) than on average comes in at the busiest (or calmest) hour, 14:00 (2:00): five times as much by day as by night. */
const swing = 2 / 3;
const busiestS = 14 * 3_600;

/**
 * Moves a moment so that even arrivals become those of people who work by day: fewer at night, more after noon, as many a day.
 * @param even seconds
 */
export function byDay(even: number): number {
  const omega = (2 * Math.PI) / dayS;
  // The integral of 1 + swing · cos(omega (t - busiest)), from 0.
  const arrivedBy = (t: number) => t + (swing / omega) * (Math.sin(omega * (t - busiestS)) + Math.sin(omega * busiestS));
  let low = even - (2 * swing) / omega;
  let high = even + (2 * swing) / omega;
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (arrivedBy(middle) < even) low = middle;
    else high = middle;
  }
  return high;
}
