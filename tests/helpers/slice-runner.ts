import type { History } from '../../src/core/ports/history.ts';
import type { ReplayRunner } from '../../src/core/ports/replay-runner.ts';
import { replayHistory } from '../../src/core/replay/history/replay-history.ts';
import { windowExtent } from '../../src/core/replay/history/window-extent.ts';

/** Runs replays on what a store holds, a step each time the test says so; without a gate at once. */
export function createSliceRunner(look: () => History, gate?: Promise<void>): ReplayRunner {
  return {
    async start(request, runnable, listener) {
      const history = look();
      const extent = windowExtent(history, request);
      let isCancelled = false;
      const steps = replayHistory(history, extent, request, { runnable, context: {} });
      const run = async () => {
        await gate;
        await new Promise((resolve) => setImmediate(resolve));
        for (let step = steps.next(); !isCancelled; step = steps.next()) {
          if (step.done) return listener.completed(step.value);
          listener.progress(step.value);
        }
      };
      run().catch((error: unknown) => listener.failed(String(error)));
      return {
        tasks: extent.stored,
        cancel() {
          isCancelled = true;
        },
      };
    },
  };
}
