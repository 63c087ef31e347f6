import type { Clock } from '../ports/clock.ts';

const windowS = 60;

export interface Throughput {
  add(ended: number): void;
  /** Ends per second over the last min(60 s, time since it was made), at least 1 s. */
  perSecond(): number;
}

/** Ends of the last minute in one bucket a second. */
export function createThroughput(clock: Clock): Throughput {
  const counts = new Array<number>(windowS).fill(0);
  const seconds = new Array<number>(windowS).fill(-1);
  const startS = clock.monotonicMs() / 1_000;

  return {
    add(ended) {
      const second = Math.floor(clock.monotonicMs() / 1_000);
      const slot = second % windowS;
      if (seconds[slot] !== second) {
        seconds[slot] = second;
        counts[slot] = 0;
      }
      counts[slot] = (counts[slot] ?? 0) + ended;
    },
    perSecond() {
      const nowS = clock.monotonicMs() / 1_000;
      const oldest = Math.floor(nowS) - windowS;
      const ended = counts.reduce((sum, count, slot) => ((seconds[slot] ?? -1) > oldest ? sum + count : sum), 0);
      return ended / Math.min(windowS, Math.max(1, nowS - startS));
    },
  };
}
