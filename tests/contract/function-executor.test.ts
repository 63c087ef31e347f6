import { createFunctionExecutor } from '../../src/core/executors/function.ts';
import { loadHandlers } from '../../src/core/executors/handlers-loader.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { anAttempt, until } from '../helpers/attempts.ts';
import { executorContract } from './executor.contract.ts';

const clock = createSystemClock();
const handlers = await loadHandlers('no-such-folder', { clock });

executorContract('function', async () => {
  const workers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
  const before = workers();
  return {
    executor: createFunctionExecutor({ clock, handlers }),
    quick: (n) => anAttempt({ task: { seq: n, type: 'reverse', payload: `text ${n}` }, pool: { capacity: 32 } }),
    endless: (n) => anAttempt({ task: { seq: n, type: 'wait', payload: 3_600 }, pool: { capacity: 32 } }),
    hopeless: () => anAttempt({ task: { type: 'reverse', payload: 7 } }),
    pass: (running) => running,
    underWay: () => until(() => workers() > before),
    held: () => workers() - before,
  };
});
