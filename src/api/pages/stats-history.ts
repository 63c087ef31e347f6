import { addSample, sampleOf, stepMs } from '../../../frontend/js/model/history.js';
import type { Sample } from '../../../frontend/js/model/wire.js';
import type { ApiDeps } from '../deps.ts';
import { statsView } from '../views/system.ts';

export interface StatsHistory {
  /** Readings of the last minutes, oldest first, the present one last. */
  samples(): readonly Sample[];
  close(): void;
}

/**
 * Keeps the readings that the drawings of the overview need. It reads when something changed, at most twice a step, so that none is missed: an
 * idle server does nothing here.
 */
export function createStatsHistory({ engine, clock, options }: Pick<ApiDeps, 'engine' | 'clock' | 'options'>): StatsHistory {
  let samples: readonly Sample[] = [];
  let disarm: (() => void) | undefined;

  function read(): void {
    disarm = undefined;
    const stats = statsView(engine, options);
    samples = addSample(samples, sampleOf(stats, clock.now()));
  }

  const unsubscribe = engine.events.onChange((topic) => {
    if (topic === 'stats') disarm ??= clock.after(stepMs / 2, read);
  });

  return {
    samples() {
      const stats = statsView(engine, options);
      return addSample(samples, sampleOf(stats, clock.now()));
    },
    close() {
      unsubscribe();
      disarm?.();
    },
  };
}
