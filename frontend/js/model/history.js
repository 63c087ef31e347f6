/** Readings of the last minutes: a ring of samples, and the series drawn from it. */

/** @typedef {import('./wire.js').Sample} Sample */
/** @typedef {import('./wire.js').StatsWire} StatsWire */

export const historyMs = 120_000;
/** Width of one point. Readings closer together replace each other. */
export const stepMs = 2_000;

/**
 * @param {StatsWire} stats
 * @param {number} at epoch ms
 * @returns {Sample}
 */
export function sampleOf(stats, at) {
  return { at, finished: stats.tasks_processed, waiting: stats.tasks_pending, running: stats.tasks_by_status['processing'] ?? 0 };
}

/**
 * Adds a reading: at most one a step is kept, the newest of its step, and nothing older than the window.
 * @param {readonly Sample[]} samples oldest first
 * @param {Sample} sample
 * @returns {readonly Sample[]}
 */
export function addSample(samples, sample) {
  const last = samples.at(-1);
  const before = last && stepOf(last.at) === stepOf(sample.at) ? samples.slice(0, -1) : samples;
  return [...before.filter((each) => each.at > sample.at - historyMs - stepMs), sample];
}

/**
 * One value per step over the whole window up to `now`; a step without a reading keeps the value before it, because readings are taken when
 * something changed.
 * @param {readonly Sample[]} samples oldest first
 * @param {number} now epoch ms
 */
export function series(samples, now) {
  const steps = historyMs / stepMs;
  const first = stepOf(now) - steps;
  /** @type {{ perSecond: number[], waiting: number[], running: number[] }} */
  const out = { perSecond: [], waiting: [], running: [] };
  let index = 0;
  let current = samples[0];
  if (!current) return out;
  for (let step = first; step <= first + steps; step++) {
    const finishedBefore = current.finished;
    for (let next = samples[index]; next && stepOf(next.at) <= step; next = samples[++index]) current = next;
    if (step < stepOf(samples[0]?.at ?? 0)) continue;
    out.perSecond.push(Math.max(0, current.finished - finishedBefore) / (stepMs / 1_000));
    out.waiting.push(current.waiting);
    out.running.push(current.running);
  }
  return out;
}

/** @param {number} at */
function stepOf(at) {
  return Math.floor(at / stepMs);
}
