/** Runs everything that waits in a data folder. */
import { completed, openEngine, setPools } from '../lib/engine.ts';

export async function run({ dataDir }: { readonly dataDir: string }): Promise<object> {
  const { engine, store, close } = await openEngine(dataDir, { slotsPerPool: 125, state: 'active', durability: 'normal' });
  await engine.start();
  const { byStatus, completedEver } = store.counts();
  await setPools(engine, 'active');
  await completed(engine, completedEver + byStatus.queued);
  await close();
  return {};
}
