import type { Outcome } from '../domain/attempt.ts';
import type { SimulatedSettings } from '../domain/pool.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptHandle, Executor } from '../ports/executor.ts';
import { drawTwo } from './attempt-draws.ts';

/** The original's: 100 ms to 2 s, one attempt in twenty fails. For pools that state no settings. */
export const defaultSimulatedSettings: SimulatedSettings = { latencyMs: [100, 2_000], failureRatio: 0.05, seed: 0 };

const stopped: Outcome = { kind: 'stopped' };

/**
 * Runs nothing: waits a drawn latency, divided by the pool's speed, then succeeds with no result or fails. What it draws depends only on the pool's seed,
 * the task's seq and the attempt's number, so a run can be repeated whatever else runs beside it.
 */
export function createSimulatedExecutor({ clock }: { readonly clock: Clock }): Executor {
  const running = new Set<(outcome: Outcome) => void>();
  let isClosed = false;

  return {
    name: 'simulated',
    types: undefined,
    run(attempt) {
      if (isClosed) return Promise.resolve(stopped);
      const plan = planOf(attempt);
      return new Promise((resolve) => {
        const settle = (outcome: Outcome) => {
          running.delete(settle);
          callOff();
          leave();
          resolve(outcome);
        };
        const callOff = clock.after(plan.latencyMs, () => settle(plan.outcome));
        running.add(settle);
        let leave = () => {}; // it may be stopped before it is told how to leave
        leave = attempt.onStop(() => settle(stopped));
      });
    },
    async close() {
      isClosed = true;
      for (const settle of [...running]) settle(stopped);
    },
  };
}

/** What becomes of an attempt, and after how long. */
function planOf({ task, attempt, pool, part }: AttemptHandle): { latencyMs: number; outcome: Outcome } {
  const { latencyMs, failureRatio, seed } = pool.simulated ?? defaultSimulatedSettings;
  const [forLatency, forFailure] = drawTwo(seed, task.seq, attempt, part?.index);
  const [shortest, longest] = latencyMs;
  return {
    latencyMs: (shortest + forLatency * (longest - shortest)) / pool.speed,
    outcome:
      forFailure < failureRatio
        ? {
            kind: 'failed',
            code: 'simulated_failure',
            message: `Drawn to fail: the pool ${pool.name} has a failure ratio of ${failureRatio}.`,
            retryable: true,
          }
        : { kind: 'succeeded', result: null },
  };
}
