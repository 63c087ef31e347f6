import { onTestFinished } from 'vitest';
import { openWorker } from '../../src/worker/run-worker.ts';
import { silent } from './engine.ts';

/** The real worker, at work until the test ends. */
export async function runWorker(options: Omit<Parameters<typeof openWorker>[0], 'handlersDir' | 'version'>) {
  const node = await openWorker({ ...options, handlersDir: '/nowhere', version: '0' }, silent, fetch);
  const ended = node.worker.run();
  ended.catch(() => {});
  onTestFinished(async () => {
    node.worker.stop(0);
    node.worker.stop(0);
    await ended.catch(() => {});
    await node.close();
  });
  return { node, ended };
}
