import type { ReplayRequest, ReplayResult, Runnable } from '../domain/replay.ts';
import type { EpochMs } from '../domain/units.ts';

/** Runs replays beside the server: they take seconds of computing, and nobody should wait behind them. */
export interface ReplayRunner {
  /**
   * Looks at the window, or through the trace, and goes on by itself.
   * @param trace the file, plain or gzip, where that is the source; it belongs to the runner from then on
   * @throws TaskRouterError `validation_failed`: there is no task in it, there are too many, or a line of the trace is wrong
   */
  start(request: ReplayRequest, runnable: Runnable, listener: ReplayListener, trace?: Uint8Array<ArrayBuffer>): Promise<ReplayRun>;
}

export interface ReplayRun {
  /** In the window. */
  readonly tasks: number;
  /** When the first and the last came, of a trace. */
  readonly span?: { readonly from: EpochMs; readonly to: EpochMs };
  /** Stops it; the listener hears no more. */
  cancel(): void;
}

export interface ReplayListener {
  progress(done: number): void;
  completed(result: ReplayResult): void;
  failed(reason: string): void;
}
