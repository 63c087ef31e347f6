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
 * One value per step over the window up to `now`. A step without a reading keeps the value before it and has no rate, because readings are
 * taken when something changed.
 * @param {readonly Sample[]} samples oldest first
 * @param {number} now epoch ms
 */
export function series(samples, now) {
  /** @type {{ perSecond: number[], waiting: number[], running: number[] }} */
  const out = { perSecond: [], waiting: [], running: [] };
  const byStep = new Map(samples.map((sample) => [stepOf(sample.at), sample]));
  const last = stepOf(now);
  /** @type {Sample | undefined} */
  let current;
  for (const [step, sample] of byStep) if (step < last - historyMs / stepMs) current = sample;
  for (let step = last - historyMs / stepMs; step <= last; step++) {
    const next = byStep.get(step);
    const before = current;
    current = next ?? current;
    if (!current) continue;
    out.perSecond.push(next && before ? rate(before, next) : 0);
    out.waiting.push(current.waiting);
    out.running.push(current.running);
  }
  return out;
}

/** Readings do not come on the beat, so their own times count; after a silence only the last step does. @param {Sample} from @param {Sample} to */
function rate(from, to) {
  const ms = to.at - from.at > 3 * stepMs ? stepMs : to.at - from.at;
  return Math.max(0, to.finished - from.finished) / (ms / 1_000);
}

/** @param {number} at */
function stepOf(at) {
  return Math.floor(at / stepMs);
}
