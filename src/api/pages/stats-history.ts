import { addSample, stepMs } from '../../../frontend/js/model/history.js';
import type { Sample } from '../../../frontend/js/model/wire.js';
import type { ApiDeps } from '../deps.ts';

export interface StatsHistory {
  /** Readings of the last minutes, oldest first, the present one last. */
  samples(): readonly Sample[];
  close(): void;
}

/**
 * Keeps the readings that the drawings of the overview need. It reads when something changed, at most twice a step, so that none is missed: an
 * idle server does nothing here.
 */
export function createStatsHistory({ engine, clock }: Pick<ApiDeps, 'engine' | 'clock'>): StatsHistory {
  let samples: readonly Sample[] = [];
  let disarm: (() => void) | undefined;

  /** From the counters alone: the statistics of the API look at every pool. */
  function withNow(): readonly Sample[] {
    const { completed, failed, byStatus, at } = engine.stats();
    return addSample(samples, {
      at,
      finished: completed + failed,
      waiting: byStatus.queued + byStatus.delayed,
      running: byStatus.processing,
    });
  }

  function read(): void {
    disarm = undefined;
    samples = withNow();
  }

  const unsubscribe = engine.events.onChange((topic) => {
    if (topic === 'stats') disarm ??= clock.after(stepMs / 2, read);
  });

  return {
    samples: withNow,
    close() {
      unsubscribe();
      disarm?.();
    },
  };
}
