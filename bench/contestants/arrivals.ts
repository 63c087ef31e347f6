/**
 * A thread that says when tasks arrive, whatever the receiver is doing: an open loop. Times are those at which they were meant to arrive, so
 * a receiver that stalls is charged for every task that would have come meanwhile (no coordinated omission).
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createSeededRandom } from '../../src/core/replay/seeded-random.ts';

const { rate, count, seed } = workerData as { readonly rate: number; readonly count: number; readonly seed: number };
const random = createSeededRandom(seed);
const idle = new Int32Array(new SharedArrayBuffer(4));

let at = epochMs() + 100;
for (let i = 0; i < count; i++) {
  at += (-Math.log(1 - random.next()) * 1_000) / rate; // Poisson arrivals
  const left = at - epochMs();
  if (left > 0) Atomics.wait(idle, 0, 0, left);
  parentPort?.postMessage(at);
}

/** Milliseconds on the clock that all threads share. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
