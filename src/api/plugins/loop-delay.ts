import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Ms } from '../../core/domain/units.ts';

/** Coarse on purpose: measuring at 10 ms costs a third of a percent of a core. */
const resolutionMs: Ms = 100;
/** A loop that was busy for less of the time cannot have been late with everything. */
const busyShare = 0.5;

/** What Node.js says of its event loop. */
export interface LoopMeters {
  /** Share of the time since the last question in which the loop was busy. Costs nothing while nobody asks. */
  busy(): number;
  /** Wakes the process ten times a second while it is enabled. */
  readonly delay: {
    readonly count: number;
    /** In nanoseconds, the resolution included. */
    readonly mean: number;
    enable(): boolean;
    disable(): boolean;
    reset(): void;
  };
}

export interface LoopDelay {
  /** How late the loop was on average since the last look; 0 while it is not measured. */
  look(): Ms;
  close(): void;
}

/** Measures how late the event loop is, while it has much to do: an idle server would wake for nothing else. */
export function createLoopDelay({ busy, delay }: LoopMeters = metersOfNode()): LoopDelay {
  let isMeasured = false;

  function look(): Ms {
    const lateMs = isMeasured && delay.count > 0 ? delay.mean / 1e6 - resolutionMs : 0;
    const isBusy = busy() >= busyShare;
    if (isBusy !== isMeasured) {
      if (isBusy) delay.enable();
      else delay.disable();
    }
    isMeasured = isBusy;
    delay.reset();
    return lateMs;
  }

  return { look, close: () => void delay.disable() };
}

function metersOfNode(): LoopMeters {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return {
    busy() {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    delay: monitorEventLoopDelay({ resolution: resolutionMs }),
  };
}
