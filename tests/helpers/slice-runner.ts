import type { History } from '../../src/core/ports/history.ts';
import type { ReplayRunner } from '../../src/core/ports/replay-runner.ts';
import { replayHistory } from '../../src/core/replay/history/replay-history.ts';
import { windowExtent } from '../../src/core/replay/history/window-extent.ts';
import { replayTrace } from '../../src/core/replay/traced/replay-trace.ts';
import { lookAt } from '../../src/core/replay/traced/traced-tasks.ts';
import { refusedTrace } from '../../src/replay/refused-trace.ts';
import { tracedWork } from '../../src/replay/traced-work.ts';

/** Runs replays on what a store holds, a step each time the test says so; without a gate at once. */
export function createSliceRunner(look: () => History, gate?: Promise<void>): ReplayRunner {
  return {
    async start(request, runnable, listener, trace) {
      const history = look();
      const setting = { runnable, context: {} };
      const { run, steps } = await work();
      let isCancelled = false;
      const go = async () => {
        await gate;
        await new Promise((resolve) => setImmediate(resolve));
        for (let step = await steps.next(); !isCancelled; step = await steps.next()) {
          if (step.done) return listener.completed(step.value);
          listener.progress(step.value);
        }
      };
      go().catch((error: unknown) => listener.failed(String(error)));
      return {
        ...run,
        cancel() {
          isCancelled = true;
        },
      };

      async function work() {
        if (request.source === undefined) {
          const extent = windowExtent(history, request);
          return { run: { tasks: extent.stored }, steps: replayHistory(history, extent, request, setting) };
        }
        try {
          const { rows, world } = await tracedWork(request.source, trace, request, setting, history);
          const { first: from, last: to, ...seen } = await lookAt(rows, world.pools);
          const run = { tasks: seen.tasks, span: { from, to } };
          return { run, steps: replayTrace(rows, { first: from, last: to, ...seen }, world, request, setting.context) };
        } catch (error) {
          throw refusedTrace(error) ?? error;
        }
      }
    },
  };
}
