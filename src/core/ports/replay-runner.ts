import type { ReplayRequest, ReplayResult, Runnable } from '../domain/replay.ts';

/** Runs replays beside the server: they take seconds of computing, and nobody should wait behind them. */
export interface ReplayRunner {
  /**
   * Looks at the window and goes on by itself.
   * @throws TaskRouterError `validation_failed`: there is no task in the window, or there are too many
   */
  start(request: ReplayRequest, runnable: Runnable, listener: ReplayListener): Promise<ReplayRun>;
}

export interface ReplayRun {
  /** In the window. */
  readonly tasks: number;
  /** Stops it; the listener hears no more. */
  cancel(): void;
}

export interface ReplayListener {
  progress(done: number): void;
  completed(result: ReplayResult): void;
  failed(reason: string): void;
}
