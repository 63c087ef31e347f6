import { entryOf } from '../../src/core/domain/task.ts';
import type { EpochMs, Seq } from '../../src/core/domain/units.ts';
import type { EngineSnapshot, History, World } from '../../src/core/domain/world.ts';
import { createSchedulingCore } from '../../src/core/scheduling/core.ts';
import { demoLatencies } from '../../src/core/strategies/region-latencies.ts';
import { createStrategy } from '../../src/core/strategies/registry.ts';
import type { StoreSnapshot } from '../../src/store/memory/image.ts';
import type { Process } from './supervisor.ts';

/** Reads a server between two turns. `light`: rows and memory only, cheap enough for every few events. */
export async function worldOf(
  server: Process,
  how: {
    readonly depth: 'light' | 'full';
    readonly atRest: boolean;
    /** Nothing is under way and no turn is due. */
    readonly idle: boolean;
    readonly now: EpochMs;
    readonly history: () => History;
  },
): Promise<World> {
  const { depth, atRest, idle, now, history } = how;
  const { store, engine, isReady } = server;
  const snapshot = store.snapshot();
  const { serverEpoch, tasks, attempts, pools, types, tenants, counts } = snapshot;
  const rows = { serverEpoch, tasks, attempts, pools, types, tenants, byStatus: counts.byStatus };
  const memory = isReady ? { memory: { ...engine.inspect(), idle } } : {};
  if (depth === 'light') return { rows, ...memory, now, atRest };

  const { log, logFloor, logHead } = snapshot;
  const { ok } = await store.verifyLog();
  return {
    rows: { ...rows, log: { entries: log, floor: logFloor, head: logHead, chainHolds: ok } },
    ...(memory.memory === undefined ? {} : { memory: withRebuilt(memory.memory, snapshot, now) }),
    history: history(),
    now,
    atRest,
  };
}

/** A queue built from the rows alone, as a start would, must be the live one. */
function withRebuilt(memory: EngineSnapshot, snapshot: StoreSnapshot, now: EpochMs): EngineSnapshot {
  if (memory.deciding > 0) return memory; // tasks on their way out are in the rows and not in the queue
  return { ...memory, rebuilt: rebuild(snapshot, now) };
}

function rebuild({ tasks, epochs, tenants }: StoreSnapshot, now: EpochMs): readonly Seq[] {
  const epoch = epochs.at(-1);
  const made = createStrategy(epoch?.name ?? '', epoch?.params ?? {}, { latencies: demoLatencies });
  if (epoch === undefined || made.kind !== 'made') throw new Error('a ready server has a strategy');
  const core = createSchedulingCore();
  core.setStrategy(made.strategy, epoch.epoch, epoch.seed, now);
  for (const { name, guaranteed } of tenants) {
    // Nothing runs in this one: what its tenant runs there is taken from what it has coming.
    const running = tasks.filter((task) => task.status === 'processing' && task.tenant === name).length;
    core.setTenantLimits({ tenant: name, maxRunning: null, guaranteed: Math.max(0, guaranteed - running), weight: 1 });
  }
  for (const task of tasks) if (task.status === 'queued') core.submit(entryOf(task));
  return core.order();
}
