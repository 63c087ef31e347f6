import { createSimulatedExecutor } from '../../src/core/executors/simulated.ts';
import { createVirtualClock } from '../../src/core/replay/virtual-clock.ts';
import { anAttempt, turn } from '../helpers/attempts.ts';
import { executorContract } from './executor.contract.ts';

executorContract('simulated', async () => {
  const clock = createVirtualClock();
  const simulated = (seq: number, latencyMs: [number, number], failureRatio: number) =>
    anAttempt({ task: { seq }, pool: { executor: 'simulated', simulated: { latencyMs, failureRatio, seed: 1 } } });
  return {
    executor: createSimulatedExecutor({ clock }),
    quick: (n) => simulated(n, [1, 50], 0),
    endless: (n) => simulated(n, [1e9, 1e9], 0),
    hopeless: () => simulated(1, [1, 50], 1),
    async pass(running) {
      await clock.settleTo(clock.monotonicMs() + 1_000, turn);
      return running;
    },
    underWay: turn,
    held: () => clock.pending(),
  };
});
