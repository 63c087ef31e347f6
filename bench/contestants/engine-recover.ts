/** Opening a database that is full of waiting tasks, until the engine is ready. */
import { openEngine } from '../lib/engine.ts';
import type { Sample } from '../lib/rounds.ts';

export async function run({ dataDir }: { readonly dataDir: string }): Promise<Sample> {
  const memoryBefore = memory();
  const startedMs = performance.now();
  const { engine, close } = await openEngine(dataDir, { slotsPerPool: 125, state: 'paused' });
  await engine.start();
  const seconds = (performance.now() - startedMs) / 1_000;
  const { queued } = engine.stats().byStatus;
  const bytes = (memory() - memoryBefore) / queued;
  await close();
  return { seconds, bytes };
}

/** What JavaScript keeps: its heap, and the buffers of typed arrays beside it. */
function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
