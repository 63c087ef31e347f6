import type { Ms } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';

/** The longest delay that `setTimeout` takes; a longer one would fire after 1 ms. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The real time of this machine. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    after: (delayMs, fn) => armTimer(Math.max(0, delayMs), fn),
    soon(fn) {
      setImmediate(fn);
    },
  };
}

/** Node counts in the loop's rounded time and may fire up to a millisecond early; here early means armed again, so `fn` never runs before its time. */
function armTimer(delayMs: Ms, fn: () => void): () => void {
  const dueAt = performance.now() + delayMs;
  let timer = setUnrefTimeout(delayMs, check);
  function check() {
    const left = dueAt - performance.now();
    if (left > 0) timer = setUnrefTimeout(left, check);
    else fn();
  }
  return () => clearTimeout(timer);
}

function setUnrefTimeout(delayMs: Ms, fn: () => void): NodeJS.Timeout {
  return setTimeout(fn, Math.min(Math.ceil(delayMs), longestTimeoutMs)).unref();
}
