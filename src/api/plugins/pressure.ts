import { TaskRouterError } from '../../core/domain/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { createLoopDelay } from './loop-delay.ts';

const sampleMs = 1_000;
/** A loop that is late by this much on average answers nobody in time. */
const maxLoopDelayMs = 200;
/** Samples in a row that must be late: starting up, one large batch or a busy neighbour is no overload. */
const lateSamples = 3;
/** Of the memory limit. */
const maxMemoryShare = 0.8;

export interface Pressure {
  /** Why new work is refused; `undefined` while there is room. */
  readonly refusal: TaskRouterError | undefined;
  close(): void;
}

/**
 * Refuses work while the process is late or short of memory, so that what was accepted still ends. Looked at once a second: a request costs
 * one comparison. @see DESIGN: cancels and health are exempt, since shedding those keeps an overload alive.
 */
export function createPressure(deps: { readonly clock: Clock; readonly memoryLimitBytes: number | undefined }): Pressure {
  const delay = createLoopDelay();
  let refusal: TaskRouterError | undefined;
  let lateInARow = 0;
  let disarm = deps.clock.after(sampleMs, sample);

  function sample(): void {
    refusal = reasonNow(delay.look());
    disarm = deps.clock.after(sampleMs, sample);
  }

  function reasonNow(lateMs: number): TaskRouterError | undefined {
    lateInARow = lateMs > maxLoopDelayMs ? lateInARow + 1 : 0;
    if (lateInARow >= lateSamples) return overloaded(`The server is ${Math.round(lateMs)} ms late with everything.`);
    const { memoryLimitBytes } = deps;
    if (memoryLimitBytes === undefined || process.memoryUsage.rss() <= memoryLimitBytes * maxMemoryShare) return undefined;
    return overloaded('The server is short of memory.');
  }

  return {
    get refusal() {
      return refusal;
    },
    close() {
      disarm();
      delay.close();
    },
  };
}

function overloaded(reason: string): TaskRouterError {
  return new TaskRouterError('overloaded', `${reason} Try again in a moment.`, { retryAfterS: 2 });
}
