/** Worker nodes that have nothing to do, each as `trx worker` is, in one process. */
import { createSystemClock } from '../../src/core/system/system-clock.ts';
import { createNodeApi } from '../../src/worker/node-api.ts';
import { createSend } from '../../src/worker/send.ts';
import { createWorker } from '../../src/worker/worker.ts';

interface Options {
  readonly url: string;
  readonly nodes: number;
  readonly seconds: number;
}

const quiet = { info() {}, warn() {}, error() {} };

export async function run({ url, nodes, seconds }: Options): Promise<null> {
  const clock = createSystemClock();
  const workers = Array.from({ length: nodes }, (_, i) => {
    const deps = { api: createNodeApi(url, `idle-${i}`, createSend()), clock, random: Math.random, logger: quiet, executors: [] };
    return createWorker(deps, { pool: 'far', types: ['noop'], parts: false, slots: 1, agent: 'bench' });
  });
  for (const worker of workers) {
    void worker.run().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 2)); // or they would be in step for ever
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  process.once('disconnect', () => process.exit(0)); // they would go on
  return null;
}
