/** A plan of optimal_batch as a server makes it: the core states the question, a thread solves it, the core puts the answer in force. */
import { createSchedulingCore } from '../../src/core/scheduling/core.ts';
import { createStrategy } from '../../src/core/strategies/registry.ts';
import { createPlanThread } from '../../src/core/system/plan-thread.ts';
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { mulberry32, poolsOf, taskSource } from '../decide-workload.ts';
import type { Sample } from '../lib/rounds.ts';

const tasks = 30_000;
const cells = 64;
/** With four regions and three kinds of resource: 300 shapes. */
const types = 25;
/** The first plans are made by code that is not compiled yet. */
const plans = 5;

export async function run(): Promise<Sample> {
  const solver = createPlanThread(createSystemClock());
  const sample: Record<string, number> = {};
  for (let i = 0; i < plans; i++) {
    const core = aFullQueue();
    const start = performance.now();
    const question = core.askPlan(0)!;
    const stated = performance.now();
    const shapes = question.supply.length;
    const answering = solver.solve(question);
    const sent = performance.now();
    const answer = await answering;
    const solved = performance.now();
    core.setPlan(answer, 0);
    const name = `plan of ${tasks} tasks, ${shapes} x ${cells}`;
    sample[`${name}: until it is in force`] = performance.now() - start;
    sample[`${name}: of the deciding thread`] = performance.now() - solved + sent - start;
    sample[`${name}: of that, to state the question`] = stated - start;
    if (!answer.optimal) throw new Error('the solver ran out of time');
  }
  await solver.close();
  return sample;
}

/** More tasks than slots, no two pools alike. */
function aFullQueue() {
  const core = createSchedulingCore();
  const random = mulberry32(4);
  for (const [i, pool] of poolsOf(cells).entries()) core.setPool({ ...pool, costPerUnit: 0.5 + i / cells, capacity: 400 });
  const made = createStrategy('optimal_batch', { max_tasks: tasks });
  if (made.kind !== 'made') throw new Error(made.message);
  core.setStrategy(made.strategy, 1, 1, 0);
  const next = taskSource();
  for (let i = 0; i < tasks; i++) {
    const type = Math.floor(random() * types);
    core.submit({ ...next(), type: `type-${type}`, cost: 1 + type, tenant: 'tenant' });
  }
  return core;
}
